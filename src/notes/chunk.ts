import type { Chunk, Heading, ParsedNote, Span } from "./note.ts";
import { fitsIn } from "./count-tokens.ts";
import { splitText } from "./split-text.ts";

/** The same for every model; see `countTokens` for whose tokens. */
export const maxChunkTokens = 600;
/** Tokens of parts are added up, and the whole can have a token or two more than its parts. */
const packedTokens = maxChunkTokens - 8;

interface Section extends Span {
  readonly headings: readonly string[];
}

/**
 * Cuts a note's body at its headings; a section that is too long is cut between blocks, then lines, then
 * sentences. Everything but blank space between chunks is in exactly one chunk.
 */
export function chunkNote(note: ParsedNote): Chunk[] {
  return sectionsOf(note)
    .flatMap((section) => piecesOf(note, section))
    .map(({ start, end, headings }, position) => ({
      text: note.text.slice(start, end),
      position,
      headings,
      startOffset: start,
      endOffset: end,
    }));
}

/** A heading directly followed by a deeper one has no text of its own: it opens the section below it. */
function sectionsOf(note: ParsedNote): Section[] {
  const sections: Section[] = [];
  const path: Heading[] = [];
  let start = note.bodyStart;
  let contentStart = note.bodyStart;
  const close = (end: number) => {
    const section = trimmed(note.text, start, end);
    if (section !== undefined) sections.push({ ...section, headings: path.map((heading) => heading.text) });
  };
  for (const heading of note.headings) {
    const parent = path.at(-1);
    const onlyHeadings = note.text.slice(contentStart, heading.start).trim() === "";
    if (!onlyHeadings || (parent !== undefined && heading.level <= parent.level)) {
      close(heading.start);
      start = heading.start;
    }
    while ((path.at(-1)?.level ?? 0) >= heading.level) path.pop();
    path.push(heading);
    contentStart = heading.end;
  }
  close(note.text.length);
  return sections;
}

function piecesOf(note: ParsedNote, section: Section): Section[] {
  const text = note.text.slice(section.start, section.end);
  if (fitsIn(text, packedTokens)) return [section];
  const inside: number[] = [];
  for (let index = firstAfter(note.blockEnds, section.start); index < note.blockEnds.length; index++) {
    const end = note.blockEnds[index] ?? section.end;
    if (end >= section.end) break;
    inside.push(end - section.start);
  }
  return splitText(text, inside, packedTokens).flatMap((piece) => {
    const span = trimmed(note.text, section.start + piece.start, section.start + piece.end);
    return span === undefined ? [] : [{ ...span, headings: section.headings }];
  });
}

/** Index of the first of these sorted numbers that is greater. */
function firstAfter(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function trimmed(text: string, start: number, end: number): Span | undefined {
  const slice = text.slice(start, end);
  const from = slice.search(/\S/);
  if (from === -1) return undefined;
  // Indentation of the first line is part of the text: code and lists need it.
  const lineStart = slice.lastIndexOf("\n", from) + 1;
  const blankBefore = slice.slice(lineStart, from).trim() === "";
  return { start: start + (blankBefore ? lineStart : from), end: start + slice.trimEnd().length };
}
