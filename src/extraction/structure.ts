import type {
  ChunkContribution,
  LinkContribution,
  NoteContribution,
  NoteKind,
} from "../knowledge/contribution.ts";
import { contentHash } from "../knowledge/identity.ts";
import { encodeUses, type WordUses } from "../knowledge/lexicon.ts";
import { joined, type Word, wordsOf } from "../knowledge/words.ts";
import { quoteAround } from "../knowledge/quote.ts";
import type { Chunk, ParsedNote, Span, WrittenLink } from "../notes/note.ts";
import { candidatesOf } from "./candidates.ts";

const longestEvidence = 400;

/**
 * What a note says by its structure alone: links, tags, aliases, fields, chunks. No model, no other note. `words`
 * are those of the chunks, when they are at hand.
 */
export function structureOf(
  path: string,
  kind: NoteKind,
  note: ParsedNote,
  chunks: readonly Chunk[],
  words: readonly (readonly Word[])[] = chunks.map((chunk) => wordsOf(chunk.text)),
): NoteContribution {
  const { frontMatter } = note;
  const uses: WordUses = new Map();
  const own = chunksOf(chunks, words, note.masked, uses);
  return {
    path,
    kind,
    contentHash: contentHash(note.text),
    language: note.language,
    frontMatter:
      Object.keys(frontMatter.properties).length === 0 ? "" : JSON.stringify(frontMatter.properties),
    aliases: frontMatter.aliases,
    tags: note.tags,
    kinds: frontMatter.kinds,
    created: frontMatter.created,
    updated: frontMatter.updated,
    links: note.links.map((link) => linkOf(note.text, link, chunks)),
    chunks: own,
    uses: encodeUses(uses),
  };
}

function linkOf(text: string, link: WrittenLink, chunks: readonly Chunk[]): LinkContribution {
  const chunk = link.inFrontMatter ? undefined : chunkAt(chunks, link.start);
  const { target, style, alias, heading, block, embed, field } = link;
  const offset = link.start - (chunk?.startOffset ?? 0);
  return {
    target: target.normalize("NFC"),
    style,
    alias,
    heading,
    block,
    embed,
    field,
    evidence: field === "" ? "" : lineAround(text, link),
    quote: chunk === undefined ? "" : quoteAround(chunk.text, offset, offset),
    chunk: chunk?.position,
    offset,
  };
}

function chunkAt(chunks: readonly Chunk[], offset: number): Chunk | undefined {
  let low = 0;
  let high = chunks.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const chunk = chunks[middle];
    if (chunk === undefined) return undefined;
    if (offset < chunk.startOffset) high = middle - 1;
    else if (offset >= chunk.endOffset) low = middle + 1;
    else return chunk;
  }
  return undefined;
}

/** The line that a span is in, or the span alone when the line is too long to be a quote. */
function lineAround(text: string, span: Span): string {
  const from = Math.max(0, span.start - longestEvidence);
  const before = text.slice(from, span.start);
  const after = text.slice(span.end, span.end + longestEvidence);
  const newline = after.search(/[\r\n]/);
  const isWhole = before.includes("\n") || from === 0;
  const line =
    before.slice(before.lastIndexOf("\n") + 1) +
    text.slice(span.start, span.end) +
    (newline === -1 ? after : after.slice(0, newline));
  const fits =
    isWhole && line.length <= longestEvidence && (newline !== -1 || after.length < longestEvidence);
  return fits ? line.trim() : text.slice(span.start, span.end);
}

/**
 * Chunks with the masked ranges in them; both are in order, so one walk over both is enough. How they write their words is
 * added to `uses`.
 */
function chunksOf(
  chunks: readonly Chunk[],
  words: readonly (readonly Word[])[],
  masked: readonly Span[],
  uses: WordUses,
): ChunkContribution[] {
  let first = 0;
  return chunks.map((chunk) => {
    const { text, position, headings, startOffset, endOffset } = chunk;
    while ((masked[first]?.end ?? Infinity) <= startOffset) first++;
    const inside: number[] = [];
    for (let index = first; ; index++) {
      const span = masked[index];
      if (span === undefined || span.start >= endOffset) break;
      inside.push(Math.max(0, span.start - startOffset), Math.min(text.length, span.end - startOffset));
    }
    return {
      text,
      contentHash: contentHash(text),
      position,
      headings,
      startOffset,
      endOffset,
      words: joined(words[position] ?? []),
      masked: inside,
      candidates: candidatesOf(text, inside, uses),
    };
  });
}
