import { singleWordStops } from "./ordinary-words.ts";
import { withoutAccents } from "./names.ts";
import { gapBetween } from "./spoken-form.ts";
import { type Word, wordsOf } from "./words.ts";

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
  readonly #beginnings = new Beginnings();

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
      this.#beginnings.add(first.hash, words[1]?.hash);
      const others = this.#byFirstWord.get(first.folded);
      if (others === undefined) this.#byFirstWord.set(first.folded, [entry]);
      else others.push(entry);
    }
    for (const phrases of this.#byFirstWord.values()) phrases.sort((a, b) => b.words.length - a.words.length);
  }

  /**
   * Names in a text, left to right, never overlapping, outside the masked ranges (flat pairs of offsets). `words`
   * are the text's own, when they are at hand.
   */
  find(text: string, masked: readonly number[], words: readonly Word[] = wordsOf(text)): NameFound[] {
    const found: NameFound[] = [];
    let mask = 0;
    for (let index = 0; index < words.length;) {
      const word = words[index];
      const candidates =
        word !== undefined && this.#beginnings.has(word.hash, words[index + 1]?.hash)
          ? this.#byFirstWord.get(word.plain)
          : undefined;
      if (word === undefined || candidates === undefined) {
        index++;
        continue;
      }
      while (mask < masked.length && (masked[mask + 1] ?? 0) <= word.start) mask += 2;
      const isMasked = mask < masked.length && (masked[mask] ?? 0) < word.end;
      const match = isMasked ? undefined : longestAt(candidates, text, words, index);
      if (match === undefined) {
        index++;
        continue;
      }
      const last = words[index + match.words.length - 1] ?? word;
      const spoken = spokenAt(match, text, words, index);
      if (!singleWordStops.has(spoken))
        found.push({ phrase: match.phrase, spoken, start: word.start, end: last.end });
      index += match.words.length;
    }
    return found;
  }
}

const beginningBits = 20;

/**
 * With what names begin, by the hashes of their first word or first two: says of nearly every place of a text that
 * none begins there, without looking at its words.
 */
class Beginnings {
  readonly #bits = new Uint8Array(2 ** (beginningBits - 3));

  add(first: number, second: number | undefined): void {
    const bit = bitOf(first, second);
    this.#bits[bit >> 3] = (this.#bits[bit >> 3] ?? 0) | (1 << (bit & 7));
  }

  has(first: number, second: number | undefined): boolean {
    return (
      this.#isSet(bitOf(first, undefined)) || (second !== undefined && this.#isSet(bitOf(first, second)))
    );
  }

  #isSet(bit: number): boolean {
    return ((this.#bits[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0;
  }
}

function bitOf(first: number, second: number | undefined): number {
  const mixed = second === undefined ? first : Math.imul(first, 31) + second;
  return Math.imul(mixed, 0x9e3779b1) >>> (32 - beginningBits);
}

/** The first of these phrases, the longest first, that a text's words are from one of them on. */
function longestAt(
  candidates: readonly Phrase[],
  text: string,
  words: readonly Word[],
  at: number,
): Phrase | undefined {
  for (const phrase of candidates) {
    let offset = 1;
    while (offset < phrase.words.length && words[at + offset]?.plain === phrase.words[offset]) offset++;
    if (offset < phrase.words.length) continue;
    // A masked range between two words has letters or marks in it that no gap of a name has.
    if (phrase.gaps.every((gap, index) => gapBefore(text, words, at + index + 1) === gap)) return phrase;
  }
  return undefined;
}

function spokenAt(phrase: Phrase, text: string, words: readonly Word[], at: number): string {
  return phrase.words
    .map(
      (_, offset) =>
        (offset === 0 ? "" : gapBefore(text, words, at + offset)) + (words[at + offset]?.folded ?? ""),
    )
    .join("");
}

function gapBefore(text: string, words: readonly Word[], at: number): string {
  return gapBetween(text.slice(words[at - 1]?.end, words[at]?.start));
}
