import { isThere, openToIngest, openTrial, type PlaceOptions, storeLocation } from "../src/app.ts";
import { readEnvironment } from "../src/config/environment.ts";
import { InterruptedError } from "../src/errors.ts";
import { ingest } from "../src/ingest/run.ts";
import type { Failure, IngestResult } from "../src/ingest/result.ts";
import { checkPaths, findVaults, type VaultPaths } from "../src/ingest/vault.ts";
import { openCypherSink } from "./cypher-sink.ts";
import { exitCode } from "./exit.ts";
import type { IngestCommandOptions } from "./ingest.ts";
import { printSummary } from "./ingest-summary.ts";
import { untilInterrupted } from "./interrupt.ts";
import { plain, print, remark } from "./output.ts";
import { progressBar } from "./progress.ts";

/** Runs `ingest` and says what came of it; returns the exit code. */
export async function runIngest(paths: readonly string[], options: IngestCommandOptions): Promise<number> {
  const environment = readEnvironment(options.envFile === undefined ? {} : { envFile: options.envFile });
  const location = storeLocation(options.store, environment);
  // Wrong paths are found before a file is made for the graph; which vaults they are in, an existing graph knows.
  checkPaths(paths);
  if (!isThere(location)) findVaults(paths, [], options.vault);
  return untilInterrupted(async (signal) => {
    const place = { environment, state: options.state };
    const { code, vaults, failures } = await takeIn(paths, location, place, signal, options);
    if (options.watch !== true) return code;
    const { watchVaults } = await import("./ingest-watch-run.ts");
    return watchVaults({ vaults, location, place, failures }, signal, options);
  });
}

/** What came of a run, and what a watch goes on with. */
interface Taken {
  readonly code: number;
  readonly vaults: readonly VaultPaths[];
  readonly failures: readonly Failure[];
}

async function takeIn(
  paths: readonly string[],
  location: string,
  place: PlaceOptions,
  signal: AbortSignal,
  options: IngestCommandOptions,
): Promise<Taken> {
  const onWait = (message: string) => remark(message, options);
  const cypher = openCypherSink(options);
  const workspace =
    options.dryRun === true
      ? await openTrial(location, place)
      : await openToIngest(location, options.wait === true ? { signal, onWait } : undefined, place);
  const bar = progressBar(options);
  try {
    const result = await ingest(paths, workspace, {
      vault: options.vault,
      exclude: options.exclude,
      prune: options.prune ?? false,
      rehash: options.rehash ?? false,
      now: () => new Date(),
      signal,
      onProgress: bar.show,
      onStatements: cypher?.write,
    });
    bar.stop();
    if (options.json === true) {
      const document = options.dryRun === true ? { ...result, plan: noCalls } : result;
      print(JSON.stringify(document, null, options.watch === true ? undefined : 2));
    } else if (options.printCypher !== true) await printSummary(result, workspace.store, location, options);
    listProblems(result, options);
    const vaults = findVaults(paths, workspace.knownVaults(), options.vault);
    return { code: exitCodeOf(result), vaults, failures: result.failures };
  } catch (error) {
    if (options.dryRun !== true || !(error instanceof InterruptedError)) throw error;
    throw new InterruptedError("Interrupted: this was a dry run, so nothing was changed.");
  } finally {
    bar.stop();
    cypher?.close();
    await workspace.close();
  }
}

/** No model is asked, so nothing is planned. */
const noCalls = { calls: 0, inputTokens: 0, outputTokens: 0, costUsd: 0, seconds: 0, byDeployment: {} };
const mostListed = 10;

function listProblems(
  { failures, warnings, skipped, notes }: IngestResult,
  options: IngestCommandOptions,
): void {
  const list = (title: string, items: readonly string[]) => {
    if (items.length === 0) return;
    const shown = options.verbose === true ? items : items.slice(0, mostListed);
    remark([title, ...shown.map((item) => `  ${plain(item)}`)].join("\n"));
    if (shown.length < items.length)
      remark(`  … and ${items.length - shown.length} more (--verbose lists all)`);
  };
  list(
    "Could not be read; what was known of them is kept:",
    failures.map(({ path, message }) => `${path}: ${message}`),
  );
  if (options.quiet === true) return;
  list(
    "Read, but worth a look:",
    warnings.map(({ path, message }) => `${path}: ${message}`),
  );
  list(
    "Left out:",
    skipped.map(({ path, reason }) => `${path}: ${reason}`),
  );
  if (notes.seen === 0)
    remark(
      "No notes were found there: they are files that end in .md, .markdown or .txt, outside hidden folders.",
    );
}

function exitCodeOf({ notes }: IngestResult): number {
  if (notes.failed === 0) return exitCode.done;
  return notes.failed >= notes.seen ? exitCode.failed : exitCode.incomplete;
}
