import { createWriteStream, statSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { openStore, storeLocation } from "../src/app.ts";
import { readEnvironment } from "../src/config/environment.ts";
import { InterruptedError, KnownError, UsageError } from "../src/errors.ts";
import { exportCypher } from "../src/store/export-cypher.ts";
import { exportGraphml } from "../src/store/export-graphml.ts";
import { exportJsonl } from "../src/store/export-jsonl.ts";
import type { Store } from "../src/store/store.ts";
import { exitCode, isBrokenPipe } from "./exit.ts";
import type { ExportCommandOptions } from "./export.ts";
import { untilInterrupted } from "./interrupt.ts";
import { remark } from "./output.ts";

/** Writes the graph out; a file appears under its name only when it is whole. */
export async function runExport(options: ExportCommandOptions): Promise<number> {
  const environment = readEnvironment(options.envFile === undefined ? {} : { envFile: options.envFile });
  const { out } = options;
  if (out !== undefined) checkOut(out);
  const store = await openStore(storeLocation(options.store, environment), { environment });
  try {
    const lines = Readable.from(textOf(store, options.format));
    if (out === undefined) {
      await writeToStdout(lines);
    } else {
      await untilInterrupted((signal) => writeWhole(lines, out, signal));
      remark(`Wrote ${out}.`, options);
    }
    return exitCode.done;
  } finally {
    await store.close();
  }
}

function textOf(store: Store, format: ExportCommandOptions["format"]): AsyncIterable<string> {
  switch (format) {
    case "jsonl":
      return exportJsonl(store.rows());
    case "cypher":
      return exportCypher(store.rows());
    case "graphml":
      return exportGraphml(() => store.rows());
  }
}

async function writeToStdout(lines: Readable): Promise<void> {
  try {
    await pipeline(lines, process.stdout, { end: false });
  } catch (error) {
    // Whoever reads has enough; or it could not be written, which is said where stdout is watched.
    const isOfStdout = error instanceof Error && "syscall" in error;
    if (!isOfStdout && !isBrokenPipe(error)) throw error;
  }
}

function checkOut(file: string): void {
  const problem = statSync(file, { throwIfNoEntry: false })?.isDirectory()
    ? "it is a folder"
    : statSync(dirname(file), { throwIfNoEntry: false })?.isDirectory()
      ? undefined
      : `there is no folder ${dirname(file)}`;
  if (problem === undefined) return;
  throw new UsageError("OUT_UNUSABLE", `${file} cannot be written (${problem}): name another with --out.`, {
    facts: { file },
  });
}

async function writeWhole(lines: Readable, file: string, signal: AbortSignal): Promise<void> {
  const unfinished = `${file}.part`;
  try {
    await pipeline(lines, createWriteStream(unfinished), { signal });
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    if (signal.aborted) throw new InterruptedError(`Interrupted: ${file} was not written.`);
    if (error instanceof KnownError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new KnownError("EXPORT_FAILED", `${file} cannot be written: ${reason}.`, {
      cause: error,
      facts: { file },
    });
  }
}
