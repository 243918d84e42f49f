import { byCodePoint } from "../knowledge/names.ts";
import { type LinkableNote, LinkResolver, nameKeys } from "../knowledge/resolve-links.ts";
import type { Database } from "./database.ts";
import { dirtyStep } from "./state-dirty.ts";
import { mintNoteId } from "./state-notes.ts";

interface NoteRecord extends LinkableNote {
  readonly note: number;
  readonly kind: string;
}

interface LinkRecord {
  readonly note: number;
  readonly ordinal: number;
  readonly target: string;
  readonly style: "wiki" | "markdown";
  readonly resolved: number | null;
}

/**
 * Decides anew what the links mean that a change can have touched: those of changed notes, and those whose
 * target is a name that a changed note has or had. Keeps the stubs: one for each target that nobody wrote yet.
 */
export function decideLinks(database: Database, vault: number, vaultName: string): void {
  const changed = database.all<{
    note: number;
    path: string;
    aliases: string;
    nameKeys: string;
    gone: number;
    isStub: number;
  }>(
    `SELECT note, path, aliases, name_keys AS nameKeys, gone, stub_key IS NOT NULL AS isStub
     FROM note WHERE vault = ? AND changed = 1`,
    vault,
  );
  if (changed.length === 0) return;
  const notes = linkableNotes(database, vault);
  const resolver = new LinkResolver(notes.values());
  const rowOf = new Map([...notes.values()].map((note) => [note.id, note.note]));
  const touchedStubs = new Set(changed.filter((note) => note.isStub === 1).map((note) => note.note));
  for (const link of linksToDecide(database, vault, changed)) {
    const source = notes.get(link.note);
    if (source === undefined) continue;
    const meant = resolver.resolve(link, source);
    const resolved =
      meant.kind === "note"
        ? rowOf.get(meant.id)
        : stubFor(database, vault, vaultName, meant.key, meant.path);
    if (resolved === undefined || resolved === link.resolved) continue;
    database.run(
      "UPDATE link SET resolved_note = ? WHERE note = ? AND ordinal = ?",
      resolved,
      link.note,
      link.ordinal,
    );
    for (const target of [resolved, link.resolved]) {
      if (target === null) continue;
      touchedStubs.add(target);
      markEntityOf(database, vault, target);
    }
    markNote(database, vault, source.id);
    // A field's link is a fact of what its note describes.
    markEntityOf(database, vault, link.note);
  }
  settleStubs(database, vault, touchedStubs, (note) => notes.get(note), resolver);
  keepNames(database, vault);
}

/** The names by which the links were decided are what the next change is compared with. */
function keepNames(database: Database, vault: number): void {
  const changed = database.all<{ note: number; path: string; aliases: string; gone: number }>(
    "SELECT note, path, aliases, gone FROM note WHERE vault = ? AND changed = 1",
    vault,
  );
  for (const { note, path, aliases, gone } of changed) {
    const keys = gone === 1 ? [] : nameKeys({ path, aliases: JSON.parse(aliases) as string[] });
    database.run("UPDATE note SET name_keys = ? WHERE note = ?", JSON.stringify(keys), note);
  }
}

function linkableNotes(database: Database, vault: number): Map<number, NoteRecord> {
  const rows = database.all<{ note: number; id: string; path: string; kind: string; aliases: string }>(
    "SELECT note, id, path, kind, aliases FROM note WHERE vault = ? AND gone = 0 AND stub_key IS NULL",
    vault,
  );
  return new Map(
    rows.map((row) => {
      const aliases = row.kind === "template" ? [] : (JSON.parse(row.aliases) as string[]);
      return [row.note, { ...row, aliases }];
    }),
  );
}

function* linksToDecide(
  database: Database,
  vault: number,
  changed: readonly {
    note: number;
    path: string;
    aliases: string;
    nameKeys: string;
    gone: number;
    isStub: number;
  }[],
): Generator<LinkRecord> {
  const columns = "link.note AS note, ordinal, target, style, resolved_note AS resolved";
  const keys = new Set<string>();
  for (const note of changed) {
    if (note.gone === 0) {
      yield* database.all<LinkRecord>(`SELECT ${columns} FROM link WHERE note = ?`, note.note);
    }
    if (note.isStub === 1)
      yield* database.all<LinkRecord>(`SELECT ${columns} FROM link WHERE resolved_note = ?`, note.note);
    for (const key of JSON.parse(note.nameKeys) as string[]) keys.add(key);
    if (note.gone === 0 && note.isStub === 0) {
      for (const key of nameKeys({ path: note.path, aliases: JSON.parse(note.aliases) as string[] }))
        keys.add(key);
    }
  }
  const isEverything =
    Number(
      database.get<{ n: number }>(
        "SELECT count(*) AS n FROM note WHERE vault = ? AND gone = 0 AND changed = 0 AND stub_key IS NULL",
        vault,
      )?.n,
    ) === 0;
  if (isEverything) return; // every note's links were asked already
  // What is whole and base at once is found by its base: the index of wholes leaves it out.
  for (const key of keys) {
    for (const isCalled of ["base_key = ?", "whole_key = ? AND whole_key <> base_key"]) {
      yield* database.all<LinkRecord>(
        `SELECT ${columns} FROM link CROSS JOIN note USING (note) WHERE ${isCalled} AND vault = ? AND changed = 0`,
        key,
        vault,
      );
    }
  }
}

/** The stub that stands for a target, made when there is none; a note that just went away may become it. */
function stubFor(database: Database, vault: number, vaultName: string, key: string, path: string): number {
  const standing = database.get<{ note: number }>(
    "SELECT note FROM note WHERE vault = ? AND stub_key = ? AND gone = 0",
    vault,
    key,
  );
  if (standing !== undefined) return standing.note;
  const base = key.slice(key.lastIndexOf("/") + 1);
  const leaving = database
    .all<{ note: number; path: string; nameKeys: string }>(
      "SELECT note, path, name_keys AS nameKeys FROM note WHERE vault = ? AND gone = 1 AND changed = 1 ORDER BY path",
      vault,
    )
    .find((note) => (JSON.parse(note.nameKeys) as string[])[0] === base);
  if (leaving !== undefined) {
    database.run(
      `UPDATE note SET gone = 0, stub_key = ?, path = ?, kind = 'note', content_hash = '', language = '', front_matter = '',
         aliases = '[]', tags = '[]', kinds = '[]', created_at = '', updated_at = '', changed = 1 WHERE note = ?`,
      key,
      path,
      leaving.note,
    );
    return leaving.note;
  }
  const id = mintNoteId(database, vaultName, path);
  return database.insert(
    "INSERT INTO note (vault, id, path, kind, stub_key) VALUES (?, ?, ?, 'note', ?)",
    vault,
    id,
    path,
    key,
  );
}

/** A stub without links goes; one with links is called as the first spelling by code point. */
function settleStubs(
  database: Database,
  vault: number,
  touched: ReadonlySet<number>,
  sourceOf: (note: number) => NoteRecord | undefined,
  resolver: LinkResolver,
): void {
  for (const note of touched) {
    const stub = database.get<{ path: string }>(
      "SELECT path FROM note WHERE note = ? AND stub_key IS NOT NULL AND gone = 0",
      note,
    );
    if (stub === undefined) continue;
    const links = database.all<LinkRecord>(
      "SELECT note, ordinal, target, style, resolved_note AS resolved FROM link WHERE resolved_note = ?",
      note,
    );
    const spellings = links.flatMap((link) => {
      const source = sourceOf(link.note);
      const meant = source === undefined ? undefined : resolver.resolve(link, source);
      return meant?.kind === "missing" ? [meant.path] : [];
    });
    const [first] = spellings.toSorted(byCodePoint);
    if (first === undefined) {
      database.run("UPDATE note SET gone = 1, changed = 1 WHERE note = ?", note);
      markEntityOf(database, vault, note);
    } else if (first !== stub.path) {
      database.run("UPDATE note SET path = ?, changed = 1 WHERE note = ?", first, note);
    }
  }
}

function markNote(database: Database, vault: number, id: string): void {
  database.run("INSERT OR IGNORE INTO dirty (vault, step, key) VALUES (?, ?, ?)", vault, dirtyStep.note, id);
}

function markEntityOf(database: Database, vault: number, note: number): void {
  database.run(
    "INSERT OR IGNORE INTO dirty SELECT vault, ?, entity_key FROM note WHERE note = ? AND vault = ? AND entity_key IS NOT NULL",
    dirtyStep.entity,
    note,
    vault,
  );
}
