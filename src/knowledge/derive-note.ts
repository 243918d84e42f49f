import type { Method } from "./contribution.ts";
import type { NodeRow, Properties, RelationshipRow, Row } from "./graph-rows.ts";
import { entityId } from "./identity.ts";
import { byCodePoint } from "./names.ts";
import { quoteAround } from "./quote.ts";
import { baseName } from "./resolve-links.ts";
import type { KnowledgeView, KnownChunk, KnownLink, KnownNote } from "./view.ts";

/** Confidence of a mention: the author's own link is certain, a known name in prose nearly so. */
const confidence: Record<Method, number> = { structure: 1, model: 0.9, gazetteer: 0.8, heuristic: 0.5 };

/** Rows of one note: itself, its chunks, its links and tags, and what its chunks mention. */
export function deriveNote(view: KnowledgeView, noteId: string): Row[] {
  const note = view.note(noteId);
  if (note === undefined) return [];
  const chunks = view.chunks(noteId);
  const links = view.links(noteId);
  return [
    noteRow(view.vault, note),
    ...chunks.map(chunkRow),
    ...chunks.map((chunk) =>
      relationship(noteId, "HAS_CHUNK", noteId, chunk.id, { position: chunk.position }),
    ),
    ...chunks
      .slice(1)
      .map((chunk, index) =>
        relationship(noteId, "NEXT_CHUNK", chunks[index]?.id ?? "", chunk.id, { position: chunk.position }),
      ),
    ...linkRows(noteId, links),
    ...note.tags.toSorted(byCodePoint).map((tag) => relationship(noteId, "TAGGED", noteId, tag, {})),
    ...(note.kind === "template" ? [] : mentionRowsOf(view, noteId, chunks, links)),
  ];
}

/** Owner of a tag's row; notes and entities own theirs under their ids. */
export function tagOwner(tag: string): string {
  return `#${tag}`;
}

/** The row of a tag, as long as a note carries it. */
export function deriveTag(view: KnowledgeView, tag: string): Row[] {
  return view.isTagged(tag)
    ? [{ kind: "node", labels: ["Tag"], id: tag, properties: { name: tag }, owner: tagOwner(tag) }]
    : [];
}

function noteRow(vault: string, note: KnownNote): NodeRow {
  const title = note.stub ? note.path : baseName(note.path).replace(/\.(?:md|markdown|txt)$/i, "");
  const all = {
    vault,
    path: note.path,
    title,
    aliases: note.aliases,
    language: note.language,
    contentHash: note.contentHash,
    createdAt: note.createdAt,
    updatedAt: note.updatedAt,
    frontmatter: note.frontMatter,
    stub: note.stub,
  };
  return { kind: "node", labels: ["Note"], id: note.id, properties: withoutEmptyText(all), owner: note.id };
}

function chunkRow(chunk: KnownChunk): NodeRow {
  const { text, position, headings, startOffset, endOffset, contentHash } = chunk;
  return {
    kind: "node",
    labels: ["Chunk"],
    id: chunk.id,
    properties: { text, position, headings, startOffset, endOffset, contentHash },
    owner: chunk.noteId,
  };
}

/** One relationship a pair of notes, with a list entry a link, in the order they are written. */
function linkRows(noteId: string, links: readonly KnownLink[]): RelationshipRow[] {
  return [...Map.groupBy(links, (link) => link.targetId)].map(([targetId, written]) =>
    relationship(noteId, "LINKS_TO", noteId, targetId, {
      count: written.length,
      alias: written.map((link) => link.alias),
      heading: written.map((link) => link.heading),
      block: written.map((link) => link.block),
      embed: written.map((link) => link.embed),
    }),
  );
}

interface Found {
  readonly method: Method;
  readonly count: number;
  readonly start: number;
  readonly end: number;
}

function mentionRowsOf(
  view: KnowledgeView,
  noteId: string,
  chunks: readonly KnownChunk[],
  links: readonly KnownLink[],
): RelationshipRow[] {
  const linksIn = Map.groupBy(links, (link) => link.chunkId);
  const mentionsIn = Map.groupBy(view.mentions(noteId), (mention) => mention.chunkId);
  return chunks.flatMap((chunk) => {
    const found = new Map<string, Found[]>();
    const add = (key: string | undefined, place: Found) => {
      if (key === undefined || !view.exists(key)) return;
      const places = found.get(key);
      if (places === undefined) found.set(key, [place]);
      else places.push(place);
    };
    for (const link of linksIn.get(chunk.id) ?? []) {
      if (link.targetId === noteId) continue;
      const place: Found = { method: "structure", count: 1, start: link.offset, end: link.offset };
      add(view.names.entityOfNote(link.targetId), place);
    }
    for (const { spoken, count, start, end } of mentionsIn.get(chunk.id) ?? []) {
      add(view.names.entityOfSpoken(spoken), { method: "gazetteer", count, start, end });
    }
    return [...found].map(([key, places]) => mentionRow(view.vault, chunk, key, places));
  });
}

function mentionRow(
  vault: string,
  chunk: KnownChunk,
  key: string,
  places: readonly Found[],
): RelationshipRow {
  const method = places.some((place) => place.method === "structure") ? "structure" : "gazetteer";
  const first = places.filter((place) => place.method === method).toSorted((a, b) => a.start - b.start)[0];
  return relationship(chunk.noteId, "MENTIONS", chunk.id, entityId(vault, key), {
    count: places.reduce((sum, place) => sum + place.count, 0),
    quote: quoteAround(chunk.text, first?.start ?? 0, first?.end ?? 0),
    method,
    confidence: confidence[method],
  });
}

function relationship(
  owner: string,
  type: string,
  from: string,
  to: string,
  properties: Properties,
): RelationshipRow {
  return { kind: "relationship", type, from, to, properties, owner };
}

function withoutEmptyText(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== ""));
}
