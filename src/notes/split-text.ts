import { countTokens } from "./count-tokens.ts";
import type { Span } from "./note.ts";
import { wholeCharacter } from "./whole-character.ts";

/** Where a text may be cut, from the best place to the worst. */
const cutters: readonly ((text: string) => number[])[] = [
  (text) => positionsAfter(text, /\n\s*\n/g),
  (text) => positionsAfter(text, /\n/g),
  (text) => positionsAfter(text, /[.!?…。！？]["'”’)\]]{0,8}\s+|[。！？]/g),
  (text) => positionsAfter(text, /\s+/g),
  (text) => characterEnds(text),
];
/** Characters that no space divides are cut in steps of about this many units. */
const stepLength = 64;

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
      for (const piece of split(text, from, to, nextCutter, maxTokens)) pieces.push(piece);
      open = to;
    } else {
      openTokens += tokens;
    }
    from = to;
  }
  flush(end);
  return pieces;
}

/** Cuts what is too long at the best kind of place that it has. */
function split(text: string, start: number, end: number, cutter: number, maxTokens: number): Span[] {
  for (let next = cutter; next < cutters.length; next++) {
    const cuts = (cutters[next]?.(text.slice(start, end)) ?? []).map((position) => start + position);
    if (cuts.some((position) => position < end)) return pack(text, start, end, cuts, next + 1, maxTokens);
  }
  return [{ start, end }];
}

function positionsAfter(text: string, separator: RegExp): number[] {
  return Array.from(text.matchAll(separator), (match) => match.index + match[0].length);
}

/** Never inside a character that a person sees as one; a run of joined marks longer than a step is no character. */
function characterEnds(text: string): number[] {
  const ends: number[] = [];
  let last = 0;
  for (const { index, segment } of new Intl.Segmenter().segment(text)) {
    if (index > last && index + segment.length - last > stepLength) ends.push((last = index));
    while (index + segment.length - last > 2 * stepLength) {
      last = wholeCharacter(text, Math.max(last, index) + stepLength);
      ends.push(last);
    }
  }
  if (text.length > last) ends.push(text.length);
  return ends;
}
