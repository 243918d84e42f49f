import type { NoteContribution } from "../knowledge/contribution.ts";
import type { Database } from "./database.ts";
import { dirtyStep } from "./state-dirty.ts";

/** Keeps where names may be in a note, and how it writes its words, in place of what it said before. */
export function keepCandidates(
  database: Database,
  vault: number,
  note: number,
  said: NoteContribution,
): void {
  takeUsesBack(database, vault, note);
  database.run(
    "INSERT OR REPLACE INTO candidate (note, runs, uses) VALUES (?, ?, ?)",
    note,
    JSON.stringify(said.chunks.map((chunk) => chunk.candidates)),
    said.uses,
  );
  database.run("INSERT OR IGNORE INTO to_count (vault, note) VALUES (?, ?)", vault, note);
  database.run("INSERT OR IGNORE INTO to_guess (vault, note) VALUES (?, ?)", vault, note);
}

/** Forgets the names of a note that is gone. */
export function dropCandidates(database: Database, vault: number, note: number): void {
  takeUsesBack(database, vault, note);
  markGuessed(database, vault, note);
  database.run("DELETE FROM candidate WHERE note = ?", note);
  database.run("DELETE FROM guessed WHERE note = ?", note);
  database.run("DELETE FROM to_count WHERE vault = ? AND note = ?", vault, note);
  database.run("DELETE FROM to_guess WHERE vault = ? AND note = ?", vault, note);
}

/** Entities that a note is guessed to name must be derived again. */
export function markGuessed(database: Database, vault: number, note: number): void {
  database.run(
    `INSERT OR IGNORE INTO dirty SELECT ?, ?, entity_key FROM guessed CROSS JOIN guess USING (guess)
     WHERE note = ? AND entity_key IS NOT NULL`,
    vault,
    dirtyStep.entity,
    note,
  );
}

/** The uses of words that were counted are taken away when words are counted next. */
function takeUsesBack(database: Database, vault: number, note: number): void {
  const said = database.get<{ uses: string }>("SELECT uses FROM candidate WHERE note = ?", note);
  if (said === undefined) return;
  const isCounted =
    database.get("SELECT 1 FROM to_count WHERE vault = ? AND note = ?", vault, note) === undefined;
  if (isCounted) database.run("INSERT INTO uses_gone (vault, uses) VALUES (?, ?)", vault, said.uses);
}
