import { singleWordStops } from "./ordinary-words.ts";
import { gapBetween, withoutAccents, wordsOf } from "./names.ts";

/** A known name found in a text: where, and in which spelling. */
export interface NameFound {
  /** The name without accents: what it was found by. */
  readonly phrase: string;
  /** As the text has it, folded, accents kept. */
  readonly spoken: string;
  readonly start: number;
  readonly end: number;
}

interface Phrase {
  readonly phrase: string;
  readonly words: readonly string[];
  readonly gaps: readonly string[];
}

/** Finds names in prose word by word, the longest first, accents aside; who is meant is decided elsewhere. */
export class Gazetteer {
  readonly #byFirstWord = new Map<string, Phrase[]>();

  /** `spellings` are names in spoken form. */
  constructor(spellings: Iterable<string>) {
    for (const phrase of new Set([...spellings].map(withoutAccents))) {
      const words = wordsOf(phrase);
      const [first] = words;
      if (first === undefined) continue;
      const entry: Phrase = {
        phrase,
        words: words.map((word) => word.folded),
        gaps: words.slice(1).map((word, index) => gapBetween(phrase.slice(words[index]?.end, word.start))),
      };
      const others = this.#byFirstWord.get(first.folded);
      if (others === undefined) this.#byFirstWord.set(first.folded, [entry]);
      else others.push(entry);
    }
    for (const phrases of this.#byFirstWord.values()) phrases.sort((a, b) => b.words.length - a.words.length);
  }

  /** Names in a text, left to right, never overlapping, outside the masked ranges (flat pairs of offsets). */
  find(text: string, masked: readonly number[]): NameFound[] {
    const found: NameFound[] = [];
    const words = wordsOf(text);
    const plain = words.map((word) => withoutAccents(word.folded));
    let mask = 0;
    for (let index = 0; index < words.length;) {
      const word = words[index];
      const candidates = this.#byFirstWord.get(plain[index] ?? "");
      while (mask < masked.length && (masked[mask + 1] ?? 0) <= (word?.start ?? 0)) mask += 2;
      const isMasked = mask < masked.length && (masked[mask] ?? 0) < (word?.end ?? 0);
      if (candidates === undefined || word === undefined || isMasked) {
        index++;
        continue;
      }
      const match = candidates.find((phrase) => fits(phrase, index));
      if (match === undefined) {
        index++;
        continue;
      }
      const last = words[index + match.words.length - 1] ?? word;
      const spoken = spokenAt(index, match);
      if (!singleWordStops.has(spoken))
        found.push({ phrase: match.phrase, spoken, start: word.start, end: last.end });
      index += match.words.length;
    }
    return found;

    // A masked range between two words has letters or marks in it that no gap of a name has.
    function fits(phrase: Phrase, at: number): boolean {
      return phrase.words.every(
        (expected, offset) =>
          plain[at + offset] === expected &&
          (offset === 0 || gapBefore(at + offset) === phrase.gaps[offset - 1]),
      );
    }

    function gapBefore(at: number): string {
      return gapBetween(text.slice(words[at - 1]?.end, words[at]?.start));
    }

    function spokenAt(at: number, phrase: Phrase): string {
      return phrase.words
        .map((_, offset) => (offset === 0 ? "" : gapBefore(at + offset)) + (words[at + offset]?.folded ?? ""))
        .join("");
    }
  }
}
