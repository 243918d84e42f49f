import type { Form } from "./candidate.ts";
import { isWordKind, kindOf, unitKind } from "./letters.ts";

/** Small words that a hyphen ties to a name: `al-Hasakah`, `Deir ez-Zor`. */
const tiedWords = new Set("al el an as ad at ar ez ed es ash ul ud de e".split(" "));
/** Pronouns tied to a Portuguese verb: `encontra-se`. */
const clitic = /^(?:[mts]e|lhes?|[nv]os|[ln]?[oa]s?)(?![\p{L}\p{N}])/u;
const fileEnding =
  /^(?:md|markdown|txt|base|canvas|pdf|docx?|xlsx?|pptx?|csv|json|ya?ml|xml|html?|css|tsx?|jsx|py|sh|png|jpe?g|gif|svg|webp|mp[34]|zip)(?![\p{L}\p{N}])/u;

/** No name is longer before its last joint. */
const longestJoined = 60;

/** End of the word that starts here: `O'Brien`, `Jean-Pierre`, `U.S.`, `Node.js`, `AT&T`, `C++`, `6.0`. */
export function endOfWord(text: string, start: number, limit: number): number {
  let at = start;
  for (;;) {
    while (at < limit && isWordKind(unitKind(text.charCodeAt(at)))) at++;
    if (at + 1 >= limit || at - start > longestJoined || !isJoined(text, start, at)) break;
    at++;
  }
  if (text[at] === "." && at - start >= 3 && isDottedInitials(text, start, at)) return at + 1;
  while (at < limit && (text[at] === "+" || text[at] === "#") && !isWordAt(text, at + 1)) at++;
  return at;
}

/** `'s` behind a word. */
export function isPossessive(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  if (unit !== 0x27 && unit !== 0x2019) return false;
  const next = text[at + 1];
  return (next === "s" || next === "S") && !isWordAt(text, at + 2);
}

/** How the word in this range is written. */
export function formOf(text: string, start: number, end: number): Form {
  if (isHalfWord(text, start, end)) return "other";
  let upper = 0;
  let lower = 0;
  let digits = 0;
  for (let at = start; at < end; at++) {
    const kind = unitKind(text.charCodeAt(at));
    if (kind === kindOf.lower) lower++;
    else if (kind === kindOf.upper) upper++;
    else if (kind === kindOf.digit) digits++;
    else if (kind === kindOf.letter || isSign(text, at)) return "other";
  }
  if (upper === 0) return lower > 0 ? "lower" : digits > 0 ? "number" : "other";
  if (unitKind(text.charCodeAt(start)) !== kindOf.upper)
    return isProductName(text, start, end) ? "mixed" : "other";
  if (lower > 0) return "capital";
  return upper === 1 && digits === 0 ? "initial" : "caps";
}

/** `Re` of `Re-using`, `I'm`. */
function isHalfWord(text: string, start: number, end: number): boolean {
  const second = text[start + 1];
  if (text[start] === "I" && (second === "'" || second === "’")) return true;
  return end - start <= 3 && text[end] === "-" && unitKind(text.charCodeAt(end + 1)) === kindOf.lower;
}

/** Whether the character at `at` and what follows belong to the word before it. */
function isJoined(text: string, start: number, at: number): boolean {
  const next = unitKind(text.charCodeAt(at + 1));
  if (!isWordKind(next) || isPossessive(text, at)) return false;
  switch (text[at]) {
    case "-":
    case "‐":
    case "‑":
      return isHyphenated(text, start, at);
    case "–":
      return next === kindOf.upper && isWordAt(text, at - 1);
    case "'":
    case "’":
    case "ʼ":
    case "_":
    case "@":
      return true;
    case "&":
      return next === kindOf.upper && isUpperAt(text, at - 1);
    case ".":
      return (
        isDottedInitials(text, start, at) ||
        next === kindOf.lower ||
        (next === kindOf.digit && unitKind(text.charCodeAt(at - 1)) === kindOf.digit)
      );
    case ",":
      return next === kindOf.digit && unitKind(text.charCodeAt(at - 1)) === kindOf.digit;
    default:
      return false;
  }
}

/** `anti-American` and `Lisbon-based` have a name on one side; `Jean-Pierre` and `Trás-os-Montes` are one. */
function isHyphenated(text: string, start: number, at: number): boolean {
  const isUpperNext = isUpperAt(text, at + 1);
  if (!isUpperAt(text, start)) return !isUpperNext || tiedWords.has(text.slice(start, at));
  if (isUpperNext) return true;
  if (unitKind(text.charCodeAt(at + 1)) !== kindOf.lower) return !/^\d+\.\d/.test(text.slice(at + 1, at + 6));
  const rest = text.slice(at + 1, at + 24);
  return (
    clitic.test(rest) || /^\p{Ll}+['’-](?:\p{Ll}+-)*\p{Lu}/u.test(rest) || /^feiras?(?!\p{L})/u.test(rest)
  );
}

/** `U.S`, `J.R`: single capitals with points between them, as far as `at`. */
function isDottedInitials(text: string, start: number, at: number): boolean {
  for (let index = start; index < at; index++) {
    if ((index - start) % 2 === 0 ? !isUpperAt(text, index) : text[index] !== ".") return false;
  }
  return (at - start) % 2 === 1;
}

/** `iPhone`, `macOS`, `al-Hasakah`, but no `lineNumber`. */
function isProductName(text: string, start: number, end: number): boolean {
  return (
    (isUpperAt(text, start + 1) && end - start > 2) ||
    /^(?:\p{Ll}{1,4}OS|\p{Ll}+[-‐‑'’]\p{Lu}[\p{L}\p{M}]*)$/u.test(text.slice(start, end))
  );
}

/** No word of a language: `snake_case`, `name@host`, `notes.md`, `task.due`. */
function isSign(text: string, at: number): boolean {
  const character = text[at];
  if (character === "_" || character === "@") return true;
  return (
    character === "." &&
    unitKind(text.charCodeAt(at + 1)) === kindOf.lower &&
    fileEnding.test(text.slice(at + 1, at + 12))
  );
}

function isWordAt(text: string, at: number): boolean {
  return isWordKind(unitKind(text.charCodeAt(at)));
}

function isUpperAt(text: string, at: number): boolean {
  return unitKind(text.charCodeAt(at)) === kindOf.upper;
}
