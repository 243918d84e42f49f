import type { Run, RunWord } from "../knowledge/candidate.ts";
import { conjunctions, connectors, labelNouns, labelParticles, labelVerbs } from "../knowledge/name-words.ts";
import { fold } from "../knowledge/names.ts";
import { capitalPrior } from "./capital-prior.ts";
import { type ScannedWord, scanWords } from "./scan-words.ts";

/** How often a word stands in a text with a small letter, and with a capital that means something. */
export interface WordUse {
  readonly lower: number;
  readonly capital: number;
}

/** Where names may be in a text, and how its words are written. */
export interface Candidates {
  readonly runs: readonly Run[];
  readonly uses: ReadonlyMap<string, WordUse>;
}

const mostConnectors = 2;
const longestNumber = 4;
const longestQuotation = 12;
const mostBreaks = 2;

/** What one text says about names: a function of the text alone. */
export function candidatesOf(text: string, masked: readonly number[]): Candidates {
  const { words, quotations } = scanWords(text, masked);
  const runs = runsOf(text, words);
  for (const { from, to } of quotations) {
    const quoted = words.slice(from, to);
    const breaks = quoted.slice(1).filter((word) => word.gap === "break" || word.gap === "sentence").length;
    if (quoted.length > longestQuotation || breaks > mostBreaks || !quoted.some(isCapital)) continue;
    runs.push({
      isQuotation: true,
      isLabel: isLabel(text, words, from, to),
      words: quoted.map((word) => runWord(text, word)),
    });
  }
  return { runs, uses: usesOf(text, words) };
}

function usesOf(text: string, words: readonly ScannedWord[]): Map<string, WordUse> {
  const uses = new Map<string, { lower: number; capital: number }>();
  for (const word of words) {
    const isLower = word.form === "lower";
    if (!isLower && !(word.place === "inside" && (word.form === "capital" || word.form === "caps"))) continue;
    const folded = fold(text.slice(word.start, word.end));
    let use = uses.get(folded);
    if (use === undefined) uses.set(folded, (use = { lower: 0, capital: 0 }));
    if (isLower) use.lower++;
    else use.capital++;
  }
  return uses;
}

/** Capitalised words, initials and numbers in a row, with the small words of names between them. */
function runsOf(text: string, words: readonly ScannedWord[]): Run[] {
  const runs: Run[] = [];
  for (let index = 0; index < words.length;) {
    const word = words[index];
    if (word === undefined || !isCapital(word)) {
      index++;
      continue;
    }
    let end = index + 1;
    for (let next = reach(text, words, end); next > end; next = reach(text, words, end)) end = next;
    const number = words[end];
    if (number?.form === "number" && number.gap === "space" && number.end - number.start <= longestNumber)
      end++;
    runs.push({
      isQuotation: false,
      isLabel: isLabel(text, words, index, end),
      words: words.slice(index, end).map((part) => runWord(text, part)),
    });
    index = end;
  }
  return runs;
}

/** End of a run that has come as far as `at`, after the next capitalised word if it belongs to it. */
function reach(text: string, words: readonly ScannedWord[], at: number): number {
  const word = words[at];
  if (word === undefined || word.gap === "break" || word.gap === "sentence" || word.gap === "possessive") return at;
  if (isCapital(word)) return at + 1;
  if (word.gap !== "space") return at;
  if (word.form === "number") return at;
  for (let index = at; index <= at + mostConnectors; index++) {
    const next = words[index];
    if (next === undefined || next.gap !== "space") return at;
    if (index > at && isCapital(next)) return index + 1;
    const small = text.slice(next.start, next.end);
    if (next.form !== "lower" || !(connectors.has(small) || (index === at && conjunctions.has(small))))
      return at;
  }
  return at;
}

/** `click on the Save`, `the Archive tab`. */
function isLabel(text: string, words: readonly ScannedWord[], from: number, to: number): boolean {
  const next = words[to];
  if (next !== undefined && next.gap !== "sentence" && isOneOf(next, labelNouns)) return true;
  for (let index = from - 1; index >= from - 3; index--) {
    const before = words[index];
    if (before === undefined || words[index + 1]?.gap === "sentence") return false;
    if (isOneOf(before, labelVerbs)) return true;
    if (!isOneOf(before, labelParticles)) return false;
  }
  return false;

  function isOneOf(word: ScannedWord, list: ReadonlySet<string>): boolean {
    return list.has(text.slice(word.start, word.end).toLowerCase());
  }
}

function isCapital(word: ScannedWord): boolean {
  return word.form === "capital" || word.form === "caps" || word.form === "initial" || word.form === "mixed";
}

function runWord(text: string, word: ScannedWord): RunWord {
  const { start, end, form, place } = word;
  return { start, end, form, place, prior: isCapital(word) ? capitalPrior(text.slice(start, end)) : 0 };
}
