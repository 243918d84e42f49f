import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { FileOfKind } from "./compare.ts";
import type { NoteInWork } from "./note-in-work.ts";

/** Reads notes; a file that cannot be read rejects with the system's error. */
export interface NoteReader {
  /** Begins to read some notes that will be asked for soon. */
  prefetch(files: readonly FileOfKind[]): void;
  read(file: FileOfKind): Promise<NoteInWork>;
  close(): Promise<void>;
}

/** What a worker answers: a note without the parts that only the steps in between need, or why there is none. */
export type WorkerAnswer =
  | { readonly id: number; readonly note: NoteInWork }
  | { readonly id: number; readonly failure: { readonly message: string; readonly code: string } };

/** Starting workers takes a quarter of a second, so a few notes are read here. */
const fewestForWorkers = 300;
const mostWorkers = 4;

/** Whether that many notes are read by workers. */
export function needsWorkers(notes: number): boolean {
  return notes >= fewestForWorkers && availableParallelism() > 1;
}

/** Reads notes in this thread. */
export function openReader(): NoteReader {
  return hereReader;
}

/** Reads notes in workers beside this thread; they search the notes' prose for the phrases too. */
export function openWorkers(phrases: readonly string[]): NoteReader {
  return new WorkerReader(Math.min(mostWorkers, availableParallelism() - 1), phrases);
}

/** Makes a worker collect its garbage early; one that a huge note bursts is replaced by reading here. */
const resourceLimits = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 24 };

// The parser, tokenizer and language models take 0.3 s and 80 MB to load: only where notes are really read.
const reading = () => import("./read-note.ts");

const hereReader: NoteReader = {
  prefetch: () => {},
  read: async (file) => (await reading()).parse(file),
  close: async () => {},
};

interface Pending {
  readonly file: FileOfKind;
  readonly resolve: (note: NoteInWork) => void;
  readonly reject: (error: Error) => void;
}

/** Parsing is two thirds of the work of a first run; workers do it while this thread writes. */
class WorkerReader implements NoteReader {
  readonly #workers: Worker[];
  readonly #pending = new Map<number, Pending>();
  readonly #begun = new Map<string, Promise<NoteInWork>>();
  #next = 0;
  #isBroken = false;

  constructor(count: number, phrases: readonly string[]) {
    this.#workers = Array.from({ length: count }, () => this.#start(phrases));
  }

  prefetch(files: readonly FileOfKind[]): void {
    for (const file of files) {
      const reading = this.#begin(file);
      // Whoever asks for the note hears of the failure; until then it is nobody's.
      reading.catch(() => {});
      this.#begun.set(file.absolutePath, reading);
    }
  }

  async read(file: FileOfKind): Promise<NoteInWork> {
    const begun = this.#begun.get(file.absolutePath);
    this.#begun.delete(file.absolutePath);
    return begun ?? this.#begin(file);
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #begin(file: FileOfKind): Promise<NoteInWork> {
    if (this.#isBroken) return readHere(file);
    const id = this.#next++;
    const worker = this.#workers[id % this.#workers.length];
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { file, resolve, reject });
      worker?.postMessage({ id, file });
    });
  }

  #start(phrases: readonly string[]): Worker {
    const ending = import.meta.url.endsWith(".ts") ? "ts" : "js";
    const script = new URL(`./reader-worker.${ending}`, import.meta.url);
    const worker = new Worker(script, { resourceLimits, workerData: { phrases } });
    worker.on("message", (answer: WorkerAnswer) => {
      const pending = this.#pending.get(answer.id);
      this.#pending.delete(answer.id);
      if ("note" in answer) pending?.resolve(answer.note);
      else pending?.reject(Object.assign(new Error(answer.failure.message), { code: answer.failure.code }));
    });
    // A worker that dies (memory, a broken installation) takes no note with it: they are read here.
    worker.on("error", () => {
      this.#isBroken = true;
      for (const { file, resolve, reject } of this.#pending.values()) readHere(file).then(resolve, reject);
      this.#pending.clear();
    });
    return worker;
  }
}

async function readHere(file: FileOfKind): Promise<NoteInWork> {
  const { chunk, extractStructure, parse } = await reading();
  return extractStructure(chunk(await parse(file)));
}
