import type { IngestOptions } from "../../src/ingest/options.ts";
import { ingest } from "../../src/ingest/run.ts";
import type { IngestResult } from "../../src/ingest/result.ts";
import type { Row } from "../../src/knowledge/graph-rows.ts";
import { exportLine, type ExportLine } from "../../src/store/export-jsonl.ts";
import { openEmbedded, type Workspace } from "../../src/store/open.ts";
import { temporaryFolder, writeNotes } from "./folder.ts";

/** A graph in memory. */
export function emptyGraph(): Workspace {
  return openEmbedded(":memory:", { create: true });
}

/** Takes a folder into a graph under a name that does not depend on where the folder is. */
export function takeIn(
  folder: string,
  workspace: Workspace,
  options: Partial<IngestOptions> = {},
): Promise<IngestResult> {
  return ingest([folder], workspace, { vault: "vault", now: () => new Date(), ...options });
}

/** The graph of some notes, freshly taken in. */
export async function graphOf(notes: Readonly<Record<string, string | Uint8Array>>): Promise<Graph> {
  const folder = temporaryFolder();
  writeNotes(folder, notes);
  const workspace = emptyGraph();
  await takeIn(folder, workspace);
  return readGraph(workspace);
}

export async function exportOf(workspace: Workspace): Promise<ExportLine[]> {
  const lines: ExportLine[] = [];
  for await (const row of workspace.store.rows()) lines.push(exportLine(row));
  return lines;
}

/** Short questions to a graph, in the words of a test. */
export interface Graph {
  readonly rows: readonly Row[];
  /** Properties of the note at a path. */
  note(path: string): Readonly<Record<string, unknown>> | undefined;
  entity(name: string): Readonly<Record<string, unknown>> | undefined;
  /** `from -> to` by path or name. */
  relationships(type: string): string[];
  properties(type: string, from: string, to: string): Readonly<Record<string, unknown>> | undefined;
}

export async function readGraph(workspace: Workspace): Promise<Graph> {
  const rows: Row[] = [];
  for await (const row of workspace.store.rows()) rows.push(row);
  const names = new Map<string, string>();
  for (const row of rows) {
    if (row.kind !== "node") continue;
    const { path, name, text } = row.properties;
    names.set(row.id, String(path ?? name ?? text));
  }
  const named = (id: string) => names.get(id) ?? id;
  const nodes = (label: string, property: string, value: string) =>
    rows.find((row) => row.kind === "node" && row.labels[0] === label && row.properties[property] === value)
      ?.properties;
  return {
    rows,
    note: (path) => nodes("Note", "path", path),
    entity: (name) => nodes("Entity", "name", name),
    relationships: (type) =>
      rows
        .flatMap((row) =>
          row.kind === "relationship" && row.type === type ? [`${named(row.from)} -> ${named(row.to)}`] : [],
        )
        .toSorted(),
    properties: (type, from, to) =>
      rows.find(
        (row) =>
          row.kind === "relationship" &&
          row.type === type &&
          named(row.from) === from &&
          named(row.to) === to,
      )?.properties,
  };
}
