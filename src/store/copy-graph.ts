import { UsageError } from "../errors.ts";
import { rowKey } from "../knowledge/graph-rows.ts";
import { compareExports, type ExportDifference } from "./compare-exports.ts";
import { type ExportLine, exportLine } from "./export-jsonl.ts";
import type { Workspace } from "./open.ts";
import type { Store } from "./store.ts";

/**
 * Copies a graph into another store, which must be empty or hold a part of it, as a copy that was stopped leaves it.
 * Returns where the two differ afterwards: nowhere. What the target's next run has to read are the notes.
 */
export async function copyGraph(
  source: Store,
  target: Workspace,
  place: string,
): Promise<ExportDifference[]> {
  const wanted = new Set<string>();
  for await (const row of source.rows()) wanted.add(rowKey(row));
  for await (const row of target.store.rows()) {
    if (wanted.has(rowKey(row))) continue;
    throw new UsageError(
      "STORE_NOT_EMPTY",
      `${place} holds another graph already: name a new file or an empty database with --to.`,
      { facts: { place } },
    );
  }
  await target.adopt(source.rows());
  return compareExports(await linesOf(source), await linesOf(target.store));
}

async function linesOf(store: Store): Promise<ExportLine[]> {
  const lines: ExportLine[] = [];
  for await (const row of store.rows()) lines.push(exportLine(row));
  return lines;
}
