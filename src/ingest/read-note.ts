import { structureOf } from "../extraction/structure.ts";
import type { Gazetteer } from "../knowledge/gazetteer.ts";
import { namesInChunk } from "../knowledge/names-in-chunk.ts";
import { wordsOf } from "../knowledge/words.ts";
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

/** All of it at once, with the names that a gazetteer knows: the words of a text are needed for both. */
export async function readWithNames(file: FileOfKind, gazetteer: Gazetteer): Promise<NoteInWork> {
  const { parsed, warnings } = await parse(file);
  if (parsed === undefined) return { file, warnings };
  const chunks = chunkNote(parsed);
  const words = chunks.map((one) => wordsOf(one.text));
  const contribution = structureOf(file.path, file.kind, parsed, chunks, words);
  const named = contribution.chunks.map(({ text, masked }, index) =>
    file.kind === "template" ? [] : namesInChunk(text, gazetteer.find(text, masked, words[index])),
  );
  return { file, warnings, contribution, named };
}
