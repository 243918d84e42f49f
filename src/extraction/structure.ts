import type {
  ChunkContribution,
  LinkContribution,
  NoteContribution,
  NoteKind,
} from "../knowledge/contribution.ts";
import { contentHash } from "../knowledge/identity.ts";
import type { Chunk, ParsedNote, Span, WrittenLink } from "../notes/note.ts";

const longestEvidence = 400;

/** What a note says by its structure alone: links, tags, aliases, fields, chunks. No model, no other note. */
export function structureOf(
  path: string,
  kind: NoteKind,
  note: ParsedNote,
  chunks: readonly Chunk[],
): NoteContribution {
  const { frontMatter } = note;
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
    chunks: chunks.map((chunk) => chunkOf(chunk, note.masked)),
  };
}

function linkOf(text: string, link: WrittenLink, chunks: readonly Chunk[]): LinkContribution {
  const chunk = link.inFrontMatter ? undefined : chunkAt(chunks, link.start);
  const { target, style, alias, heading, block, embed, field } = link;
  return {
    target: target.normalize("NFC"),
    style,
    alias,
    heading,
    block,
    embed,
    field,
    evidence: field === "" ? "" : lineAround(text, link),
    chunk: chunk?.position,
    offset: link.start - (chunk?.startOffset ?? 0),
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

function lineAround(text: string, span: Span): string {
  const start = text.lastIndexOf("\n", span.start - 1) + 1;
  const newline = text.indexOf("\n", span.end);
  const line = text.slice(start, newline === -1 ? text.length : newline).trim();
  return line.length <= longestEvidence ? line : text.slice(span.start, span.end);
}

function chunkOf(chunk: Chunk, masked: readonly Span[]): ChunkContribution {
  const { text, position, headings, startOffset, endOffset } = chunk;
  return {
    text,
    contentHash: contentHash(text),
    position,
    headings,
    startOffset,
    endOffset,
    masked: masked
      .filter((span) => span.end > startOffset && span.start < endOffset)
      .flatMap((span) => [
        Math.max(0, span.start - startOffset),
        Math.min(text.length, span.end - startOffset),
      ]),
  };
}
