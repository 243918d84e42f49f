import { createRequire } from "node:module";
import type * as o200k from "gpt-tokenizer/encoding/o200k_base";
import { wholeCharacter } from "./whole-character.ts";

/** The tokenizer takes time by the square of a run without spaces; a longer run is counted in pieces. */
const longestRun = 64;
const pieceLength = 2_000;
const options = { disallowedSpecial: new Set<string>() };

type Tokenizer = typeof o200k;
let tokenizer: Tokenizer | undefined;

/** The tokenizer's tables take 50 MB and 0.1 s to load, and many notes are short enough to do without. */
function countExactly(text: string): number {
  tokenizer ??= createRequire(import.meta.url)("gpt-tokenizer/encoding/o200k_base") as Tokenizer;
  return tokenizer.countTokens(text, options);
}

/**
 * Tokens of a text in OpenAI's `o200k_base` encoding, the same for every model; other models' own counts
 * differ by some per cent. A run of more than 64 characters without a space is counted in pieces, which
 * counts a few too many.
 */
export function countTokens(text: string): number {
  if (text.length <= longestRun) return countExactly(text);
  let tokens = 0;
  for (let start = 0; start < text.length;) {
    const end = endOfPiece(text, start);
    tokens += countExactly(text.slice(start, end));
    start = end;
  }
  return tokens;
}

/** Whether a text has at most `maxTokens`; most texts of a section's length need no counting to know. */
export function fitsIn(text: string, maxTokens: number): boolean {
  if (text.length <= 2 * maxTokens && mostTokens(text) <= maxTokens) return true;
  return countTokens(text) <= maxTokens;
}

/**
 * A number of tokens that a text cannot have more of. Every token is a byte or more. Two bytes that are a token
 * together, as nearly all pairs of small letters are, are never left as two: of any two such pairs at least one
 * byte is saved.
 */
export function mostTokens(text: string): number {
  let pairs = 0;
  for (let index = 1; index < text.length; index++) {
    const first = text.charCodeAt(index - 1);
    // The tokenizer starts anew behind `'s` or `'ll`, within a run of letters too.
    if (first === apostrophe) index += 2;
    else if (isPair(first, text.charCodeAt(index))) {
      pairs++;
      index++;
    }
  }
  return Buffer.byteLength(text) - (pairs >> 1);
}

const apostrophe = 39;
const letterA = 97;
const letters = 26;
/** Pairs of small letters that are no token, such as `qk`. */
const unpaired = new Set(
  "bq gk gq jv jz kq kz lq nq qf qg qj qk qv qz rj tq wq wz xg xj xk xq xv xw yq zj zq zv"
    .split(" ")
    .map((pair) => pair.charCodeAt(0) * 128 + pair.charCodeAt(1)),
);

function isPair(first: number, second: number): boolean {
  const isLetter = (unit: number) => unit >= letterA && unit < letterA + letters;
  return isLetter(second) && (first === 32 || (isLetter(first) && !unpaired.has(first * 128 + second)));
}

/** As far as there is a space now and then, at most two thousand characters; never inside a surrogate pair. */
function endOfPiece(text: string, start: number): number {
  const limit = Math.min(text.length, start + pieceLength);
  let space = start;
  for (let index = start; index < limit; index++) {
    if (isBreak(text, index)) space = index;
    else if (index - space >= longestRun) return space > start ? space : wholeCharacter(text, index);
  }
  return limit === text.length ? limit : space > start ? space : wholeCharacter(text, limit);
}

/** Where the tokenizer starts anew anyway: at white space after a word, and at the commas and stops of CJK. */
function isBreak(text: string, index: number): boolean {
  const unit = text.charCodeAt(index);
  if (unit === 32 || unit === 10) return !isSpace(text.charCodeAt(index - 1));
  return unit === 0x3001 || unit === 0x3002 || unit === 0xff0c || unit === 0xff01 || unit === 0xff1f;
}

function isSpace(unit: number): boolean {
  return unit === 32 || (unit >= 9 && unit <= 13);
}
