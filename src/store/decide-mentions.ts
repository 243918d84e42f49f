import type { Gazetteer } from "../knowledge/gazetteer.ts";
import { withoutAccents } from "../knowledge/names.ts";
import { namesInChunk } from "../knowledge/names-in-chunk.ts";
import type { NameTable } from "../knowledge/resolve-names.ts";
import { searchText } from "../knowledge/words.ts";
import type { Database } from "./database.ts";
import { keepNames, markNamed } from "./record-names.ts";
import { dirtyStep } from "./state-dirty.ts";

/** Marks the notes whose prose must be searched again, since a name in it came or went. */
export function markNotesToSearch(database: Database, vault: number, names: NameTable): void {
  const wanted = new Set(names.spellings().map(withoutAccents));
  const known = knownPhrases(database, vault);
  learnPhrases(database, vault, wanted.difference(known));
  for (const phrase of known.difference(wanted)) {
    database.run("DELETE FROM phrase WHERE vault = ? AND phrase = ?", vault, phrase);
    database.run(
      `UPDATE note SET rematch = 1 WHERE note IN (
         SELECT note FROM spoken CROSS JOIN mention USING (spoken) WHERE vault = ? AND phrase = ?)`,
      vault,
      phrase,
    );
  }
}

/** Names, without accents, that prose has been searched for. */
export function knownPhrases(database: Database, vault: number): Set<string> {
  const rows = database.all<{ phrase: string }>("SELECT phrase FROM phrase WHERE vault = ?", vault);
  return new Set(rows.map((row) => row.phrase));
}

/** From here on prose is searched for these too; notes that were searched before and can have one are marked. */
export function learnPhrases(database: Database, vault: number, phrases: ReadonlySet<string>): void {
  const someWereSearched =
    database.get(
      "SELECT 1 FROM note WHERE vault = ? AND gone = 0 AND rematch = 0 AND stub_key IS NULL LIMIT 1",
      vault,
    ) !== undefined;
  for (const phrase of phrases) {
    database.run("INSERT INTO phrase (vault, phrase) VALUES (?, ?)", vault, phrase);
    if (someWereSearched) markByWords(database, vault, phrase);
  }
}

/** The word index finds every chunk that can have the phrase, and a few that do not. */
function markByWords(database: Database, vault: number, phrase: string): void {
  database.run(
    `UPDATE note SET rematch = 1 WHERE vault = ? AND kind <> 'template' AND note IN (
       SELECT chunk.note FROM chunk_words CROSS JOIN chunk_text ON text_row = chunk_words.rowid
       CROSS JOIN chunk ON chunk.id = chunk_text.id WHERE chunk_words MATCH ?)`,
    vault,
    `"${searchText(phrase)}"`,
  );
}

/** Whether a note waits to be searched. */
export function hasNotesToSearch(database: Database, vault: number): boolean {
  return database.get("SELECT 1 FROM note WHERE vault = ? AND rematch = 1 LIMIT 1", vault) !== undefined;
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
    // What is guessed to be a name depends on the names that are known.
    database.run("INSERT OR IGNORE INTO to_guess (vault, note) VALUES (?, ?)", vault, note);
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
    "SELECT id, text, masked FROM chunk JOIN chunk_text USING (id) WHERE note = ? ORDER BY position",
    note,
  );
  for (const { id, text, masked } of chunks) {
    const found = gazetteer.find(text, JSON.parse(masked) as number[]);
    keepNames(database, vault, note, id, namesInChunk(text, found));
  }
}
