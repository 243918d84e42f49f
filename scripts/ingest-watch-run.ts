import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openToIngest, type PlaceOptions } from "../src/app.ts";
import { InterruptedError, KnownError } from "../src/errors.ts";
import type { IngestResult } from "../src/ingest/result.ts";
import { ingest } from "../src/ingest/run.ts";
import type { VaultPaths } from "../src/ingest/vault.ts";
import { watch, type WatchClock } from "../src/ingest/watch.ts";
import { WatchedFolders } from "../src/ingest/watched-folders.ts";
import type { IngestCommandOptions } from "./ingest.ts";
import { changesOf, inSeconds } from "./ingest-summary.ts";
import { plain, print, remark } from "./output.ts";

/**
 * Goes on taking in what is saved, until the signal. The graph is opened for each run alone: in between, other
 * runs, questions and copies of the file find nobody in their way.
 */
export async function watchVaults(
  vaults: readonly VaultPaths[],
  location: string,
  place: PlaceOptions,
  signal: AbortSignal,
  options: IngestCommandOptions,
): Promise<never> {
  let standing = new Set<string>();
  const isInGraph = await watch({
    open: (listener) =>
      new WatchedFolders(vaults, { exclude: options.exclude, ignored: resolve(location) }, listener),
    takeIn: async () => {
      const problems = new Set<string>();
      // One vault that is not there, or a guard that holds it, does not keep the others waiting.
      let isDone = true;
      for (const vault of vaults)
        isDone = (await takeInVault(vault, location, place, problems, options)) && isDone;
      for (const problem of problems.difference(standing)) remark(stamped(problem));
      if (problems.size === 0 && standing.size > 0)
        remark(stamped("Everything can be taken in again."), options);
      standing = problems;
      return isDone;
    },
    onReady: () => remark("Watching for changes; Ctrl-C ends it.", options),
    onUnwatchable: (sentence) => remark(stamped(sentence)),
    clock: systemClock,
    signal,
  });
  throw new InterruptedError(
    isInGraph
      ? "Stopped watching: everything saved up to now is in the graph."
      : "Stopped watching: what was saved last is not in the graph yet; the next run takes it in.",
  );
}

/** A run over one vault; what goes wrong is a problem to tell, and false. */
async function takeInVault(
  vault: VaultPaths,
  location: string,
  place: PlaceOptions,
  problems: Set<string>,
  options: IngestCommandOptions,
): Promise<boolean> {
  const paths = vault.within.map((part) => join(vault.root, part));
  const present = paths.filter((path) => existsSync(path));
  for (const path of paths)
    if (!present.includes(path)) problems.add(`${path} is not there: what is known of it stays.`);
  if (present.length === 0) return false;
  try {
    const result = await run(present, location, place, options);
    for (const { path, message } of result.failures)
      problems.add(`${path} could not be read and is kept as it was known: ${message}`);
    const changes = changesOf(result);
    if (changes.length === 0) return true;
    if (options.json === true) print(JSON.stringify(result));
    remark(stamped(`${changes.join(", ")} in ${inSeconds(result.seconds)}`), options);
    return true;
  } catch (error) {
    problems.add(whyNot(error, location));
    return false;
  }
}

async function run(
  paths: readonly string[],
  location: string,
  place: PlaceOptions,
  { vault, exclude }: IngestCommandOptions,
): Promise<IngestResult> {
  const workspace = await openToIngest(location, undefined, place);
  try {
    // What a person allows or asks for once, --prune and --rehash, is not asked for at every save.
    return await ingest(paths, workspace, { vault, exclude, now: () => new Date() });
  } finally {
    await workspace.close();
  }
}

function whyNot(error: unknown, location: string): string {
  if (error instanceof KnownError && error.code === "STORE_LOCKED")
    return `Another run is bringing notes into ${location}: what is saved meanwhile is taken in after it.`;
  return error instanceof Error ? error.message : String(error);
}

/** A line of the log of a watch: the time of day first. */
function stamped(text: string): string {
  return `${new Date().toTimeString().slice(0, 8)}  ${plain(text)}`;
}

const systemClock: WatchClock = {
  now: () => performance.now(),
  sleep: async (milliseconds, signal) => {
    try {
      await sleep(milliseconds, undefined, { signal });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  },
};
