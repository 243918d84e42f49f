import { readFile } from "node:fs/promises";
import { contentHash } from "../knowledge/identity.ts";
import { decode } from "../notes/decode.ts";
import type { FileOfKind } from "./compare.ts";

/** Text of a note's file. */
export async function readText(file: FileOfKind): Promise<string> {
  return decode(await readFile(file.absolutePath));
}

/** Hash that tells whether a note says what it said. */
export async function hashFile(file: FileOfKind): Promise<string> {
  return contentHash(await readText(file));
}
