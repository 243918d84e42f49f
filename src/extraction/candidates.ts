import type { Run, RunWord } from "../knowledge/candidate.ts";
import type { WordUse } from "../knowledge/lexicon.ts";
import { conjunctions, connectors, labelNouns, labelParticles, labelVerbs } from "../knowledge/name-words.ts";
import { fold } from "../knowledge/names.ts";
import { capitalPrior } from "./capital-prior.ts";
import { type ScannedWord, scanWords } from "./scan-words.ts";

type MutableUse = { -readonly [Key in keyof WordUse]: WordUse[Key] };

/** Where names may be in a text, and how its words are written. */
export interface Candidates {
  readonly runs: readonly Run[];
  /** By folded word. */
  readonly uses: ReadonlyMap<string, WordUse>;
}

const mostConnectors = 2;
const longestQuotation = 12;
const mostBreaksInQuotation = 2;
/** `Windows 11`, `Python 3.12`. */
const version = /^(?:\d{1,2}|\d+\.\d+)$/;
const year = /^(?:19|20)\d\d$/;

/** What one text says about names: a function of the text alone. */
export function candidatesOf(text: string, masked: readonly number[]): Candidates {
  return new CandidateFinder(text, masked).find();
}

class CandidateFinder {
  readonly #text: string;
  readonly #words: readonly ScannedWord[];
  readonly #quotations: readonly { readonly from: number; readonly to: number }[];
  readonly #runs: Run[] = [];
  readonly #uses = new Map<string, MutableUse>();

  constructor(text: string, masked: readonly number[]) {
    this.#text = text;
    const { words, quotations } = scanWords(text, masked);
    this.#words = words;
    this.#quotations = quotations;
  }

  find(): Candidates {
    const words = this.#words;
    for (let index = 0; index < words.length;) {
      const word = words[index];
      if (word !== undefined && isCapital(word)) index = this.#addRun(index);
      else {
        if (word?.form === "lower") this.#use(word).lower++;
        index++;
      }
    }
    for (const { from, to } of this.#quotations) this.#addQuotation(from, to);
    return { runs: this.#runs, uses: this.#uses };
  }

  /** Takes in the run that begins here: capitalised words with the small words of names between them. */
  #addRun(from: number): number {
    let to = from + 1;
    for (let next = this.#reach(to); next > to; next = this.#reach(to)) to = next;
    const label = this.#isLabel(from, to);
    const isDefined = to === from + 1 && this.#isDefinition(from);
    for (let index = from; index < to; index++) {
      const word = this.#words[index];
      if (word?.form === "lower" || (isDefined && word !== undefined)) this.#use(word).lower++;
      else if (word?.place === "inside" && !label) this.#use(word).capital++;
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
      return { start, end, form, place, prior: isCapital(word) ? capitalPrior(this.#textOf(word)) : 0 };
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
    if (acronym?.form !== "caps" || before === undefined || this.#text[acronym.start - 1] !== "(")
      return false;
    const initial = this.#textOf(acronym).charAt(0).toLowerCase();
    const phrase = this.#words.slice(Math.max(0, at - 2 - (acronym.end - acronym.start)), at);
    return (
      before.form === "lower" &&
      phrase.some((word) => word.form === "lower" && this.#textOf(word).startsWith(initial))
    );
  }

  #use(word: ScannedWord): MutableUse {
    const folded = fold(this.#textOf(word));
    let use = this.#uses.get(folded);
    if (use === undefined) this.#uses.set(folded, (use = { lower: 0, capital: 0 }));
    return use;
  }

  #textOf(word: ScannedWord): string {
    return this.#text.slice(word.start, word.end);
  }
}

function isCapital({ form }: ScannedWord): boolean {
  return form === "capital" || form === "caps" || form === "initial" || form === "mixed";
}
