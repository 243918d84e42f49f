import type {
  GuessTotal,
  InboundTotal,
  KnownGuess,
  KnownLink,
  KnownMention,
  KnownNote,
  PlacedChunk,
  SpokenTotal,
} from "../knowledge/view.ts";
import type { Database } from "./database.ts";

/**
 * All that is known of some notes, by their ids, and of some entities, by their keys. Read when first asked for:
 * one query a table costs less than one a note.
 */
export class Prefetched {
  readonly #database: Database;
  readonly #vault: number;
  readonly #ids: string;
  readonly #keys: string;
  #notes: Map<string, KnownNote> | undefined;
  #places: Map<string, PlacedChunk[]> | undefined;
  #links: Map<string, KnownLink[]> | undefined;
  #mentions: Map<string, KnownMention[]> | undefined;
  #inbound: Map<string, InboundTotal> | undefined;
  #spoken: Map<string, SpokenTotal[]> | undefined;
  #guesses: Map<string, KnownGuess[]> | undefined;
  #guessed: Map<string, GuessTotal[]> | undefined;

  constructor(
    database: Database,
    vault: number,
    wanted: { readonly noteIds: readonly string[]; readonly entityKeys: readonly string[] },
  ) {
    this.#database = database;
    this.#vault = vault;
    this.#ids = JSON.stringify(wanted.noteIds);
    this.#keys = JSON.stringify(wanted.entityKeys);
  }

  get notes(): ReadonlyMap<string, KnownNote> {
    return (this.#notes ??= readNotes(this.#database, this.#vault, this.#ids));
  }

  get places(): ReadonlyMap<string, PlacedChunk[]> {
    return (this.#places ??= readPlaces(this.#database, this.#ids));
  }

  get links(): ReadonlyMap<string, KnownLink[]> {
    return (this.#links ??= readLinks(this.#database, this.#ids));
  }

  get mentions(): ReadonlyMap<string, KnownMention[]> {
    return (this.#mentions ??= readMentions(this.#database, this.#ids));
  }

  get inbound(): ReadonlyMap<string, InboundTotal> {
    return (this.#inbound ??= readInbound(this.#database, this.#ids));
  }

  get spoken(): ReadonlyMap<string, SpokenTotal[]> {
    return (this.#spoken ??= readSpoken(this.#database, this.#vault, this.#keys));
  }

  get guesses(): ReadonlyMap<string, KnownGuess[]> {
    return (this.#guesses ??= readGuesses(this.#database, this.#ids));
  }

  get guessed(): ReadonlyMap<string, GuessTotal[]> {
    return (this.#guessed ??= readGuessed(this.#database, this.#vault, this.#keys));
  }
}

/** The rows of a table that belong to notes with the ids of a JSON list. */
function ofNotes(table: "chunk" | "link" | "mention" | "guessed"): string {
  return `FROM json_each(?) AS wanted CROSS JOIN note ON note.id = wanted.value CROSS JOIN ${table} ON ${table}.note = note.note`;
}

function readNotes(database: Database, vault: number, ids: string): Map<string, KnownNote> {
  const rows = database.all<Record<string, string> & { id: string; isStub: number }>(
    `SELECT note.id, note.path, kind, stub_key IS NOT NULL AS isStub, aliases, tags, kinds, language, content_hash AS contentHash,
       front_matter AS frontMatter, created_at AS createdAt, updated_at AS updatedAt
     FROM json_each(?) AS wanted CROSS JOIN note ON note.id = wanted.value WHERE vault = ? AND gone = 0`,
    ids,
    vault,
  );
  return new Map(
    rows.map(({ isStub, aliases, tags, kinds, ...rest }) => [
      rest.id,
      {
        ...(rest as unknown as Omit<KnownNote, "stub" | "aliases" | "tags" | "kinds">), // text columns, checked by SQLite (STRICT)
        stub: isStub === 1,
        aliases: list(aliases),
        tags: list(tags),
        kinds: list(kinds),
      },
    ]),
  );
}

function readPlaces(database: Database, ids: string): Map<string, PlacedChunk[]> {
  return grouped(
    database.all<PlacedChunk & { owner: string }>(
      `SELECT note.id AS owner, chunk.id, position ${ofNotes("chunk")} ORDER BY note.note, position`,
      ids,
    ),
  );
}

function readMentions(database: Database, ids: string): Map<string, KnownMention[]> {
  return grouped(
    database.all<Omit<KnownMention, "noteId"> & { owner: string }>(
      `SELECT note.id AS owner, chunk_id AS chunkId, form AS spoken, count, start, quote
       ${ofNotes("mention")} CROSS JOIN spoken USING (spoken) ORDER BY note.note, chunk_id, start`,
      ids,
    ),
    (mention) => ({ ...mention, noteId: mention.owner }),
  );
}

function readLinks(database: Database, ids: string): Map<string, KnownLink[]> {
  const rows = database.all<Omit<KnownLink, "sourceId" | "embed"> & { embed: number; owner: string }>(
    `SELECT note.id AS owner, target.id AS targetId, chunk_id AS chunkId, start AS offset, alias, heading, block, embed,
       field, evidence, quote
     ${ofNotes("link")} CROSS JOIN note AS target ON target.note = link.resolved_note ORDER BY note.note, ordinal`,
    ids,
  );
  return grouped(rows, (link) => ({ ...link, sourceId: link.owner, embed: link.embed === 1 }));
}

function readInbound(database: Database, ids: string): Map<string, InboundTotal> {
  const rows = database.all<InboundTotal & { owner: string }>(
    `SELECT target.id AS owner, count(*) AS links, count(nullif(chunk_id, '')) AS inProse
     FROM json_each(?) AS wanted CROSS JOIN note AS target ON target.id = wanted.value
     CROSS JOIN link ON link.resolved_note = target.note
     WHERE link.note <> target.note AND in_template = 0 GROUP BY target.note`,
    ids,
  );
  return new Map(rows.map((row) => [row.owner, row]));
}

function readSpoken(database: Database, vault: number, keys: string): Map<string, SpokenTotal[]> {
  const rows = database.all<SpokenTotal & { owner: string }>(
    `SELECT owner, spoken, count, notes, (SELECT id FROM note WHERE note = some) AS onlyNoteId FROM (
       SELECT entity_key AS owner, form AS spoken, sum(count) AS count, count(DISTINCT note) AS notes, max(note) AS some
       FROM (SELECT DISTINCT value FROM json_each(?)) AS wanted CROSS JOIN spoken ON entity_key = wanted.value AND vault = ?
       CROSS JOIN mention USING (spoken) GROUP BY spoken ORDER BY form)`,
    keys,
    vault,
  );
  return grouped(rows);
}

function readGuesses(database: Database, ids: string): Map<string, KnownGuess[]> {
  return grouped(
    database.all<KnownGuess & { owner: string }>(
      `SELECT note.id AS owner, chunk_id AS chunkId, guess.entity_key AS key, count, start, quote
       ${ofNotes("guessed")} CROSS JOIN guess USING (guess) WHERE guess.entity_key IS NOT NULL ORDER BY note.note, rank`,
      ids,
    ),
  );
}

function readGuessed(database: Database, vault: number, keys: string): Map<string, GuessTotal[]> {
  return grouped(
    database.all<GuessTotal & { owner: string }>(
      `SELECT entity_key AS owner, name, type, sum(count) AS count, count(*) AS chunks
       FROM (SELECT DISTINCT value FROM json_each(?)) AS wanted CROSS JOIN guess ON entity_key = wanted.value AND vault = ?
       CROSS JOIN guessed USING (guess) GROUP BY entity_key, name, type ORDER BY name, type`,
      keys,
      vault,
    ),
  );
}

function grouped<Item, Given extends { readonly owner: string }>(
  rows: readonly Given[],
  made: (row: Given) => Item = (row) => row as unknown as Item, // the row is the item, with its owner
): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const row of rows) {
    const group = groups.get(row.owner);
    if (group === undefined) groups.set(row.owner, [made(row)]);
    else group.push(made(row));
  }
  return groups;
}

function list(json: string | undefined): string[] {
  return json === undefined || json === "[]" ? [] : (JSON.parse(json) as string[]);
}
