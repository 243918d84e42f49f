import { candidatesOf } from "../../src/extraction/candidates.ts";
import { type NameSpan, namesIn } from "../../src/knowledge/decide-candidate.ts";
import { standingOf, type WordUse } from "../../src/knowledge/lexicon.ts";

/** Names found in texts that are one vault, text by text. */
export function nameSpansOf(texts: readonly string[], masked: readonly number[] = []): NameSpan[][] {
  const uses = new Map<string, WordUse>();
  const candidates = texts.map((text) => candidatesOf(text, masked));
  for (const { uses: own } of candidates) {
    for (const [word, { lower, capital }] of own) {
      const sum = uses.get(word) ?? { lower: 0, capital: 0 };
      uses.set(word, { lower: sum.lower + lower, capital: sum.capital + capital });
    }
  }
  const standing = (word: string) => standingOf(uses.get(word) ?? { lower: 0, capital: 0 });
  return texts.map((text, index) => namesIn(candidates[index]?.runs ?? [], text, standing));
}

/** The names in one text that is a vault by itself. */
export function namesOf(text: string, ...others: readonly string[]): string[] {
  const [spans = []] = nameSpansOf([text, ...others]);
  return spans.map(({ start, end }) => text.slice(start, end));
}
