import { join } from "node:path";
import type { IngestOptions } from "../../src/ingest/options.ts";
import type { IngestResult } from "../../src/ingest/result.ts";
import type { ExportLine } from "../../src/store/export-jsonl.ts";
import { openNeo4jWorkspace } from "../../src/store/neo4j-workspace.ts";
import { temporaryFolder } from "./folder.ts";
import { emptyGraph, exportOf, takeIn } from "./graph.ts";
import type { TestNeo4j } from "./neo4j-server.ts";

/** A machine that brings notes into a test's database: its own state file, which can be lost. */
export class Machine {
  readonly server: TestNeo4j;
  state: string;

  constructor(server: TestNeo4j) {
    this.server = server;
    this.state = join(temporaryFolder(), "state.sqlite");
  }

  losesItsState(): void {
    this.state = join(temporaryFolder(), "state.sqlite");
  }

  async takeIn(folder: string, options: Partial<IngestOptions> = {}): Promise<IngestResult> {
    const workspace = await openNeo4jWorkspace(this.server, { statePath: () => this.state, alone: true });
    try {
      return await takeIn(folder, workspace, options);
    } finally {
      await workspace.close();
    }
  }

  async export(): Promise<ExportLine[]> {
    const workspace = await openNeo4jWorkspace(this.server, { statePath: () => this.state });
    try {
      return await exportOf(workspace);
    } finally {
      await workspace.close();
    }
  }
}

/** What an embedded graph says of the same folder, freshly taken in. */
export async function embeddedExport(
  folder: string,
  options: Partial<IngestOptions> = {},
): Promise<ExportLine[]> {
  const workspace = emptyGraph();
  await takeIn(folder, workspace, options);
  const lines = await exportOf(workspace);
  await workspace.close();
  return lines;
}

/** The number of the last transaction that changed the database: the server's own counter. */
export async function lastChange({ driver, database }: TestNeo4j): Promise<string> {
  const session = driver.session({ database, defaultAccessMode: "READ" });
  try {
    await session.run("RETURN 1");
    return session.lastBookmarks().join();
  } finally {
    await session.close();
  }
}

/** Runs a query by hand, as a user would. */
export async function byHand(
  { driver, database }: TestNeo4j,
  query: string,
  parameters: Readonly<Record<string, unknown>> = {},
): Promise<Record<string, unknown>[]> {
  const { records } = await driver.executeQuery(query, parameters, { database });
  return records.map((record) => record.toObject());
}
