import { parentPort } from "node:worker_threads";
import type { FileOfKind } from "./compare.ts";
import { chunk, extractStructure, parse } from "./read-note.ts";
import type { WorkerAnswer } from "./reader.ts";

/** Reads notes off the main thread and answers with what they say. */
parentPort?.on("message", ({ id, file }: { id: number; file: FileOfKind }) => {
  void answer(id, file).then((message) => parentPort?.postMessage(message));
});

async function answer(id: number, file: FileOfKind): Promise<WorkerAnswer> {
  try {
    const { contribution, warnings } = extractStructure(chunk(await parse(file)));
    return { id, note: { file, warnings, ...(contribution !== undefined && { contribution }) } };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    return { id, failure: { message: error instanceof Error ? error.message : String(error), code } };
  }
}
