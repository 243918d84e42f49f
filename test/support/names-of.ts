import { candidatesOf } from "../../src/extraction/candidates.ts";
import { decodeRuns } from "../../src/knowledge/candidate.ts";
import { type NameSpan, namesIn } from "../../src/knowledge/decide-candidate.ts";
import { standingOf, type WordUses } from "../../src/knowledge/lexicon.ts";

/** Names found in texts that are one vault, text by text. */
export function nameSpansOf(texts: readonly string[]): NameSpan[][] {
  const uses: WordUses = new Map();
  const runs = texts.map((text) => candidatesOf(text, [], uses));
  const standing = (word: string) => standingOf(uses.get(word) ?? { lower: 0, capital: 0 });
  return texts.map((text, index) => namesIn(decodeRuns(runs[index] ?? []), text, standing));
}

/** The names in one text that is a vault by itself. */
export function namesOf(text: string, ...others: readonly string[]): string[] {
  const [spans = []] = nameSpansOf([text, ...others]);
  return spans.map(({ start, end }) => text.slice(start, end));
}
