import type { NoteContribution } from "../knowledge/contribution.ts";
import type { NameInChunk } from "../knowledge/names-in-chunk.ts";
import type { Chunk, ParsedNote } from "../notes/note.ts";
import type { FileOfKind } from "./compare.ts";

/** A note on its way through the ingest graph; each step adds what it found out. */
export interface NoteInWork {
  readonly file: FileOfKind;
  readonly warnings: readonly string[];
  readonly parsed?: ParsedNote;
  readonly chunks?: readonly Chunk[];
  readonly contribution?: NoteContribution;
  /** Known names in the prose of each chunk, where the reader has searched for them. */
  readonly named?: readonly (readonly NameInChunk[])[];
}
