import type { ChunkChange } from "../store/record-chunks.ts";

/** What recording a batch of notes did; `added` and `removed` are chunks. */
export interface RecordedCounts extends ChunkChange {
  readonly new: number;
  readonly changed: number;
  readonly unchanged: number;
}

export const noneRecorded: RecordedCounts = { new: 0, changed: 0, unchanged: 0, added: 0, removed: 0 };
