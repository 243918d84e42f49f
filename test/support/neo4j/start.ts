import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  addressOf,
  javaArguments,
  lastWords,
  makeHome,
  type Neo4jHome,
  type ServerAddress,
  untilItAnswers,
} from "../../../scripts/neo4j-server/home.ts";
import type { Installation } from "../../../scripts/neo4j-server/install.ts";

export type Neo4jAddress = ServerAddress;

/** A server of this run's own. */
export interface RunningNeo4j {
  readonly address: Neo4jAddress;
  /** As by kill -9. */
  stop(): Promise<void>;
}

/** Tests are over before the better compiler has paid for itself. */
const quickStart = ["-XX:TieredStopAtLevel=1"];

/**
 * Starts a server on a free loopback port and waits until it answers; it ends with this process, however that ends.
 * Without a home of the caller's, its folder goes with it.
 */
export async function startNeo4j(
  { java, classPath }: Installation,
  home?: Neo4jHome,
  options: readonly string[] = quickStart,
): Promise<RunningNeo4j> {
  const own = home ?? (await makeHome(mkdtempSync(join(tmpdir(), "neo4j-langgraph-server-"))));
  const goes = home === undefined ? own.folder : "";
  const keeper = spawn(
    process.execPath,
    [join(import.meta.dirname, "keeper.ts"), goes, java, ...javaArguments(own, classPath, options)],
    { stdio: ["pipe", "ignore", "ignore"], detached: true },
  );
  const stop = () => ended(keeper);
  try {
    await untilItAnswers(own, () => keeper.exitCode !== null);
  } catch (error) {
    const reason = lastWords(own);
    await stop();
    if (goes !== "") rmSync(goes, { recursive: true, force: true });
    throw new Error(`Neo4j did not start: ${reason}`, { cause: error });
  }
  return { address: addressOf(own), stop };
}

/** The keeper kills the server when its stdin ends: the data is thrown away anyway. */
function ended(keeper: ChildProcess): Promise<void> {
  return new Promise((done) => {
    if (keeper.exitCode !== null || keeper.signalCode !== null) return done();
    keeper.once("exit", () => done());
    keeper.stdin?.end();
  });
}
