import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Environment, storeEnvironment } from "./config/environment.ts";
import { UsageError } from "./errors.ts";
import { copyEmbedded, openEmbedded, type Workspace } from "./store/open.ts";

/** Where the graph is when nobody says otherwise, from the working directory. */
export const defaultStorePath = ".neo4j-langgraph/graph.sqlite";

/** The graph's place: what the user named, else Neo4j when the environment does, else a file. */
export function storeLocation(named: string | undefined, environment: Environment): string {
  return named ?? storeEnvironment(environment).uri ?? defaultStorePath;
}

/** Opens the graph. `create` makes it when it is not there; else a missing one is wrong usage. */
export function openWorkspace(location: string, options: { create: boolean }): Workspace {
  if (isNeo4j(location)) throw noNeo4jYet(location);
  return openEmbedded(location, options);
}

/** Opens a copy of the graph, or an empty one: whatever happens to it is gone at the end. */
export function openTrial(location: string): Workspace {
  if (isNeo4j(location)) throw noNeo4jYet(location);
  if (!existsSync(location)) return openEmbedded(":memory:", { create: true });
  const folder = mkdtempSync(join(tmpdir(), "neo4j-langgraph-dry-run-"));
  const copy = join(folder, "graph.sqlite");
  copyEmbedded(location, copy);
  const workspace = openEmbedded(copy, { create: true });
  return {
    ...workspace,
    close: async () => {
      await workspace.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function isNeo4j(location: string): boolean {
  return /^(?:neo4j|bolt)(?:\+s|\+ssc)?:\/\//i.test(location);
}

function noNeo4jYet(location: string): UsageError {
  return new UsageError(
    "NEO4J_NOT_SUPPORTED",
    `${location} names a Neo4j server, which this version cannot write to yet: use a file, --store graph.sqlite.`,
    { facts: { location } },
  );
}
