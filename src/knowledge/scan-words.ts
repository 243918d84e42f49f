import type { Form, Place } from "./candidate.ts";
import { abbreviations } from "./name-words.ts";
import { singleWordStops } from "./ordinary-words.ts";
import { isWordKind, kindOf, unitKind } from "./letters.ts";
import { endOfWord, formOf, isPossessive } from "./written-word.ts";

/** What stands between a word and the one before it. */
export type Gap = "space" | "ampersand" | "break" | "sentence";

export interface ScannedWord {
  readonly start: number;
  readonly end: number;
  readonly form: Form;
  readonly gap: Gap;
  place: Place;
}

/** Words in quotation marks or italics: from the first to behind the last. */
export interface Quotation {
  readonly from: number;
  readonly to: number;
}

export interface ScannedText {
  readonly words: readonly ScannedWord[];
  readonly quotations: readonly Quotation[];
}

/** Lines this long and without an end of sentence go on in the next one: the text is wrapped by hand. */
const wrappedLineLength = 56;
/** A small word of this length makes a piece of text a sentence, and no title. */
const longSmallWord = 4;
const openingQuotes = "“«„‘‹";
const closingQuotes = "”»’›";
const sentenceEnds = "!?…。";
/** What opens a new piece of text inside a line: labels, table cells, the text of a link. */
const starters = ":|;•→>[";

/** Words of a text outside its masked ranges (sorted flat pairs of offsets), with what their capitals mean. */
export function scanWords(text: string, masked: readonly number[]): ScannedText {
  const scanner = new Scanner(text, masked);
  let open: { length: number } | undefined;
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf("\n", start);
    const end = newline === -1 ? text.length : newline;
    const content = startOfContent(text, start, end);
    const continues =
      content === start &&
      open !== undefined &&
      open.length >= wrappedLineLength &&
      isWordKind(unitKind(text.charCodeAt(start)));
    scanner.line(content, end, continues, text[start] === "#");
    const line = text.slice(Math.max(start, end - 200), end).trimEnd();
    const isOpen = line !== "" && text[start] !== "#" && !/[.!?…:;|]["'”’)\]*_]*$/.test(line);
    open = isOpen ? { length: end - start } : undefined;
    start = end + 1;
  }
  return scanner;
}

/** Where a line's own words begin: behind quote marks, bullets, numbers, check boxes, callouts, heading marks. */
function startOfContent(text: string, start: number, end: number): number {
  const mark = /(?:[ \t]|>|#+(?= )|[-*+](?= )|\[.\](?= )|\[![^\]\n]+\][+-]?|\d+[.)](?= ))*/uy;
  mark.lastIndex = start;
  mark.exec(text);
  return Math.min(mark.lastIndex, end);
}

class Scanner implements ScannedText {
  readonly words: ScannedWord[] = [];
  readonly quotations: Quotation[] = [];
  readonly #text: string;
  readonly #masked: readonly number[];
  #mask = 0;
  #gap: Gap = "sentence";
  #isStart = true;
  #isHeading = false;
  /** First word of the sentence, cell or line. */
  #segment = 0;
  #quoteMark = "";
  #quoteFrom = 0;
  /** First word of the bold text or the text of a link; -1 outside. */
  #emphasis = -1;

  constructor(text: string, masked: readonly number[]) {
    this.#text = text;
    this.#masked = masked;
  }

  line(start: number, end: number, continues: boolean, isHeading: boolean): void {
    this.#isHeading = isHeading;
    if (!continues) this.#gap = "sentence";
    this.#isStart = !continues;
    this.#quoteMark = "";
    this.#emphasis = -1;
    for (let at = start; at < end;) {
      const maskStart = this.#maskAt(at);
      if (maskStart <= at) {
        at = this.#masked[this.#mask + 1] ?? end;
        this.#break();
        this.#quoteMark = "";
        continue;
      }
      const kind = unitKind(this.#text.charCodeAt(at));
      if (isWordKind(kind)) at = this.#word(at, Math.min(end, maskStart));
      else {
        if (kind !== kindOf.space) this.#sign(at);
        at++;
      }
    }
    this.#endSegment();
  }

  #word(start: number, limit: number): number {
    const text = this.#text;
    const end = endOfWord(text, start, limit);
    const form = formOf(text, start, end);
    this.words.push({ start, end, form, gap: this.#gap, place: this.#isStart ? "start" : "inside" });
    if (form !== "number") this.#isStart = false;
    const possessive = isPossessive(text, end);
    this.#gap = possessive ? "break" : "space";
    return possessive ? end + 2 : end;
  }

  #sign(at: number): void {
    const character = this.#text[at] ?? "";
    switch (character) {
      case "*":
      case "_":
        if (this.#text[at - 1] === character) this.#emphasize();
        else if (this.#text[at + 1] !== character) this.#quote(character);
        return;
      case ".":
        if (!this.#endsAbbreviation(at)) this.#endSentence(at);
        return;
      case "&":
        this.#gap = this.#gap === "space" ? "ampersand" : "break";
        return;
      case "[":
        this.#emphasis = this.words.length;
        break;
      case "]":
        this.#endTitle(this.#emphasis);
        this.#emphasis = -1;
        break;
      case "|":
        this.#endSegment();
        break;
      case "-":
      case "–":
        this.#break();
        if (this.#text[at - 1] === " " && this.#text[at + 1] === " ") this.#isStart = true;
        return;
      case "'":
        this.#apostrophe(at);
        return;
      default:
        if (isIn(character, sentenceEnds)) {
          this.#endSentence(at);
          return;
        }
        if (character === '"' || isIn(character, openingQuotes) || isIn(character, closingQuotes)) {
          this.#quote(character);
          return;
        }
    }
    this.#break();
    if (isIn(character, starters)) this.#isStart = true;
  }

  /** A point or the like ends a sentence unless the word goes on behind it; what has small words is no title then. */
  #endSentence(at: number): void {
    if (isWordKind(unitKind(this.#text.charCodeAt(at + 1)))) {
      this.#break();
      return;
    }
    this.#gap = "sentence";
    this.#isStart = true;
    const hasSmall = this.words.slice(this.#segment).some((word) => word.form === "lower");
    if (hasSmall && !this.#isHeading) this.#segment = this.words.length;
    else this.#endSegment();
  }

  /** `Dr.`, `J.`, `séc.`: the point is no end. */
  #endsAbbreviation(at: number): boolean {
    const word = this.words.at(-1);
    if (word === undefined || word.end !== at) return false;
    if (word.form !== "initial") return abbreviations.has(this.#text.slice(word.start, at).toLowerCase());
    // `plan B. The next`: a word of grammar begins a sentence.
    const next = /^\s+(\p{L}+)/u.exec(this.#text.slice(at + 1, at + 24))?.[1];
    return next !== undefined && !singleWordStops.has(next.toLowerCase());
  }

  /** An apostrophe beside a space is a quotation mark. */
  #apostrophe(at: number): void {
    const isBefore = isWordKind(unitKind(this.#text.charCodeAt(at - 1)));
    const isBehind = isWordKind(unitKind(this.#text.charCodeAt(at + 1)));
    if (isBefore === isBehind || (isBefore && this.#quoteMark !== "'")) this.#break();
    else this.#quote("'");
  }

  /** Opens a quotation, or closes the one that is open. */
  #quote(mark: string): void {
    if (this.#quoteMark !== "" && closes(mark, this.#quoteMark)) {
      if (this.words.length > this.#quoteFrom) {
        this.quotations.push({ from: this.#quoteFrom, to: this.words.length });
        this.#endTitle(this.#quoteFrom);
      }
      this.#quoteMark = "";
    } else if (!isIn(mark, closingQuotes)) {
      this.#quoteMark = mark;
      this.#quoteFrom = this.words.length;
      this.#isStart = true;
    }
    this.#break();
  }

  /** Opens bold text, or closes it. */
  #emphasize(): void {
    this.#endTitle(this.#emphasis);
    this.#emphasis = this.#emphasis === -1 ? this.words.length : -1;
    this.#isStart = true;
    this.#break();
  }

  #break(): void {
    if (this.#gap !== "sentence") this.#gap = "break";
  }

  /** Start of the next masked range that ends behind `at`. */
  #maskAt(at: number): number {
    while (this.#mask < this.#masked.length && (this.#masked[this.#mask + 1] ?? 0) <= at) this.#mask += 2;
    return this.#masked[this.#mask] ?? Infinity;
  }

  #endSegment(): void {
    this.#endTitle(this.#segment);
    this.#segment = this.words.length;
  }

  /** Where all longer words from here on have a capital (a title, a button, a cell), capitals mean nothing. */
  #endTitle(from: number): void {
    if (from < 0 || from >= this.words.length) return;
    let capitals = 0;
    let small = 0;
    for (let index = from; index < this.words.length; index++) {
      const word = this.words[index];
      if (word?.form === "capital" || word?.form === "caps") capitals++;
      if (word?.form !== "lower" || word.end - word.start < longSmallWord) continue;
      if (!singleWordStops.has(this.#text.slice(word.start, word.end))) return;
      small++;
    }
    if (small > 0 && capitals < (this.#isHeading ? small : 3 * small)) return;
    for (let index = from; index < this.words.length; index++) {
      const word = this.words[index];
      if (word !== undefined) word.place = "titled";
    }
  }
}

function isIn(character: string, characters: string): boolean {
  return character !== "" && characters.includes(character);
}

function closes(mark: string, opened: string): boolean {
  return isIn(opened, openingQuotes) ? isIn(mark, closingQuotes) : mark === opened;
}
