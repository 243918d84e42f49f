import type { Database } from "./database.ts";

/**
 * Keeps a chunk's text, and its words for the full-text index, under its id. An id stands for one text, so what
 * is there already is only compared.
 */
export function keepText(database: Database, id: string, text: string, words: () => string): void {
  const standing = database.get<{ row: number; isSame: number }>(
    "SELECT text_row AS row, text = ? AS isSame FROM chunk_text WHERE id = ?",
    text,
    id,
  );
  if (standing?.isSame === 1) return;
  if (standing !== undefined) dropRow(database, standing.row);
  const row = database.insert("INSERT INTO chunk_text (id, text) VALUES (?, ?)", id, text);
  database.run("INSERT INTO chunk_words (rowid, words) VALUES (?, ?)", row, words());
}

/** Forgets a text, unless a note or the graph still has the chunk. */
export function dropText(database: Database, id: string): void {
  const standing = database.get<{ row: number }>(
    `SELECT text_row AS row FROM chunk_text WHERE id = ?
     AND NOT EXISTS (SELECT 1 FROM chunk WHERE chunk.id = chunk_text.id)
     AND NOT EXISTS (SELECT 1 FROM node WHERE node.id = chunk_text.id AND label = 'Chunk')`,
    id,
  );
  if (standing !== undefined) dropRow(database, standing.row);
}

function dropRow(database: Database, row: number): void {
  database.run("DELETE FROM chunk_words WHERE rowid = ?", row);
  database.run("DELETE FROM chunk_text WHERE text_row = ?", row);
}
