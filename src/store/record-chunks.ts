import type { NoteContribution } from "../knowledge/contribution.ts";
import { chunkId } from "../knowledge/identity.ts";
import { dropText, keepText } from "./chunk-texts.ts";
import type { Database } from "./database.ts";

/** How many chunks a note gained and lost. */
export interface ChunkChange {
  readonly added: number;
  readonly removed: number;
}

interface PlacedChunk {
  readonly id: string;
  readonly position: number;
  readonly headings: string;
}

/**
 * Keeps a note's chunks as they are now; a chunk with the same text keeps its id, wherever it stands. `ids` are
 * theirs, in order.
 */
export function replaceChunks(
  database: Database,
  note: number,
  id: string,
  said: NoteContribution,
): ChunkChange & { readonly ids: readonly string[] } {
  const old = new Map(
    database
      .all<PlacedChunk>("SELECT id, position, headings FROM chunk WHERE note = ?", note)
      .map((chunk) => [chunk.id, chunk]),
  );
  const had = old.size;
  database.run("DELETE FROM chunk WHERE note = ?", note);
  const occurrences = new Map<string, number>();
  const added: PlacedChunk[] = [];
  const ids: string[] = [];
  for (const chunk of said.chunks) {
    const occurrence = occurrences.get(chunk.contentHash) ?? 0;
    occurrences.set(chunk.contentHash, occurrence + 1);
    const newId = chunkId(id, chunk.contentHash, occurrence);
    ids.push(newId);
    const headings = JSON.stringify(chunk.headings);
    database.run(
      `INSERT INTO chunk (id, note, position, content_hash, headings, start_offset, end_offset, masked)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      newId,
      note,
      chunk.position,
      chunk.contentHash,
      headings,
      chunk.startOffset,
      chunk.endOffset,
      JSON.stringify(chunk.masked),
    );
    keepText(database, newId, chunk.text, () => chunk.words);
    if (!old.delete(newId)) added.push({ id: newId, position: chunk.position, headings });
  }
  for (const removed of old.keys()) dropText(database, removed);
  handOver(database, id, [...old.values()], added);
  return { ids, added: added.length, removed: had - (said.chunks.length - added.length) };
}

/** Forgets the chunks of a note that is gone. */
export function removeChunks(database: Database, note: number): number {
  const ids = database.all<{ id: string }>("SELECT id FROM chunk WHERE note = ?", note);
  database.run("DELETE FROM chunk WHERE note = ?", note);
  for (const { id } of ids) dropText(database, id);
  return ids.length;
}

/** An edited chunk hands its node to its successor: the same headings, the nearest position. */
function handOver(
  database: Database,
  owner: string,
  removed: readonly PlacedChunk[],
  added: readonly PlacedChunk[],
): void {
  const free = Map.groupBy(added, (chunk) => chunk.headings);
  for (const old of removed.toSorted((a, b) => a.position - b.position)) {
    const candidates = free.get(old.headings) ?? [];
    const distance = (chunk: PlacedChunk) => Math.abs(chunk.position - old.position);
    const [first, ...others] = candidates;
    if (first === undefined) continue;
    const heir = others.reduce((best, chunk) => (distance(chunk) < distance(best) ? chunk : best), first);
    candidates.splice(candidates.indexOf(heir), 1);
    // Edited again before it was derived: the node still has the id from before.
    const waiting = database.get<{ oldId: string }>(
      "SELECT old_id AS oldId FROM rekey WHERE owner = ? AND label = 'Chunk' AND new_id = ?",
      owner,
      old.id,
    );
    database.run(
      "INSERT OR REPLACE INTO rekey (owner, label, old_id, new_id) VALUES (?, 'Chunk', ?, ?)",
      owner,
      waiting?.oldId ?? old.id,
      heir.id,
    );
  }
}
