import type { Form, Place } from "../knowledge/candidate.ts";
import { abbreviations } from "../knowledge/name-words.ts";
import { isWordKind, kindOf, unitKind } from "./letters.ts";

/** What stands between a word and the one before it. */
export type Gap = "space" | "ampersand" | "possessive" | "break" | "sentence";

export interface ScannedWord {
  readonly start: number;
  readonly end: number;
  readonly form: Form;
  readonly gap: Gap;
  place: Place;
}

/** Words in quotation marks or italics, as a range of words. */
export interface Quotation {
  readonly from: number;
  readonly to: number;
}

export interface ScannedText {
  readonly words: ScannedWord[];
  readonly quotations: Quotation[];
}

/** Lines this long and without an end of sentence go on in the next one: the text is wrapped by hand. */
const wrappedLineLength = 56;
const opening = new Set(["“", "«", "„", "‘", "‹"]);
const closing = new Set(["”", "»", "’", "›"]);
/** Small words that a hyphen ties to a name. */
const articles = new Set([
  "al",
  "el",
  "an",
  "as",
  "ad",
  "at",
  "ar",
  "ez",
  "ed",
  "es",
  "ash",
  "al",
  "bin",
  "ul",
  "ud",
  "de",
  "e",
]);
const apostrophes = new Set(["'", "’", "ʼ"]);

/** Words of a text outside its masked ranges (sorted flat pairs of offsets), with what their capitals mean. */
export function scanWords(text: string, masked: readonly number[]): ScannedText {
  const scan: ScannedText = { words: [], quotations: [] };
  let mask = 0;
  let previous: { length: number; ended: boolean } | undefined;
  for (let start = 0; start < text.length;) {
    let end = text.indexOf("\n", start);
    if (end === -1) end = text.length;
    while (mask < masked.length && (masked[mask + 1] ?? 0) <= start) mask += 2;
    const content = contentOf(text, start, end);
    const continues =
      content.start === start &&
      previous !== undefined &&
      !previous.ended &&
      previous.length >= wrappedLineLength;
    const first = scan.words.length;
    scanLine(scan, text, content.start, end, masked, mask, continues);
    markTitled(scan, text, first, content.isHeading);
    const last = text.slice(start, end).trimEnd();
    previous =
      last === "" || content.isHeading
        ? undefined
        : { length: last.length, ended: /[.!?…:;|]["'”’)\]*_]*$/.test(last) };
    start = end + 1;
  }
  return scan;
}

/** Where a line's own words begin: behind quote marks, bullets, numbers, check boxes, heading marks. */
function contentOf(text: string, start: number, end: number): { start: number; isHeading: boolean } {
  let at = start;
  let isHeading = false;
  for (;;) {
    while (at < end && unitKind(text.charCodeAt(at)) === kindOf.space) at++;
    const character = text[at];
    const next = text[at + 1];
    if (character === ">") at++;
    else if (character === "#") {
      while (text[at] === "#") at++;
      isHeading = true;
    } else if ((character === "-" || character === "*" || character === "+") && next === " ") at += 2;
    else if (character === "[" && text[at + 2] === "]") at += 3;
    else return { start: at === start ? start : skipNumber(text, at, end), isHeading };
  }
}

function skipNumber(text: string, at: number, end: number): number {
  let index = at;
  while (index < end && unitKind(text.charCodeAt(index)) === kindOf.digit) index++;
  return index > at && (text[index] === "." || text[index] === ")") && text[index + 1] === " "
    ? index + 2
    : at;
}

function scanLine(
  scan: ScannedText,
  text: string,
  start: number,
  end: number,
  masked: readonly number[],
  firstMask: number,
  continues: boolean,
): void {
  let mask = firstMask;
  let gap: Gap = continues ? "space" : "sentence";
  let isStart = !continues;
  let quotedFrom = -1;
  let quoteMark = "";
  for (let at = start; at < end;) {
    while (mask < masked.length && (masked[mask + 1] ?? 0) <= at) mask += 2;
    const maskStart = masked[mask] ?? Infinity;
    if (maskStart <= at) {
      at = masked[mask + 1] ?? end;
      gap = "break";
      isStart = false;
      continue;
    }
    const kind = unitKind(text.charCodeAt(at));
    if (isWordKind(kind)) {
      const wordEnd = endOfWord(text, at, Math.min(end, maskStart));
      const form = formOf(text, at, wordEnd);
      scan.words.push({ start: at, end: wordEnd, form, gap, place: isStart ? "start" : "inside" });
      const isPossessive = endsPossessive(text, wordEnd);
      at = isPossessive ? wordEnd + 2 : wordEnd;
      gap = isPossessive ? "possessive" : "space";
      isStart = false;
      continue;
    }
    const character = text[at] ?? "";
    if (kind === kindOf.space) {
      at++;
      continue;
    }
    if (character === "*" || character === "_" || character === "~") {
      const run = character === "~" ? 0 : markRun(text, at, character);
      if (run === 1) toggleQuotation(character);
      else if (run > 1 && gap === "space" && unitKind(text.charCodeAt(at + run)) !== kindOf.space)
        gap = "space";
      at += Math.max(1, run);
      continue;
    }
    if (character === ".") {
      if (!endsAbbreviation(scan, text, at)) endSentence(text, at);
      at++;
      continue;
    }
    if (character === "!" || character === "?" || character === "…" || character === "。")
      endSentence(text, at);
    else if (character === "&") gap = gap === "space" ? "ampersand" : "break";
    else if (character === '"' || opening.has(character) || closing.has(character)) {
      toggleQuotation(character);
      if (gap !== "sentence") gap = "break";
    } else {
      if (gap !== "sentence") gap = "break";
      if (
        character === ":" ||
        character === "|" ||
        character === ";" ||
        character === "•" ||
        character === "→"
      )
        isStart = true;
    }
    at++;
  }

  function endSentence(source: string, at: number): void {
    const next = unitKind(source.charCodeAt(at + 1));
    if (isWordKind(next)) {
      gap = "break";
      return;
    }
    gap = "sentence";
    isStart = true;
  }

  /** Opens a quotation, or closes the one that is open and keeps it. */
  function toggleQuotation(mark: string): void {
    const isClosing = quoteMark !== "" && closes(mark, quoteMark);
    if (isClosing) {
      if (scan.words.length > quotedFrom) scan.quotations.push({ from: quotedFrom, to: scan.words.length });
      quoteMark = "";
      gap = gap === "sentence" ? gap : "break";
      return;
    }
    if (closing.has(mark)) return;
    quoteMark = mark;
    quotedFrom = scan.words.length;
    gap = gap === "sentence" ? gap : "break";
    isStart = true;
  }
}

function closes(mark: string, opened: string): boolean {
  return opening.has(opened) ? closing.has(mark) : mark === opened;
}

function markRun(text: string, at: number, mark: string): number {
  let length = 1;
  while (text[at + length] === mark) length++;
  return length;
}

/** `Dr.`, `J.`, `séc.`: the point is no end. */
function endsAbbreviation(scan: ScannedText, text: string, at: number): boolean {
  const word = scan.words.at(-1);
  if (word === undefined || word.end !== at) return false;
  if (word.form === "initial") return true;
  return abbreviations.has(text.slice(word.start, word.end).toLowerCase());
}

/** Letters, digits and what may stand between them: `O'Brien`, `Jean-Pierre`, `U.S.`, `Node.js`, `AT&T`, `C++`. */
function endOfWord(text: string, start: number, limit: number): number {
  let at = start;
  for (;;) {
    while (at < limit && isWordKind(unitKind(text.charCodeAt(at)))) at++;
    if (at + 1 >= limit) break;
    const character = text[at] ?? "";
    const next = unitKind(text.charCodeAt(at + 1));
    if (!isWordKind(next) || endsPossessive(text, at)) break;
    if (isHyphen(character)) {
      // `anti-American`: the name begins behind the hyphen. `al-Hasakah` is one.
      if (isUpperAt(text, at + 1) && !isUpperAt(text, start) && !articles.has(text.slice(start, at))) break;
      at++;
    } else if (character === "_" || apostrophes.has(character)) at++;
    else if (character === "–" && next === kindOf.upper && isWordKind(unitKind(text.charCodeAt(at - 1))))
      at++;
    else if ((character === "." || character === ",") && isDigitAt(text, at - 1) && next === kindOf.digit)
      at++;
    else if (character === "&" && isUpperAt(text, at - 1) && next === kindOf.upper) at++;
    else if (character === "." && (isDottedInitials(text, start, at) || isFileLike(text, at))) at++;
    else if (character === "@") at++;
    else break;
  }
  if (text[at] === "." && at - start >= 3 && isDottedInitials(text, start, at)) return at + 1;
  while (
    at < limit &&
    (text[at] === "+" || text[at] === "#") &&
    !isWordKind(unitKind(text.charCodeAt(at + 1)))
  )
    at++;
  return at;
}

/** `'s` at the end of a word. */
function endsPossessive(text: string, at: number): boolean {
  const next = text[at + 1];
  return (
    apostrophes.has(text[at] ?? "") &&
    (next === "s" || next === "S") &&
    !isWordKind(unitKind(text.charCodeAt(at + 2)))
  );
}

function isHyphen(character: string): boolean {
  return character === "-" || character === "‐" || character === "‑";
}

function isDigitAt(text: string, at: number): boolean {
  return unitKind(text.charCodeAt(at)) === kindOf.digit;
}

function isUpperAt(text: string, at: number): boolean {
  return unitKind(text.charCodeAt(at)) === kindOf.upper;
}

/** `U.S`, `J.R`: single letters with points between them, as far as `at`. */
function isDottedInitials(text: string, start: number, at: number): boolean {
  for (let index = start; index < at; index++) {
    const isLetter = (index - start) % 2 === 0;
    if (isLetter ? !isUpperAt(text, index) : text[index] !== ".") return false;
  }
  return (at - start) % 2 === 1;
}

/** `Node.js`: a lower-case letter right behind the point. */
function isFileLike(text: string, at: number): boolean {
  return unitKind(text.charCodeAt(at + 1)) === kindOf.lower;
}

function formOf(text: string, start: number, end: number): Form {
  let upper = 0;
  let lower = 0;
  let letters = 0;
  let digits = 0;
  for (let at = start; at < end; at++) {
    const unit = text.charCodeAt(at);
    const kind = unitKind(unit);
    if (kind === kindOf.upper) upper++;
    else if (kind === kindOf.lower) lower++;
    else if (kind === kindOf.letter) letters++;
    else if (kind === kindOf.digit) digits++;
    else if (unit === 95 || unit === 64) return "other";
  }
  if (letters > 0) return "other";
  if (upper === 0) return lower > 0 ? "lower" : digits > 0 ? "number" : "other";
  if (unitKind(text.charCodeAt(start)) !== kindOf.upper) return digits > 0 && lower === 0 ? "other" : "mixed";
  if (lower > 0) return "capital";
  return upper === 1 && digits === 0 ? "initial" : "caps";
}

/** Words of a line in which every longer word has a capital are titled: there, capitals mean nothing. */
function markTitled(scan: ScannedText, text: string, first: number, isHeading: boolean): void {
  const words = scan.words;
  let capitals = 0;
  let lower = 0;
  for (let index = first; index < words.length; index++) {
    const word = words[index];
    if (word === undefined) continue;
    if (word.form === "lower" && word.end - word.start > 3) lower++;
    else if (word.form === "capital" || word.form === "caps") capitals++;
  }
  const all = lower === 0 || (capitals >= 4 && capitals >= 6 * lower);
  if (!all || capitals < 2) return;
  const isEnough = isHeading || capitals >= 2;
  if (!isEnough) return;
  void text;
  for (let index = first; index < words.length; index++) {
    const word = words[index];
    if (word !== undefined) word.place = "titled";
  }
}
