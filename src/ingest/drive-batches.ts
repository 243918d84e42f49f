import { setImmediate as nextTurn } from "node:timers/promises";
import { InterruptedError } from "../errors.ts";
import type { Workspace } from "../store/open.ts";
import type { VaultState } from "../store/state.ts";
import type { RecordedFile } from "../store/state-notes.ts";
import type { FileOfKind } from "./compare.ts";
import type { IngestOptions } from "./options.ts";
import { noneRecorded, type RecordedCounts } from "./recorded-counts.ts";
import type { Failure, Warning } from "./result.ts";
import type { IngestResources } from "./steps.ts";

const notesInBatch = 300;
/** Enough for the reader to be busy, few enough to hold in memory. */
const batchesAhead = 1;

/** What the run knew before it read anything. */
interface BatchesOf {
  readonly startedAt: IngestResources["startedAt"];
  readonly recorded: ReadonlyMap<string, RecordedFile>;
}

/** Drives the files through the ingest graph, batch by batch. */
export async function driveBatches(
  files: readonly FileOfKind[],
  { startedAt, recorded }: BatchesOf,
  workspace: Workspace,
  vault: VaultState,
  options: IngestOptions,
  failures: Failure[],
  warnings: Warning[],
): Promise<RecordedCounts> {
  if (files.length === 0 && !vault.hasWork()) return noneRecorded;
  // LangGraph takes 0.3 s to load: a run that finds nothing new does without.
  const [{ buildIngestGraph, untilDone }, { needsWorkers, openReader, openWorkers }] = await Promise.all([
    import("./graph.ts"),
    import("./reader.ts"),
  ]);
  const reader = needsWorkers(files.length) ? openWorkers(vault.expectNames(files)) : openReader();
  const byAbsolutePath = new Map(files.map((file) => [file.absolutePath, file]));
  let deriveTotal = 0;
  const resources: IngestResources = {
    workspace,
    vault,
    fileOf: (path) => byAbsolutePath.get(path),
    read: (file) => reader.read(file),
    recordedAt: (path) => recorded.get(path),
    now: options.now,
    startedAt,
    onStatements: options.onStatements,
    breathe: async () => {
      const left = vault.unitsLeft();
      deriveTotal = Math.max(deriveTotal, left);
      options.onProgress?.({ phase: "derive", done: deriveTotal - left, total: deriveTotal });
      await nextTurn();
      stopIfAsked(options.signal);
    },
  };
  const graph = buildIngestGraph(async () => resources);
  let counts = noneRecorded;
  const batches = Math.max(1, Math.ceil(files.length / notesInBatch));
  const batch = (index: number) => files.slice(index * notesInBatch, (index + 1) * notesInBatch);
  try {
    for (let ahead = 0; ahead < batchesAhead; ahead++) reader.prefetch(batch(ahead));
    for (let index = 0; index < batches; index++) {
      stopIfAsked(options.signal);
      options.onProgress?.({ phase: "read", done: index * notesInBatch, total: files.length });
      reader.prefetch(batch(index + batchesAhead));
      const state = await graph.invoke(
        { files: batch(index).map((file) => file.absolutePath), moreToCome: index < batches - 1 },
        untilDone,
      );
      counts = sum(counts, state.recorded);
      failures.push(...state.failures);
      warnings.push(...state.warnings);
    }
  } finally {
    await reader.close();
  }
  return counts;
}

function stopIfAsked(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw new InterruptedError(
      "Interrupted: what was read is kept, and the same command goes on from there.",
    );
  }
}

function sum(a: RecordedCounts, b: RecordedCounts): RecordedCounts {
  return {
    new: a.new + b.new,
    changed: a.changed + b.changed,
    unchanged: a.unchanged + b.unchanged,
    added: a.added + b.added,
    removed: a.removed + b.removed,
  };
}
