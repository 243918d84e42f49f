import { existsSync, statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type Environment, readEnvironment, storeEnvironment } from "./config/environment.ts";
import { InterruptedError, KnownError, UsageError } from "./errors.ts";
import { addressHash, isNeo4jUri as isNeo4j, withoutCredentials } from "./store/neo4j-address.ts";
import type { Neo4jConnection } from "./store/neo4j-connection.ts";
import { openCopy, openEmbedded, type OpenOptions, type Workspace } from "./store/open.ts";
import type { Store } from "./store/store.ts";

/** Where the graph is when nobody says otherwise, from the working directory. */
export const defaultStorePath = ".neo4j-langgraph/graph.sqlite";

/** The graph's place: what the user named, else Neo4j when the environment does, else a file. */
export function storeLocation(named: string | undefined, environment: Environment): string {
  if (named !== undefined) return placeNamed(named, "--store");
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

/** Where the rest of a Neo4j graph's address comes from, and where its state is kept. */
export interface PlaceOptions {
  /** Names user, password and database; default: the process's environment and its files. */
  readonly environment?: Environment;
  /** State file of a graph in Neo4j; default: one for each server and database, in the working directory. */
  readonly state?: string | undefined;
}

/**
 * Opens the graph to bring notes into it. `create` makes it when it is not there; else a missing one is wrong usage.
 */
export async function openWorkspace(
  location: string,
  options: OpenOptions & PlaceOptions,
): Promise<Workspace> {
  if (!isNeo4j(location)) return openEmbedded(location, options);
  const { openNeo4jWorkspace } = await import("./store/neo4j-workspace.ts");
  return openNeo4jWorkspace(addressOf(location, options), {
    ...options,
    statePath: (connection) => statePath(connection, options),
  });
}

/** Opens the graph to read it. Throws UsageError when there is none. */
export async function openStore(location: string, options: PlaceOptions = {}): Promise<Store> {
  if (!isNeo4j(location)) return openEmbedded(location, { create: false }).store;
  const { readNeo4j } = await import("./store/neo4j-workspace.ts");
  return readNeo4j(addressOf(location, options));
}

/** The address of a Neo4j server, with what the environment says of user, password and database. */
export function addressOf(uri: string, { environment = readEnvironment() }: PlaceOptions) {
  const { username, password, database } = storeEnvironment(environment);
  return {
    uri,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(database !== undefined && { database }),
  };
}

/** Where the state of a graph in Neo4j is kept. */
export function statePath(
  { place, database }: Pick<Neo4jConnection, "place" | "database">,
  { state }: PlaceOptions,
): string {
  return state ?? `.neo4j-langgraph/state-${addressHash(place, database)}.sqlite`;
}

/** Opens the graph to bring notes into it, alone; `wait` waits while another process does. */
export async function openToIngest(
  location: string,
  wait: { readonly signal: AbortSignal; readonly onWait: (message: string) => void } | undefined,
  place: PlaceOptions = {},
): Promise<Workspace> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await openWorkspace(location, { ...place, create: true, alone: true });
    } catch (error) {
      if (wait === undefined || !(error instanceof KnownError) || error.code !== "STORE_LOCKED") throw error;
      if (attempt === 1)
        wait.onWait(`Waiting for the end of another run on ${withoutCredentials(location)}.`);
      await sleep(lockPollMs);
      if (wait.signal.aborted) throw new InterruptedError("Interrupted while waiting: nothing was changed.");
    }
  }
}

/** Opens a copy of the graph, or an empty one: whatever happens to it is gone at the end. */
export async function openTrial(location: string, place: PlaceOptions = {}): Promise<Workspace> {
  if (isNeo4j(location)) {
    const { openNeo4jTrial } = await import("./store/neo4j-trial.ts");
    return openNeo4jTrial(addressOf(location, place), (connection) => statePath(connection, place));
  }
  if (!statSync(location, { throwIfNoEntry: false })?.size) return openEmbedded(":memory:", { create: true });
  return openCopy(location);
}

const lockPollMs = 200;

/** A place for a graph that the user named with an option. Throws UsageError when it is none. */
export function placeNamed(location: string, from: string): string {
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
