import { structureOf } from "../extraction/structure.ts";
import { chunkNote } from "../notes/chunk.ts";
import { parseNote } from "../notes/parse-note.ts";
import type { FileOfKind } from "./compare.ts";
import type { NoteInWork } from "./note-in-work.ts";
import { readText } from "./read-text.ts";

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
