import { countTokens as countExactly } from "gpt-tokenizer/encoding/o200k_base";

/** The tokenizer slows down on long runs without a space; such a run is counted in pieces. */
const pieceLength = 2_000;

/**
 * Tokens of a text in OpenAI's `o200k_base` encoding, the same for every model; other models' own counts
 * differ by some per cent. Counted in pieces for long texts, which can only count too many.
 */
export function countTokens(text: string): number {
  if (text.length <= pieceLength) return countExactly(text, { disallowedSpecial: new Set() });
  let tokens = 0;
  for (let start = 0; start < text.length; start += pieceLength) {
    tokens += countExactly(text.slice(start, start + pieceLength), { disallowedSpecial: new Set() });
  }
  return tokens;
}

/** Whether a text has at most `maxTokens`; a token is at least one byte, so short texts need no counting. */
export function fitsIn(text: string, maxTokens: number): boolean {
  if (text.length <= maxTokens && Buffer.byteLength(text) <= maxTokens) return true;
  return countTokens(text) <= maxTokens;
}
