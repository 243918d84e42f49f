import type { Run, RunWord } from "./candidate.ts";
import { isCounted, type WordUses } from "./lexicon.ts";
import { conjunctions, connectors, labelNouns, labelParticles, labelVerbs } from "./name-words.ts";
import { fold } from "./names.ts";
import { type ScannedWord, scanWords } from "./scan-words.ts";

const mostConnectors = 2;
const longestQuotation = 12;
const mostBreaksInQuotation = 2;
/** An acronym that is said to stand for small words is worth so many small uses of it. */
const usesInDefinition = 5;
/** `Windows 11`, `Python 3.12`. */
const version = /^(?:\d{1,2}|\d+\.\d+)$/;
const year = /^(?:19|20)\d\d$/;

/** How the world writes a word, in eighths: see `RunWord`. */
export type Prior = (word: string) => number;

/** Where names may be in a text, a function of the text alone; how its words are written is added to `uses`. */
export function findCandidates(text: string, masked: readonly number[], prior: Prior, uses: WordUses): Run[] {
  return new CandidateFinder(text, masked, prior, uses).find();
}

/** Adds how the words of a text are written to `uses`. */
export function countUses(text: string, masked: readonly number[], uses: WordUses): void {
  findCandidates(text, masked, () => 0, uses);
}

class CandidateFinder {
  readonly #text: string;
  readonly #prior: Prior;
  readonly #words: readonly ScannedWord[];
  readonly #quotations: readonly { readonly from: number; readonly to: number }[];
  readonly #runs: Run[] = [];
  readonly #uses: WordUses;

  constructor(text: string, masked: readonly number[], prior: Prior, uses: WordUses) {
    this.#text = text;
    this.#uses = uses;
    this.#prior = prior;
    const { words, quotations } = scanWords(text, masked);
    this.#words = words;
    this.#quotations = quotations;
  }

  find(): Run[] {
    const words = this.#words;
    for (let index = 0; index < words.length;) {
      const word = words[index];
      if (word !== undefined && isCapital(word)) index = this.#addRun(index);
      else {
        if (word?.form === "lower") this.#count(word, "lower");
        index++;
      }
    }
    for (const { from, to } of this.#quotations) this.#addQuotation(from, to);
    return this.#runs;
  }

  /** Takes in the run that begins here: capitalised words with the small words of names between them. */
  #addRun(from: number): number {
    let to = from + 1;
    for (let next = this.#reach(to); next > to; next = this.#reach(to)) to = next;
    const label = this.#isLabel(from, to);
    const isDefined = to === from + 1 && this.#isDefinition(from);
    for (let index = from; index < to; index++) {
      const word = this.#words[index];
      if (word === undefined) continue;
      if (word.form === "lower") this.#count(word, "lower");
      else if (isDefined) this.#count(word, "lower", usesInDefinition);
      else if (word.place === "inside" && !label) this.#count(word, "capital");
    }
    if (!isDefined)
      this.#push(this.#isYear(from, to) ? from - 1 : from, this.#withNumber(from, to), false, label);
    return to;
  }

  #addQuotation(from: number, to: number): void {
    const quoted = this.#words.slice(from, to);
    const breaks = quoted.filter((word, index) => index > 0 && word.gap !== "space").length;
    if (quoted.length > longestQuotation || breaks > mostBreaksInQuotation || !quoted.some(isCapital)) return;
    this.#push(from, to, true, this.#isLabel(from, to));
  }

  #push(from: number, to: number, isQuotation: boolean, label: boolean): void {
    const words = this.#words.slice(from, to).map((word): RunWord => {
      const { start, end, form, place } = word;
      return { start, end, form, place, prior: isCapital(word) ? this.#prior(this.#textOf(word)) : 0 };
    });
    this.#runs.push({ isQuotation, isLabel: label, words });
  }

  /** End of a run that has come as far as `at`, with the next capitalised word if it belongs to it. */
  #reach(at: number): number {
    const word = this.#words[at];
    if (word === undefined || (word.gap !== "space" && word.gap !== "ampersand")) return at;
    if (isCapital(word)) return at + 1;
    if (word.gap === "ampersand") return at;
    for (let index = at; index <= at + mostConnectors; index++) {
      const next = this.#words[index];
      if (next?.gap !== "space") return at;
      if (index > at && isCapital(next)) return index + 1;
      const small = this.#textOf(next);
      const isInside = connectors.has(small) || (index === at && conjunctions.has(small));
      if (next.form !== "lower" || !isInside) return at;
    }
    return at;
  }

  /** `Windows 11`, and `Hunting Act 2004`. */
  #withNumber(from: number, to: number): number {
    const number = this.#words[to];
    if (number?.form !== "number" || number.gap !== "space") return to;
    const digits = this.#textOf(number);
    return version.test(digits) || (to - from > 1 && year.test(digits)) ? to + 1 : to;
  }

  /** `the 2012 Summer Olympics`: the year is part of the name. */
  #isYear(from: number, to: number): boolean {
    const number = this.#words[from - 1];
    const article = this.#words[from - 2];
    return (
      to - from > 1 &&
      number?.form === "number" &&
      article !== undefined &&
      this.#words[from]?.gap === "space" &&
      number.gap === "space" &&
      year.test(this.#textOf(number)) &&
      this.#textOf(article).toLowerCase() === "the"
    );
  }

  /** `click on the Save`, `the Archive tab`. */
  #isLabel(from: number, to: number): boolean {
    const next = this.#words[to];
    if (next !== undefined && next.gap !== "sentence" && labelNouns.has(this.#textOf(next).toLowerCase()))
      return true;
    for (let index = from - 1; index >= from - 3; index--) {
      const before = this.#words[index];
      if (before === undefined || this.#words[index + 1]?.gap === "sentence") return false;
      const word = this.#textOf(before).toLowerCase();
      if (labelVerbs.has(word)) return true;
      if (!labelParticles.has(word)) return false;
    }
    return false;
  }

  /** `liquid oxygen (LOX)`: what stands for small words is no name. */
  #isDefinition(at: number): boolean {
    const acronym = this.#words[at];
    const before = this.#words[at - 1];
    if (acronym === undefined || before === undefined || this.#text[acronym.start - 1] !== "(") return false;
    if (!/^\p{Lu}{2,}s?$/u.test(this.#textOf(acronym))) return false;
    const initial = this.#textOf(acronym).charAt(0).toLowerCase();
    const phrase = this.#words.slice(Math.max(0, at - 2 - (acronym.end - acronym.start)), at);
    return (
      before.form === "lower" &&
      phrase.some((word) => word.form === "lower" && this.#textOf(word).startsWith(initial))
    );
  }

  #count(word: ScannedWord, kind: "lower" | "capital", times = 1): void {
    const folded = fold(this.#textOf(word));
    if (!isCounted(folded)) return;
    const use = this.#uses.get(folded);
    if (use !== undefined) use[kind] += times;
    else this.#uses.set(folded, { lower: 0, capital: 0, [kind]: times });
  }

  #textOf(word: ScannedWord): string {
    return this.#text.slice(word.start, word.end);
  }
}

function isCapital({ form }: ScannedWord): boolean {
  return form === "capital" || form === "caps" || form === "initial" || form === "mixed";
}
