import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Environment, storeEnvironment } from "./config/environment.ts";
import { InterruptedError, KnownError, UsageError } from "./errors.ts";
import { copyEmbedded, openEmbedded, type OpenOptions, type Workspace } from "./store/open.ts";

/** Where the graph is when nobody says otherwise, from the working directory. */
export const defaultStorePath = ".neo4j-langgraph/graph.sqlite";

/** The graph's place: what the user named, else Neo4j when the environment does, else a file. */
export function storeLocation(named: string | undefined, environment: Environment): string {
  if (named !== undefined) return checkedLocation(named, "--store");
  const { uri } = storeEnvironment(environment);
  if (uri === undefined) return defaultStorePath;
  // Whoever configures a server must not find the graph in a file of that name.
  if (!isNeo4j(uri)) throw unknownLocation(uri, "NEO4J_URI");
  return uri;
}

/** Whether there is a graph, as far as that can be seen without opening it. */
export function isThere(location: string): boolean {
  return isNeo4j(location) || existsSync(location);
}

/** Opens the graph. `create` makes it when it is not there; else a missing one is wrong usage. */
export function openWorkspace(location: string, options: OpenOptions): Workspace {
  if (isNeo4j(location)) throw noNeo4jYet(location);
  return openEmbedded(location, options);
}

/** Opens the graph to bring notes into it, alone; `wait` waits while another process does. */
export async function openToIngest(
  location: string,
  wait: { readonly signal: AbortSignal; readonly onWait: (message: string) => void } | undefined,
): Promise<Workspace> {
  for (let attempt = 1; ; attempt++) {
    try {
      return openWorkspace(location, { create: true, alone: true });
    } catch (error) {
      if (wait === undefined || !(error instanceof KnownError) || error.code !== "STORE_LOCKED") throw error;
      if (attempt === 1) wait.onWait(`Waiting for the end of another run on ${location}.`);
      await sleep(lockPollMs);
      if (wait.signal.aborted) throw new InterruptedError("Interrupted while waiting: nothing was changed.");
    }
  }
}

/** Opens a copy of the graph, or an empty one: whatever happens to it is gone at the end. */
export function openTrial(location: string): Workspace {
  if (isNeo4j(location)) throw noNeo4jYet(location);
  if (!statSync(location, { throwIfNoEntry: false })?.size) return openEmbedded(":memory:", { create: true });
  const folder = mkdtempSync(join(tmpdir(), "neo4j-langgraph-dry-run-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const copy = join(folder, "graph.sqlite");
    copyEmbedded(location, copy);
    const workspace = openEmbedded(copy, { create: true });
    return {
      ...workspace,
      close: async () => {
        await workspace.close();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}

const lockPollMs = 200;

function isNeo4j(location: string): boolean {
  return /^(?:neo4j|bolt)(?:\+s|\+ssc)?:\/\//i.test(location);
}

function checkedLocation(location: string, from: string): string {
  const isUsable = location.trim() !== "" && location !== ":memory:";
  if (isNeo4j(location) || (isUsable && !/^[a-z][\w+.-]*:\/\//i.test(location))) return location;
  throw unknownLocation(location, from);
}

function unknownLocation(location: string, from: string): UsageError {
  const shown = withoutCredentials(location);
  return new UsageError(
    "STORE_UNKNOWN",
    from === "NEO4J_URI"
      ? `NEO4J_URI is "${shown}", which is no address of a Neo4j server: such as neo4j://localhost:7687; unset it to use a file.`
      : `${from} "${shown}" names no place for a graph: give a file (graph.sqlite) or a Neo4j server (neo4j://localhost:7687).`,
    { facts: { location: shown } },
  );
}

function noNeo4jYet(location: string): UsageError {
  const shown = withoutCredentials(location);
  return new UsageError(
    "NEO4J_NOT_SUPPORTED",
    `${shown} names a Neo4j server, which this version cannot write to yet: use a file, --store graph.sqlite.`,
    { facts: { location: shown } },
  );
}

/** Addresses can carry a password, which belongs in no message. */
function withoutCredentials(location: string): string {
  return location.replace(/\/\/[^/]*@/, "//");
}
