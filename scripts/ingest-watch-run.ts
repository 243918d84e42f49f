import { setTimeout as sleep } from "node:timers/promises";
import { InterruptedError } from "../src/errors.ts";
import { watch, type WatchClock } from "../src/ingest/watch.ts";
import { WatchedFolders } from "../src/ingest/watched-folders.ts";
import type { IngestCommandOptions } from "./ingest.ts";
import { remark } from "./output.ts";
import { stamped, type WatchedGraph, WatchRuns } from "./watch-runs.ts";

/** Goes on taking in what is saved, until the signal; ends by saying whether all of it is in the graph. */
export async function watchVaults(
  graph: WatchedGraph,
  signal: AbortSignal,
  options: IngestCommandOptions,
): Promise<never> {
  const runs = new WatchRuns(graph, options);
  const isInGraph = await watch({
    open: (listener) => new WatchedFolders(graph.vaults, { exclude: options.exclude }, listener),
    takeIn: () => runs.takeIn(),
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
