import type { Gazetteer } from "../knowledge/gazetteer.ts";
import { searchText, withoutAccents } from "../knowledge/names.ts";
import type { NameTable } from "../knowledge/resolve-names.ts";
import type { Database } from "./database.ts";
import { dirtyStep } from "./state-dirty.ts";

/** Marks the notes whose prose must be searched again, since a name in it came or went. */
export function markNotesToSearch(database: Database, vault: number, names: NameTable): void {
  const wanted = new Set(names.spellings().map(withoutAccents));
  const known = new Set(
    database
      .all<{ phrase: string }>("SELECT phrase FROM phrase WHERE vault = ?", vault)
      .map((row) => row.phrase),
  );
  const allWillBeSearched =
    database.get(
      "SELECT 1 FROM note WHERE vault = ? AND gone = 0 AND rematch = 0 AND stub_key IS NULL LIMIT 1",
      vault,
    ) === undefined;
  // The word index has what is in the graph. A note that waits to be derived may not be in it yet.
  if (!allWillBeSearched && !wanted.isSubsetOf(known)) {
    database.run(
      "UPDATE note SET rematch = 1 WHERE vault = ? AND gone = 0 AND id IN (SELECT key FROM dirty WHERE vault = ? AND step = ?)",
      vault,
      vault,
      dirtyStep.note,
    );
  }
  for (const phrase of wanted) {
    if (known.has(phrase)) continue;
    database.run("INSERT INTO phrase (vault, phrase) VALUES (?, ?)", vault, phrase);
    if (!allWillBeSearched) markByWords(database, vault, phrase);
  }
  for (const phrase of known) {
    if (wanted.has(phrase)) continue;
    database.run("DELETE FROM phrase WHERE vault = ? AND phrase = ?", vault, phrase);
    database.run(
      "UPDATE note SET rematch = 1 WHERE note IN (SELECT note FROM mention WHERE vault = ? AND phrase = ?)",
      vault,
      phrase,
    );
  }
}

/** The word index finds every chunk that can have the phrase, and a few that do not. */
function markByWords(database: Database, vault: number, phrase: string): void {
  database.run(
    `UPDATE note SET rematch = 1 WHERE vault = ? AND kind <> 'template' AND note IN (
       SELECT chunk.note FROM chunk_words JOIN node ON node.node = chunk_words.rowid JOIN chunk ON chunk.id = node.id
       WHERE chunk_words MATCH ?)`,
    vault,
    `"${searchText(phrase)}"`,
  );
}

/** Searches the prose of some of the marked notes for names; says whether more are left. */
export function searchNotes(database: Database, vault: number, gazetteer: Gazetteer, most: number): boolean {
  const notes = database.all<{ note: number; id: string; kind: string }>(
    "SELECT note, id, kind FROM note WHERE vault = ? AND rematch = 1 AND gone = 0 ORDER BY note LIMIT ?",
    vault,
    most,
  );
  for (const { note, id, kind } of notes) {
    markNamed(database, vault, note);
    database.run("DELETE FROM mention WHERE note = ?", note);
    if (kind !== "template") searchNote(database, vault, note, gazetteer);
    markNamed(database, vault, note);
    database.run("UPDATE note SET rematch = 0 WHERE note = ?", note);
    database.run(
      "INSERT OR IGNORE INTO dirty (vault, step, key) VALUES (?, ?, ?)",
      vault,
      dirtyStep.note,
      id,
    );
  }
  return notes.length === most;
}

function searchNote(database: Database, vault: number, note: number, gazetteer: Gazetteer): void {
  const chunks = database.all<{ id: string; text: string; masked: string }>(
    "SELECT id, text, masked FROM chunk WHERE note = ? ORDER BY position",
    note,
  );
  for (const { id, text, masked } of chunks) {
    const found = Map.groupBy(gazetteer.find(text, JSON.parse(masked) as number[]), (name) => name.spoken);
    for (const [spoken, [first, ...more]] of found) {
      if (first === undefined) continue;
      database.run(
        'INSERT INTO mention (vault, phrase, spoken, chunk_id, note, count, start, "end") VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        vault,
        first.phrase,
        spoken,
        id,
        note,
        1 + more.length,
        first.start,
        first.end,
      );
    }
  }
}

/** Entities that a note names, as far as the spelling is known; new spellings are met when names are decided. */
function markNamed(database: Database, vault: number, note: number): void {
  database.run(
    `INSERT OR IGNORE INTO dirty SELECT ?, ?, entity_key FROM spoken_entity
     WHERE vault = ? AND spoken IN (SELECT spoken FROM mention WHERE note = ?)`,
    vault,
    dirtyStep.entity,
    vault,
    note,
  );
}
