import { readFile } from "node:fs/promises";
import { structureOf } from "../extraction/structure.ts";
import type { NoteContribution } from "../knowledge/contribution.ts";
import { contentHash } from "../knowledge/identity.ts";
import { chunkNote } from "../notes/chunk.ts";
import { decode } from "../notes/decode.ts";
import type { Chunk, ParsedNote } from "../notes/note.ts";
import { parseNote } from "../notes/parse-note.ts";
import type { FileOfKind } from "./compare.ts";

/** A note on its way through the ingest graph; each step adds what it found out. */
export interface NoteInWork {
  readonly file: FileOfKind;
  readonly warnings: readonly string[];
  readonly parsed?: ParsedNote;
  readonly chunks?: readonly Chunk[];
  readonly contribution?: NoteContribution;
}

/** Text of a note's file. */
export async function readText(file: FileOfKind): Promise<string> {
  return decode(await readFile(file.absolutePath));
}

/** Hash that tells whether a note says what it said. */
export async function hashFile(file: FileOfKind): Promise<string> {
  return contentHash(await readText(file));
}

export async function parse(file: FileOfKind): Promise<NoteInWork> {
  const format = file.path.toLowerCase().endsWith(".txt") ? "text" : "markdown";
  const parsed = parseNote(await readText(file), format);
  return { file, parsed, warnings: parsed.warnings };
}

export function chunk(note: NoteInWork): NoteInWork {
  return note.parsed === undefined ? note : { ...note, chunks: chunkNote(note.parsed) };
}

export function extractStructure(note: NoteInWork): NoteInWork {
  const { file, parsed, chunks } = note;
  if (parsed === undefined || chunks === undefined) return note;
  return { ...note, contribution: structureOf(file.path, file.kind, parsed, chunks) };
}
