import { entityId } from "../knowledge/identity.ts";
import { withoutAccents } from "../knowledge/names.ts";
import { type NamedNote, NameTable } from "../knowledge/resolve-names.ts";
import type { Database } from "./database.ts";
import { dirtyStep } from "./state-dirty.ts";

/** All names of a vault as they stand now: notes, and stubs that links ask for. */
export function readNames(database: Database, vault: number): NameTable {
  const rows = database.all<{ id: string; path: string; kind: NamedNote["kind"]; aliases: string }>(
    "SELECT id, path, kind, aliases FROM note WHERE vault = ? AND gone = 0 ORDER BY path",
    vault,
  );
  return new NameTable(rows.map((row) => ({ ...row, aliases: JSON.parse(row.aliases) as string[] })));
}

/** Accented spellings that texts use of each name, for `NameTable.learnSpellings`. */
export function readAccentedSpellings(database: Database, vault: number): Map<string, Set<string>> {
  const rows = database.all<{ phrase: string; spoken: string }>(
    `SELECT phrase, form AS spoken FROM spoken WHERE vault = ? AND form <> phrase
     AND EXISTS (SELECT 1 FROM mention WHERE mention.spoken = spoken.spoken)`,
    vault,
  );
  const spellings = new Map<string, Set<string>>();
  for (const { phrase, spoken } of rows) {
    if (withoutAccents(spoken) === spoken) continue;
    const known = spellings.get(phrase);
    if (known === undefined) spellings.set(phrase, new Set([spoken]));
    else known.add(spoken);
  }
  return spellings;
}

/**
 * Decides anew which entity each note describes and each spelling names, and marks all that this changes:
 * the entities before and after, the notes that link to it or name it, the facts that end there.
 */
export function decideNames(database: Database, vault: number, vaultName: string, names: NameTable): void {
  decideNotes(database, vault, vaultName, names);
  decideSpellings(database, vault, names);
  database.run(
    "INSERT OR IGNORE INTO dirty SELECT vault, ?, id FROM note WHERE vault = ? AND changed = 1",
    dirtyStep.note,
    vault,
  );
  // The text of a note with a file was marked when it was recorded.
  database.run(
    "INSERT OR IGNORE INTO dirty SELECT vault, ?, id FROM note WHERE vault = ? AND changed = 1 AND (gone = 1 OR stub_key IS NOT NULL)",
    dirtyStep.text,
    vault,
  );
  database.run(
    "INSERT OR IGNORE INTO dirty SELECT vault, ?, entity_key FROM note WHERE vault = ? AND changed = 1 AND entity_key IS NOT NULL",
    dirtyStep.entity,
    vault,
  );
}

function decideNotes(database: Database, vault: number, vaultName: string, names: NameTable): void {
  const notes = database.all<{ note: number; id: string; gone: number; entityKey: string | null }>(
    "SELECT note, id, gone, entity_key AS entityKey FROM note WHERE vault = ? ORDER BY path",
    vault,
  );
  const keysBefore = new Set(notes.map((note) => note.entityKey));
  for (const { note, id, gone, entityKey } of notes) {
    const key = (gone === 0 ? names.entityOfNote(id) : undefined) ?? null;
    if (key === entityKey) continue;
    for (const touched of [key, entityKey]) if (touched !== null) markEntity(database, vault, touched);
    if (key !== null && entityKey !== null && !keysBefore.has(key) && names.entity(entityKey) === undefined) {
      // Nobody is called so any more and nobody was called so before: the same thing under another name.
      rekeyEntity(database, entityId(vaultName, entityKey), entityId(vaultName, key), key);
      keysBefore.add(key);
    }
    database.run("UPDATE note SET entity_key = ? WHERE note = ?", key, note);
    database.run(
      "INSERT OR IGNORE INTO dirty SELECT ?, ?, source.id FROM link JOIN note source ON source.note = link.note WHERE resolved_note = ?",
      vault,
      dirtyStep.note,
      note,
    );
    database.run(
      `INSERT OR IGNORE INTO dirty SELECT ?, ?, source.entity_key FROM link JOIN note source ON source.note = link.note
       WHERE resolved_note = ? AND field <> '' AND source.entity_key IS NOT NULL`,
      vault,
      dirtyStep.entity,
      note,
    );
  }
}

function decideSpellings(database: Database, vault: number, names: NameTable): void {
  const spellings = database.all<{ spoken: number; form: string; entityKey: string | null; isUsed: number }>(
    `SELECT spoken, form, entity_key AS entityKey,
       EXISTS (SELECT 1 FROM mention WHERE mention.spoken = spoken.spoken) AS isUsed FROM spoken WHERE vault = ?`,
    vault,
  );
  for (const { spoken, form, entityKey: old, isUsed } of spellings) {
    const key = isUsed === 1 ? (names.entityOfSpoken(form) ?? null) : null;
    if (key !== old) {
      for (const touched of [key, old]) if (touched !== null) markEntity(database, vault, touched);
      database.run("UPDATE spoken SET entity_key = ? WHERE spoken = ?", key, spoken);
      database.run(
        "INSERT OR IGNORE INTO dirty SELECT ?, ?, id FROM mention JOIN note USING (note) WHERE spoken = ?",
        vault,
        dirtyStep.note,
        spoken,
      );
      // A spelling that names something now is no guess any more, and the other way round.
      if ((key === null) !== (old === null))
        database.run(
          "INSERT OR IGNORE INTO to_guess (vault, note) SELECT DISTINCT ?, note FROM mention WHERE spoken = ?",
          vault,
          spoken,
        );
    }
    if (isUsed === 0) database.run("DELETE FROM spoken WHERE spoken = ?", spoken);
  }
}

function markEntity(database: Database, vault: number, key: string): void {
  database.run(
    "INSERT OR IGNORE INTO dirty (vault, step, key) VALUES (?, ?, ?)",
    vault,
    dirtyStep.entity,
    key,
  );
}

/** The owner of a re-keyed entity's row is the new entity. */
function rekeyEntity(database: Database, oldId: string, newId: string, newKey: string): void {
  const waiting = database.get<{ oldId: string }>(
    "SELECT old_id AS oldId FROM rekey WHERE owner = ? AND label = 'Entity'",
    oldId,
  );
  if (waiting !== undefined) database.run("DELETE FROM rekey WHERE owner = ? AND label = 'Entity'", oldId);
  database.run(
    "INSERT OR REPLACE INTO rekey (owner, label, old_id, new_id, entity_key) VALUES (?, 'Entity', ?, ?, ?)",
    newId,
    waiting?.oldId ?? oldId,
    newId,
    newKey,
  );
}
