import { countTokens, fitsIn } from "./count-tokens.ts";
import type { Span } from "./note.ts";

/** Where a text may be cut, from the best place to the worst. */
const cutters: readonly ((text: string) => number[])[] = [
  (text) => positionsAfter(text, /\n\s*\n/g),
  (text) => positionsAfter(text, /\n/g),
  (text) => positionsAfter(text, /[.!?…。！？]["'”’)\]]*\s+|[。！？]/g),
  (text) => positionsAfter(text, /\s+/g),
  (text) => graphemeEnds(text),
];

/**
 * Cuts a text into consecutive pieces of at most `maxTokens`, as few as greedy packing gives, preferring the
 * given positions (ends of blocks), then paragraphs, lines, sentences, words and at last characters.
 */
export function splitText(text: string, blockEnds: readonly number[], maxTokens: number): Span[] {
  return pack(text, 0, text.length, blockEnds, 0, maxTokens);
}

function pack(
  text: string,
  start: number,
  end: number,
  cuts: readonly number[],
  nextCutter: number,
  maxTokens: number,
): Span[] {
  const pieces: Span[] = [];
  let open = start;
  let openTokens = 0;
  const flush = (position: number) => {
    if (position > open) pieces.push({ start: open, end: position });
    open = position;
    openTokens = 0;
  };
  let from = start;
  for (const to of [...cuts, end]) {
    if (to <= from) continue;
    const tokens = countTokens(text.slice(from, to));
    if (openTokens + tokens > maxTokens) flush(from);
    if (tokens > maxTokens) {
      pieces.push(...split(text, from, to, nextCutter, maxTokens));
      open = to;
    } else {
      openTokens += tokens;
    }
    from = to;
  }
  flush(end);
  return pieces;
}

function split(text: string, start: number, end: number, cutter: number, maxTokens: number): Span[] {
  const cut = cutters[cutter];
  if (cut === undefined || fitsIn(text.slice(start, end), maxTokens)) return [{ start, end }];
  const cuts = cut(text.slice(start, end)).map((position) => start + position);
  return pack(text, start, end, cuts, cutter + 1, maxTokens);
}

function positionsAfter(text: string, separator: RegExp): number[] {
  return [...text.matchAll(separator)].map((match) => match.index + match[0].length);
}

/** Never inside a character that a person sees as one; a run of joined marks longer than that is no character. */
function graphemeEnds(text: string): number[] {
  const ends: number[] = [];
  for (const { index, segment } of new Intl.Segmenter().segment(text)) {
    for (let part = 256; part < segment.length; part += 256) ends.push(index + part);
    ends.push(index + segment.length);
  }
  return ends;
}
