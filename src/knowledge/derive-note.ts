import { type Method, methods } from "./contribution.ts";
import type { NodeRow, Properties, RelationshipRow, Row } from "./graph-rows.ts";
import { entityId } from "./identity.ts";
import { byCodePoint } from "./names.ts";
import { relationsOwner, tagOwner } from "./owners.ts";
import { baseName } from "./resolve-links.ts";
import type { KnowledgeView, KnownChunk, KnownLink, KnownNote } from "./view.ts";

/** Confidence of a mention: the author's own link is certain, a known name in prose nearly so. */
const confidence: Record<Method, number> = { structure: 1, model: 0.9, gazetteer: 0.8, heuristic: 0.5 };

/** Rows of one note's text: itself and its chunks. */
export function deriveText(view: KnowledgeView, noteId: string): Row[] {
  const note = view.note(noteId);
  if (note === undefined) return [];
  const chunks = view.chunks(noteId);
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
  ];
}

/** Relationships of one note to what others own: its links, its tags, what its chunks mention. */
export function deriveNote(view: KnowledgeView, noteId: string): Row[] {
  const note = view.note(noteId);
  if (note === undefined) return [];
  const owner = relationsOwner(noteId);
  const links = view.links(noteId);
  return [
    ...linkRows(owner, noteId, links),
    ...note.tags.toSorted(byCodePoint).map((tag) => relationship(owner, "TAGGED", noteId, tag, {})),
    ...(note.kind === "template" ? [] : mentionRowsOf(view, owner, noteId, links)),
  ];
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
function linkRows(owner: string, noteId: string, links: readonly KnownLink[]): RelationshipRow[] {
  return [...Map.groupBy(links, (link) => link.targetId)].map(([targetId, written]) =>
    relationship(owner, "LINKS_TO", noteId, targetId, {
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
  readonly quote: string;
}

function mentionRowsOf(
  view: KnowledgeView,
  owner: string,
  noteId: string,
  links: readonly KnownLink[],
): RelationshipRow[] {
  const linksIn = Map.groupBy(links, (link) => link.chunkId);
  const mentionsIn = Map.groupBy(view.mentions(noteId), (mention) => mention.chunkId);
  const guessesIn = Map.groupBy(view.guesses(noteId), (guess) => guess.chunkId);
  return view.placesOf(noteId).flatMap((chunk) => {
    const found = new Map<string, Found[]>();
    const add = (key: string | undefined, place: Found) => {
      if (key === undefined || !view.exists(key)) return;
      const places = found.get(key);
      if (places === undefined) found.set(key, [place]);
      else places.push(place);
    };
    for (const link of linksIn.get(chunk.id) ?? []) {
      if (link.targetId === noteId) continue;
      const place: Found = { method: "structure", count: 1, start: link.offset, quote: link.quote };
      add(view.names.entityOfNote(link.targetId), place);
    }
    for (const { spoken, count, start, quote } of mentionsIn.get(chunk.id) ?? []) {
      add(view.names.entityOfSpoken(spoken), { method: "gazetteer", count, start, quote });
    }
    for (const { key, count, start, quote } of guessesIn.get(chunk.id) ?? []) {
      add(key, { method: "heuristic", count, start, quote });
    }
    return [...found].map(([key, places]) => mentionRow(owner, chunk.id, entityId(view.vault, key), places));
  });
}

function mentionRow(
  owner: string,
  chunkId: string,
  entity: string,
  places: readonly Found[],
): RelationshipRow {
  const method = methods.find((one) => places.some((place) => place.method === one)) ?? "heuristic";
  const first = places.filter((place) => place.method === method).toSorted((a, b) => a.start - b.start)[0];
  return relationship(owner, "MENTIONS", chunkId, entity, {
    count: places.reduce((sum, place) => sum + place.count, 0),
    quote: first?.quote ?? "",
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
