import type { NameInChunk } from "../knowledge/names-in-chunk.ts";
import type { Database } from "./database.ts";
import { dirtyStep } from "./state-dirty.ts";

/** Keeps the names that a chunk of a note has in its prose. */
export function keepNames(
  database: Database,
  vault: number,
  note: number,
  chunkId: string,
  names: readonly NameInChunk[],
): void {
  for (const { spoken, phrase, count, start, quote } of names) {
    database.run(
      "INSERT INTO mention (note, chunk_id, spoken, count, start, quote) VALUES (?, ?, ?, ?, ?, ?)",
      note,
      chunkId,
      spokenRow(database, vault, spoken, phrase),
      count,
      start,
      quote,
    );
  }
}

/** Entities that a note names, as far as the spelling is known; new spellings are met when names are decided. */
export function markNamed(database: Database, vault: number, note: number): void {
  database.run(
    `INSERT OR IGNORE INTO dirty SELECT ?, ?, entity_key FROM mention CROSS JOIN spoken USING (spoken)
     WHERE note = ? AND entity_key IS NOT NULL`,
    vault,
    dirtyStep.entity,
    note,
  );
}

function spokenRow(database: Database, vault: number, form: string, phrase: string): number {
  return (
    database.get<{ spoken: number }>("SELECT spoken FROM spoken WHERE form = ? AND vault = ?", form, vault)
      ?.spoken ??
    database.insert("INSERT INTO spoken (vault, form, phrase) VALUES (?, ?, ?)", vault, form, phrase)
  );
}
