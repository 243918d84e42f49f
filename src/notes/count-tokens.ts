import { countTokens as countExactly } from "gpt-tokenizer/encoding/o200k_base";
import { wholeCharacter } from "./whole-character.ts";

/** The tokenizer takes time by the square of a run without spaces; a longer run is counted in pieces. */
const longestRun = 64;
const pieceLength = 2_000;
const options = { disallowedSpecial: new Set<string>() };

/**
 * Tokens of a text in OpenAI's `o200k_base` encoding, the same for every model; other models' own counts
 * differ by some per cent. A run of more than 64 characters without a space is counted in pieces, which
 * counts a few too many.
 */
export function countTokens(text: string): number {
  if (text.length <= longestRun) return countExactly(text, options);
  let tokens = 0;
  for (let start = 0; start < text.length;) {
    const end = endOfPiece(text, start);
    tokens += countExactly(text.slice(start, end), options);
    start = end;
  }
  return tokens;
}

/** Whether a text has at most `maxTokens`; a token is at least one byte, so short texts need no counting. */
export function fitsIn(text: string, maxTokens: number): boolean {
  if (text.length <= maxTokens && Buffer.byteLength(text) <= maxTokens) return true;
  return countTokens(text) <= maxTokens;
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
