import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { KnownError, UsageError } from "../../src/errors.ts";
import {
  addressOf,
  configure,
  freePort,
  javaArguments,
  lastWords,
  makeHome,
  type Neo4jHome,
  type ServerAddress,
  untilItAnswers,
} from "./home.ts";
import { cacheFolder, installNeo4j } from "./install.ts";

/** A server of this user's own, with data that stays: found again by a file that only the user can read. */
interface Kept extends Neo4jHome {
  readonly pid?: number;
}

const longestStopMs = 30_000;

const home = () => join(cacheFolder(), "server");
const file = () => join(home(), "server.json");

/** How the server is reached that is running; undefined when none is. */
export function runningServer(): ServerAddress | undefined {
  const kept = read();
  return kept !== undefined && isRunning(kept) ? addressOf(kept) : undefined;
}

/** Starts the server, if it is not running, and waits until it answers. It goes on when this process has ended. */
export async function startServer(onFetch: () => void): Promise<ServerAddress> {
  const before = read();
  if (before !== undefined && isRunning(before)) {
    await untilItAnswers(before, () => !isRunning(before));
    return addressOf(before);
  }
  const installed = await installNeo4j(onFetch);
  if ("missing" in installed) {
    throw new UsageError("NEO4J_NOT_STARTED", `Neo4j cannot be started here: ${installed.missing}.`);
  }
  mkdirSync(home(), { recursive: true, mode: 0o700 });
  const at = before === undefined ? await makeHome(home()) : { ...before, port: await freePort(before.port) };
  configure(at);
  mkdirSync(join(at.folder, "logs"), { recursive: true });
  const output = openSync(join(at.folder, "logs", "output.log"), "a");
  const child = spawn(installed.java, javaArguments(at, installed.classPath, []), {
    detached: true,
    stdio: ["ignore", output, output],
  });
  child.unref();
  const kept: Kept = { ...at, ...(child.pid !== undefined && { pid: child.pid }) };
  writeFileSync(file(), JSON.stringify(kept), { mode: 0o600 });
  try {
    await untilItAnswers(at, () => child.exitCode !== null);
  } catch (error) {
    child.kill("SIGKILL");
    throw new KnownError(
      "NEO4J_NOT_STARTED",
      `Neo4j did not start; its log in ${join(at.folder, "logs")} ends with: ${lastWords(at)}`,
      {
        cause: error,
        facts: { folder: at.folder },
      },
    );
  }
  return addressOf(at);
}

/** Stops the server; its data stays. Says whether one was running. */
export async function stopServer(): Promise<boolean> {
  const kept = read();
  if (kept?.pid === undefined || !isRunning(kept)) return false;
  process.kill(kept.pid, "SIGTERM");
  const deadline = performance.now() + longestStopMs;
  while (isRunning(kept)) {
    if (performance.now() > deadline) process.kill(kept.pid, "SIGKILL");
    await delay(100);
  }
  return true;
}

/** Stops the server and removes what it holds. */
export async function removeServer(): Promise<void> {
  await stopServer();
  rmSync(home(), { recursive: true, force: true });
}

export function serverFolder(): string {
  return home();
}

function read(): Kept | undefined {
  try {
    return JSON.parse(readFileSync(file(), "utf8")) as Kept;
  } catch {
    return undefined;
  }
}

/** A process of that number may be somebody else's by now: ours names its home. */
function isRunning({ pid, folder }: Kept): boolean {
  if (pid === undefined) return false;
  const { stdout } = spawnSync("ps", ["-ww", "-p", String(pid), "-o", "stat=,command="], {
    encoding: "utf8",
  });
  return (
    typeof stdout === "string" &&
    stdout.includes(`--home-dir=${folder}`) &&
    !stdout.trimStart().startsWith("Z")
  );
}
