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
  takeUsesBack(database, note);
  database.run(
    "INSERT OR REPLACE INTO candidate (note, vault, runs, uses, counted, decided) VALUES (?, ?, ?, ?, 0, 0)",
    note,
    vault,
    JSON.stringify(said.chunks.map((chunk) => chunk.candidates)),
    said.uses,
  );
}

/** Forgets the names of a note that is gone. */
export function dropCandidates(database: Database, vault: number, note: number): void {
  takeUsesBack(database, note);
  markGuessed(database, vault, note);
  database.run("DELETE FROM candidate WHERE note = ?", note);
  database.run("DELETE FROM guessed WHERE note = ?", note);
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
function takeUsesBack(database: Database, note: number): void {
  database.run(
    "INSERT INTO uses_gone (vault, uses) SELECT vault, uses FROM candidate WHERE note = ? AND counted = 1",
    note,
  );
}
