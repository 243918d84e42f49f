import { type DefaultType, majorityType, typeOfKind } from "./entity-type.ts";
import { factType } from "./fact-type.ts";
import type { Row } from "./graph-rows.ts";
import { entityId, factId } from "./identity.ts";
import { byCodePoint, fold, mostFrequent } from "./names.ts";
import { relationsOwner } from "./owners.ts";
import { type NamedEntity, titleName } from "./resolve-names.ts";
import { dayOfTitle, statedOn } from "./stated-on.ts";
import type { KnowledgeView, KnownLink, KnownNote } from "./view.ts";

/** One supporting place of a fact. */
interface Evidence {
  readonly text: string;
  /** The date that it or its daily note gives; empty for none. */
  readonly statedOn: string;
  readonly chunkId: string;
  readonly path: string;
  readonly position: number;
  readonly offset: number;
}

/**
 * Rows of one entity: its node and who describes it. None when nothing but its own note speaks of it. One that no note
 * describes is there as long as some text is guessed to name it.
 */
export function deriveEntity(view: KnowledgeView, key: string): Row[] {
  const entity = view.names.entity(key);
  const describing = entity === undefined ? [] : describingNotes(view, entity);
  if (entity === undefined || describing.length === 0) return guessedEntity(view, key);
  const id = entityId(view.vault, key);
  const votes = describing.flatMap((note) => votesOf(note));
  const type = majorityType(votes.map((vote) => vote.type));
  const node: Row = {
    kind: "node",
    labels: ["Entity", type],
    id,
    properties: {
      vault: view.vault,
      key,
      name: entity.name,
      type,
      rawTypes: [...new Set(votes.map((vote) => vote.raw))].toSorted(byCodePoint),
      aliases: entity.aliases,
      mentionCount: mentionCount(view, entity),
    },
    owner: id,
  };
  const described = describing
    .map((note) => note.id)
    .toSorted()
    .map((noteId): Row => ({
      kind: "relationship",
      type: "DESCRIBES",
      from: noteId,
      to: id,
      properties: {},
      owner: id,
    }));
  return [node, ...described];
}

/** Rows of an entity that is only guessed: called as texts call it, of the type that most of them tell. */
function guessedEntity(view: KnowledgeView, key: string): Row[] {
  const totals = view.guessedAs(key);
  // `Tome` that joins `Tomé` is another name of his.
  const own = totals.filter((total) => fold(total.name) === key);
  const name = mostFrequent(own.flatMap((total) => Array.from({ length: total.count }, () => total.name)));
  if (name === undefined) return [];
  const id = entityId(view.vault, key);
  const type = majorityType(
    totals.flatMap((total) =>
      Array.from({ length: total.chunks }, () => total.type).filter((told) => told !== ""),
    ),
  );
  const names = new Set(totals.map((total) => total.name));
  names.delete(name);
  const properties = {
    vault: view.vault,
    key,
    name,
    type,
    rawTypes: [],
    aliases: [...names].toSorted(byCodePoint),
    mentionCount: totals.reduce((sum, total) => sum + total.count, 0),
  };
  return [{ kind: "node", labels: ["Entity", type], id, properties, owner: id }];
}

/** The facts that an entity is the source of. */
export function deriveFacts(view: KnowledgeView, key: string): Row[] {
  const entity = view.names.entity(key);
  return entity === undefined || !view.exists(key) ? [] : factRows(view, entity, entityId(view.vault, key));
}

/**
 * Notes that describe an entity: those that another note links to, that have an alias, that state or end a
 * fact, and all of them when another note names the entity in prose.
 */
export function describingNotes(view: KnowledgeView, entity: NamedEntity): KnownNote[] {
  const ids = new Set(entity.notes.map((note) => note.id));
  const isNamedByOthers = view
    .spokenOf(entity.key)
    .some(
      (total) => total.notes > 1 || (total.notes === 1 && !(ids.size === 1 && ids.has(total.onlyNoteId))),
    );
  return entity.notes.flatMap((named) => {
    const note = view.note(named.id);
    if (note === undefined) return [];
    const describes =
      isNamedByOthers ||
      note.aliases.length > 0 ||
      view.inbound(note.id).links > 0 ||
      view.links(note.id).some((link) => statesFact(view, entity.key, link) !== undefined);
    return describes ? [note] : [];
  });
}

/** Type words of a note: its `type`, its tags, and the folder it is in. */
function votesOf(note: KnownNote): { raw: string; type: DefaultType }[] {
  const folder = note.path.split("/").at(-2);
  const said = [note.kinds, note.tags, folder === undefined || note.stub ? [] : [folder]];
  // The first kind of evidence that says anything decides: an author's `type` beats the folder.
  for (const words of said) {
    const votes = words.flatMap((raw) => {
      const type = typeOfKind(raw);
      return type === undefined ? [] : [{ raw, type }];
    });
    if (votes.length > 0) return votes;
  }
  return [];
}

function mentionCount(view: KnowledgeView, entity: NamedEntity): number {
  const linked = entity.notes.reduce((sum, note) => sum + view.inbound(note.id).inProse, 0);
  const totals = [...view.spokenOf(entity.key), ...view.guessedAs(entity.key)];
  return totals.reduce((sum, total) => sum + total.count, linked);
}

/** Type and target of the fact that a field's link states about an entity. */
function statesFact(
  view: KnowledgeView,
  source: string,
  link: KnownLink,
): { type: string; target: string } | undefined {
  if (link.field === "") return undefined;
  const target = view.names.entityOfNote(link.targetId);
  const type = factType(link.field);
  return target === undefined || type === undefined || target === source ? undefined : { type, target };
}

function factRows(view: KnowledgeView, entity: NamedEntity, id: string): Row[] {
  const facts = new Map<string, { type: string; target: string; raw: string[]; evidence: Evidence[] }>();
  for (const named of entity.notes) {
    const stating = view.links(named.id).filter((link) => link.field !== "");
    if (stating.length === 0) continue;
    const said = dateOf(view.note(named.id));
    const positions = new Map(view.placesOf(named.id).map((chunk) => [chunk.id, chunk.position]));
    for (const link of stating) {
      const stated = statesFact(view, entity.key, link);
      if (stated === undefined) continue;
      const key = `${stated.type} ${stated.target}`;
      const fact = facts.get(key) ?? { ...stated, raw: [], evidence: [] };
      facts.set(key, fact);
      fact.raw.push(link.field);
      const position = link.chunkId === "" ? -1 : (positions.get(link.chunkId) ?? 0);
      fact.evidence.push({
        text: link.evidence,
        statedOn: said(link.evidence),
        chunkId: link.chunkId,
        path: named.path,
        position,
        offset: link.offset,
      });
    }
  }
  return [...facts.values()].map(({ type, target, raw, evidence }): Row => {
    const places = firstOfEachChunk(evidence);
    return {
      kind: "relationship",
      type,
      from: id,
      to: entityId(view.vault, target),
      properties: {
        id: factId(view.vault, entity.key, type, target),
        rawType: mostFrequent(raw) ?? "",
        confidence: 1,
        evidence: places.map((place) => place.text),
        chunkIds: places.map((place) => place.chunkId),
        methods: places.map(() => "structure"),
        models: places.map(() => ""),
        statedOn: places.map((place) => place.statedOn),
      },
      owner: relationsOwner(id),
    };
  });
}

/** What date a text of a note gives. */
function dateOf(note: KnownNote | undefined): (text: string) => string {
  const day = note?.kind === "daily" ? dayOfTitle(titleName(note)) : "";
  return (text) => statedOn(text, note?.language ?? "", day);
}

/** By path and position; a chunk (or a front matter) that says a thing twice says it once. */
function firstOfEachChunk(evidence: readonly Evidence[]): Evidence[] {
  const sorted = evidence.toSorted(
    (a, b) => byCodePoint(a.path, b.path) || a.position - b.position || a.offset - b.offset,
  );
  return sorted.filter((place, index) => {
    const previous = sorted[index - 1];
    return previous === undefined || previous.path !== place.path || previous.chunkId !== place.chunkId;
  });
}
