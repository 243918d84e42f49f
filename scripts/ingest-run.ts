import { openTrial, openWorkspace, storeLocation } from "../src/app.ts";
import { readEnvironment } from "../src/config/environment.ts";
import { ingest } from "../src/ingest/run.ts";
import type { IngestResult } from "../src/ingest/result.ts";
import { exitCode } from "./exit.ts";
import type { IngestCommandOptions } from "./ingest.ts";
import { printSummary } from "./ingest-summary.ts";
import { untilInterrupted } from "./interrupt.ts";
import { print, remark } from "./output.ts";
import { progressBar } from "./progress.ts";

/** Runs `ingest` and says what came of it; returns the exit code. */
export async function runIngest(paths: readonly string[], options: IngestCommandOptions): Promise<number> {
  const environment = readEnvironment(options.envFile === undefined ? {} : { envFile: options.envFile });
  const location = storeLocation(options.store, environment);
  // A wrong path is found before a file is made for the graph.
  const { findVaults } = await import("../src/ingest/vault.ts");
  findVaults(paths, [], options.vault);
  const workspace = options.dryRun === true ? openTrial(location) : openWorkspace(location, { create: true });
  const bar = progressBar(options);
  try {
    const result = await untilInterrupted((signal) =>
      ingest(paths, workspace, {
        vault: options.vault,
        exclude: options.exclude,
        prune: options.prune ?? false,
        rehash: options.rehash ?? false,
        now: () => new Date(),
        signal,
        onProgress: bar.show,
      }),
    );
    bar.stop();
    if (options.json === true)
      print(JSON.stringify(options.dryRun === true ? { ...result, plan: noCalls } : result, null, 2));
    else await printSummary(result, workspace.store, location, options);
    listProblems(result, options);
    return exitCodeOf(result);
  } finally {
    bar.stop();
    await workspace.close();
  }
}

/** No model is asked, so nothing is planned. */
const noCalls = { calls: 0, inputTokens: 0, outputTokens: 0, costUsd: 0, seconds: 0, byDeployment: {} };
const mostListed = 10;

function listProblems(result: IngestResult, options: IngestCommandOptions): void {
  const list = (title: string, items: readonly string[]) => {
    if (items.length === 0) return;
    const shown = options.verbose === true ? items : items.slice(0, mostListed);
    remark([title, ...shown.map((item) => `  ${item}`)].join("\n"), {});
    if (shown.length < items.length)
      remark(`  … and ${items.length - shown.length} more (--verbose lists all)`, {});
  };
  list(
    "Could not be read; what was known of them is kept:",
    result.failures.map(({ path, message }) => `${path}: ${message}`),
  );
  if (options.quiet === true) return;
  list(
    "Read, but worth a look:",
    result.warnings.map(({ path, message }) => `${path}: ${message}`),
  );
  list(
    "Left out:",
    result.skipped.map(({ path, reason }) => `${path}: ${reason}`),
  );
}

function exitCodeOf({ notes }: IngestResult): number {
  if (notes.failed === 0) return exitCode.done;
  return notes.failed >= notes.seen ? exitCode.failed : exitCode.incomplete;
}
