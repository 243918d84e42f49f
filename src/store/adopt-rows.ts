import type { NodeRow, Properties, RelationshipRow, Row } from "../knowledge/graph-rows.ts";
import type { Patch } from "../knowledge/patch.ts";
import { linkKeys } from "../knowledge/resolve-links.ts";
import type { Database } from "./database.ts";
import { GraphTables } from "./graph-tables.ts";
import { dirtyStep } from "./state-dirty.ts";

/** A note's node that was kept for the user: it is the note again when its path comes back. */
export interface KeptNote {
  readonly id: string;
  readonly vault: string;
  readonly path: string;
}

const rowsInPatch = 5_000;
/** No path is within it. */
const unknownRoot = "another machine";

/** Tables that speak of notes and rows; what models answered is known by its text and stays. */
const emptied =
  "vault note chunk chunk_text link mention note_tag phrase spoken candidate to_count to_guess uses_gone word_use guess guessed entity dirty rekey owner node relationship tally".split(
    " ",
  );

/**
 * Makes a state from a graph: whatever it held, it now holds these rows, knows their notes by id, path and content
 * hash, and has everything still to derive. The notes count as unread: what they say is learnt from their files, and
 * derived against the rows, so that only what differs is written. To be called in a transaction.
 */
export async function adoptRows(
  database: Database,
  rows: AsyncIterable<Row>,
  kept: readonly KeptNote[],
): Promise<void> {
  const roots = new Map(
    database
      .all<{ name: string; root: string }>("SELECT name, root FROM vault")
      .map(({ name, root }) => [name, root]),
  );
  for (const table of emptied) database.run(`DELETE FROM ${table}`);
  for (const table of ["chunk_words", "name_words"]) {
    database.run(`INSERT INTO ${table} (${table}) VALUES ('delete-all')`);
  }
  const state = new AdoptedState(database, roots);
  const tables = new GraphTables(database);
  for await (const patch of patchesOf(rows)) {
    tables.apply(patch);
    for (const row of [...patch.upsertNodes, ...patch.upsertRelationships]) state.learn(row);
  }
  for (const note of kept) state.learnKept(note);
  for (const { vault } of database.all<{ vault: number }>("SELECT vault FROM vault")) {
    markEverything(database, vault);
  }
}

/** Whether a vault has notes whose files were not read since its state was made from a graph. */
export function hasUnread(database: Database, vaultName: string): boolean {
  const found = database.get(
    `SELECT 1 FROM vault CROSS JOIN note USING (vault)
     WHERE name = ? AND size IS NULL AND stub_key IS NULL AND gone = 0 LIMIT 1`,
    vaultName,
  );
  return found !== undefined;
}

/** As long as notes are unread, all that stands is looked at again by every run. */
export function markAgainWhileUnread(database: Database, vaultName: string): void {
  if (!hasUnread(database, vaultName)) return;
  const vault = database.get<{ vault: number }>("SELECT vault FROM vault WHERE name = ?", vaultName)?.vault;
  if (vault !== undefined) database.transaction(() => markEverything(database, vault));
}

function markEverything(database: Database, vault: number): void {
  const sources: readonly [step: number, sql: string][] = [
    [dirtyStep.text, "SELECT id FROM note WHERE vault = ?"],
    [dirtyStep.tag, "SELECT DISTINCT tag FROM note_tag JOIN note USING (note) WHERE vault = ?"],
    [dirtyStep.entity, "SELECT key FROM entity WHERE vault = ?"],
    [dirtyStep.note, "SELECT id FROM note WHERE vault = ?"],
  ];
  for (const [step, sql] of sources) {
    database.run(
      `INSERT OR IGNORE INTO dirty (vault, step, key) SELECT ?, ?, * FROM (${sql})`,
      vault,
      step,
      vault,
    );
  }
}

/** Rows as patches that write them, a few thousand at a time. */
export async function* patchesOf(rows: AsyncIterable<Row>): AsyncIterable<Patch> {
  let waiting: Row[] = [];
  const patch = (): Patch => ({
    deleteRelationships: [],
    rekeyNodes: [],
    upsertNodes: waiting.filter((row) => row.kind === "node"),
    upsertRelationships: waiting.filter((row) => row.kind === "relationship"),
    deleteNodes: [],
  });
  for await (const row of rows) {
    waiting.push(row);
    if (waiting.length < rowsInPatch) continue;
    yield patch();
    waiting = [];
  }
  if (waiting.length > 0) yield patch();
}

/** The rows of the tables that say which notes, chunks, entities and tags there are. */
class AdoptedState {
  readonly #database: Database;
  readonly #roots: ReadonlyMap<string, string>;
  readonly #vaults = new Map<string, number>();

  constructor(database: Database, roots: ReadonlyMap<string, string>) {
    this.#database = database;
    this.#roots = roots;
  }

  learn(row: Row): void {
    if (row.kind === "relationship") this.#learnRelationship(row);
    else if (row.labels[0] === "Note") this.#learnNote(row);
    else if (row.labels[0] === "Chunk") this.#learnChunk(row);
    else if (row.labels[0] === "Entity") {
      const { vault, key } = row.properties;
      this.#database.run(
        "INSERT OR IGNORE INTO entity (vault, key) VALUES (?, ?)",
        this.#vault(String(vault)),
        String(key),
      );
    }
  }

  learnKept({ id, vault, path }: KeptNote): void {
    this.#database.run(
      "INSERT OR IGNORE INTO note (vault, id, path, kind, gone, changed) VALUES (?, ?, ?, 'note', 1, 0)",
      this.#vault(vault),
      id,
      path,
    );
  }

  #learnNote({ id, properties }: NodeRow): void {
    const path = textOf(properties, "path");
    this.#database.run(
      `INSERT OR IGNORE INTO note (vault, id, path, kind, stub_key, content_hash, language, front_matter, aliases, created_at, updated_at)
       VALUES (?, ?, ?, 'note', ?, ?, ?, ?, ?, ?, ?)`,
      this.#vault(textOf(properties, "vault")),
      id,
      path,
      properties["stub"] === true ? linkKeys(path).whole : null,
      textOf(properties, "contentHash"),
      textOf(properties, "language"),
      textOf(properties, "frontmatter"),
      JSON.stringify(properties["aliases"] ?? []),
      textOf(properties, "createdAt"),
      textOf(properties, "updatedAt"),
    );
  }

  #learnChunk({ id, owner, properties }: NodeRow): void {
    this.#database.run(
      `INSERT OR IGNORE INTO chunk (id, note, position, content_hash, headings, start_offset, end_offset, masked)
       SELECT ?, note, ?, ?, ?, ?, ?, '[]' FROM note WHERE id = ?`,
      id,
      Number(properties["position"] ?? 0),
      textOf(properties, "contentHash"),
      JSON.stringify(properties["headings"] ?? []),
      Number(properties["startOffset"] ?? 0),
      Number(properties["endOffset"] ?? 0),
      owner,
    );
  }

  #learnRelationship({ type, from, to }: RelationshipRow): void {
    if (type === "TAGGED") {
      this.#database.run(
        "INSERT OR IGNORE INTO note_tag (tag, note) SELECT ?, note FROM note WHERE id = ?",
        to,
        from,
      );
      this.#database.run("UPDATE note SET tags = json_insert(tags, '$[#]', ?) WHERE id = ?", to, from);
    }
    if (type === "DESCRIBES") {
      this.#database.run(
        `UPDATE note SET entity_key = (SELECT json_extract(content, '$[1].key') FROM node WHERE id = ? AND label = 'Entity')
         WHERE id = ?`,
        to,
        from,
      );
    }
  }

  #vault(name: string): number {
    let vault = this.#vaults.get(name);
    if (vault === undefined) {
      const root = this.#roots.get(name) ?? unknownRoot;
      vault = this.#database.insert("INSERT INTO vault (name, root) VALUES (?, ?)", name, root);
      this.#vaults.set(name, vault);
    }
    return vault;
  }
}

function textOf(properties: Properties, name: string): string {
  const value = properties[name];
  return typeof value === "string" ? value : "";
}
