import { createWriteStream } from "node:fs";
import { rename } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { openWorkspace, storeLocation } from "../src/app.ts";
import { readEnvironment } from "../src/config/environment.ts";
import { KnownError } from "../src/errors.ts";
import { exportJsonl } from "../src/store/export-jsonl.ts";
import { exitCode } from "./exit.ts";
import type { ExportCommandOptions } from "./export.ts";
import { remark } from "./output.ts";

/** Writes the graph out; a file appears under its name only when it is whole. */
export async function runExport(options: ExportCommandOptions): Promise<number> {
  const environment = readEnvironment(options.envFile === undefined ? {} : { envFile: options.envFile });
  const workspace = openWorkspace(storeLocation(options.store, environment), { create: false });
  try {
    const lines = Readable.from(exportJsonl(workspace.store.rows()));
    if (options.out === undefined) {
      await pipeline(lines, process.stdout, { end: false });
    } else {
      await writeWhole(lines, options.out);
      remark(`Wrote ${options.out}.`, options);
    }
    return exitCode.done;
  } finally {
    await workspace.close();
  }
}

async function writeWhole(lines: Readable, file: string): Promise<void> {
  const unfinished = `${file}.part`;
  try {
    await pipeline(lines, createWriteStream(unfinished));
    await rename(unfinished, file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new KnownError("EXPORT_FAILED", `${file} cannot be written: ${reason}`, {
      cause: error,
      facts: { file },
    });
  }
}
