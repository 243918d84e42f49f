import { parentPort, workerData } from "node:worker_threads";
import { Gazetteer } from "../knowledge/gazetteer.ts";
import type { FileOfKind } from "./compare.ts";
import { readWithNames } from "./read-note.ts";
import type { WorkerAnswer } from "./reader.ts";

const gazetteer = new Gazetteer((workerData as { phrases: readonly string[] }).phrases);

/** Reads notes off the main thread and answers with what they say. */
parentPort?.on("message", ({ id, file }: { id: number; file: FileOfKind }) => {
  void answer(id, file).then((message) => parentPort?.postMessage(message));
});

async function answer(id: number, file: FileOfKind): Promise<WorkerAnswer> {
  try {
    return { id, note: await readWithNames(file, gazetteer) };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    return { id, failure: { message: error instanceof Error ? error.message : String(error), code } };
  }
}
