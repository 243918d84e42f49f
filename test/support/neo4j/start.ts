import { type ChildProcess, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import neo4j from "neo4j-driver";
import type { Installation } from "./install.ts";

const longestStartMs = 90_000;

/** How to reach a server. */
export interface Neo4jAddress {
  readonly uri: string;
  readonly username: string;
  readonly password: string;
  readonly database: string;
}

/** A server of this run's own, in a folder that goes with it. */
export interface RunningNeo4j {
  readonly address: Neo4jAddress;
  stop(): Promise<void>;
}

/** Starts a server on a free loopback port and waits until it answers; it ends with this process, however that ends. */
export async function startNeo4j({ java, classPath }: Installation): Promise<RunningNeo4j> {
  const home = mkdtempSync(join(tmpdir(), "neo4j-langgraph-server-"));
  const port = await freePort();
  const password = randomBytes(12).toString("hex");
  writeHome(home, port, password);
  const keeper = spawn(
    process.execPath,
    [join(import.meta.dirname, "keeper.ts"), home, java, ...javaArguments(home, classPath)],
    { stdio: ["pipe", "ignore", "ignore"], detached: true },
  );
  const address = { uri: `bolt://127.0.0.1:${port}`, username: "neo4j", password, database: "neo4j" };
  const stop = () => ended(keeper);
  try {
    await untilItAnswers(address, keeper);
  } catch (error) {
    const log = join(home, "logs", "neo4j.log");
    const reason = existsSync(log) ? readFileSync(log, "utf8").slice(-2_000) : "it wrote no log";
    await stop();
    rmSync(home, { recursive: true, force: true });
    throw new Error(`Neo4j did not start: ${reason}`, { cause: error });
  }
  return { address, stop };
}

function javaArguments(home: string, classPath: string): string[] {
  return [
    "-Xms256m",
    "-Xmx1g",
    "-XX:+UseSerialGC",
    // Tests are over before the better compiler has paid for itself.
    "-XX:TieredStopAtLevel=1",
    ...["java.nio", "java.io"].map((name) => `--add-opens=java.base/${name}=ALL-UNNAMED`),
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    "-cp",
    classPath,
    "org.neo4j.server.CommunityEntryPoint",
    `--home-dir=${home}`,
    `--config-dir=${join(home, "conf")}`,
  ];
}

/** Configuration and password, both as files: no second start is needed to set the password. */
function writeHome(home: string, port: number, password: string): void {
  mkdirSync(join(home, "conf"), { recursive: true });
  mkdirSync(join(home, "data", "dbms"), { recursive: true });
  writeFileSync(
    join(home, "conf", "neo4j.conf"),
    `server.default_listen_address=127.0.0.1
server.bolt.listen_address=127.0.0.1:${port}
server.bolt.advertised_address=127.0.0.1:${port}
server.http.enabled=false
server.https.enabled=false
dbms.usage_report.enabled=false
db.tx_log.preallocate=false
server.memory.pagecache.size=64m
`,
  );
  const salt = randomBytes(32);
  let hash = createHash("sha256").update(salt).update(password).digest();
  for (let round = 1; round < 1024; round++) hash = createHash("sha256").update(hash).digest();
  const stored = `neo4j:SHA-256,${hash.toString("hex")},${salt.toString("hex")},1024:\n`;
  writeFileSync(join(home, "data", "dbms", "auth.ini"), stored, { mode: 0o600 });
}

async function untilItAnswers(address: Neo4jAddress, keeper: ChildProcess): Promise<void> {
  const driver = neo4j.driver(address.uri, neo4j.auth.basic(address.username, address.password));
  const deadline = performance.now() + longestStartMs;
  try {
    for (;;) {
      try {
        await driver.getServerInfo({ database: address.database });
        return;
      } catch (error) {
        if (keeper.exitCode !== null || performance.now() > deadline) throw error;
        await delay(200);
      }
    }
  } finally {
    await driver.close();
  }
}

/** The keeper kills the server when its stdin ends: the data is thrown away anyway. */
function ended(keeper: ChildProcess): Promise<void> {
  return new Promise((done) => {
    if (keeper.exitCode !== null || keeper.signalCode !== null) return done();
    keeper.once("exit", () => done());
    keeper.stdin?.end();
  });
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer().once("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => done(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
