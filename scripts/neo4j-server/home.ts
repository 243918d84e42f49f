import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import neo4j from "neo4j-driver";

const longestStartMs = 90_000;

/** How to reach a server. */
export interface ServerAddress {
  readonly uri: string;
  readonly username: string;
  readonly password: string;
  readonly database: string;
}

/** A folder with a server's data, and how the server in it is reached. */
export interface Neo4jHome {
  readonly folder: string;
  readonly port: number;
  readonly password: string;
}

export function addressOf({ port, password }: Neo4jHome): ServerAddress {
  return { uri: `bolt://127.0.0.1:${port}`, username: "neo4j", password, database: "neo4j" };
}

/** A home for a new server: its port is free, its password nobody knows. More lines of configuration may follow ours. */
export async function makeHome(folder: string, settings: readonly string[] = []): Promise<Neo4jHome> {
  const home = { folder, port: await freePort(), password: randomBytes(12).toString("hex") };
  mkdirSync(join(folder, "data", "dbms"), { recursive: true });
  writePassword(home);
  configure(home, settings);
  return home;
}

/** Writes the configuration of the next start. */
export function configure({ folder, port }: Neo4jHome, settings: readonly string[] = []): void {
  mkdirSync(join(folder, "conf"), { recursive: true });
  writeFileSync(
    join(folder, "conf", "neo4j.conf"),
    [
      "server.default_listen_address=127.0.0.1",
      `server.bolt.listen_address=127.0.0.1:${port}`,
      `server.bolt.advertised_address=127.0.0.1:${port}`,
      "server.http.enabled=false",
      "server.https.enabled=false",
      "dbms.usage_report.enabled=false",
      "db.tx_log.preallocate=false",
      "server.memory.pagecache.size=64m",
      "internal.server.bolt.thread_pool_shutdown_wait_time=0s",
      ...settings,
      "",
    ].join("\n"),
  );
}

/** The password as a file: no second start is needed to set it. */
function writePassword({ folder, password }: Neo4jHome): void {
  const salt = randomBytes(32);
  let hash = createHash("sha256").update(salt).update(password).digest();
  for (let round = 1; round < 1024; round++) hash = createHash("sha256").update(hash).digest();
  const stored = `neo4j:SHA-256,${hash.toString("hex")},${salt.toString("hex")},1024:\n`;
  writeFileSync(join(folder, "data", "dbms", "auth.ini"), stored, { mode: 0o600 });
}

export function javaArguments(
  { folder }: Neo4jHome,
  classPath: string,
  options: readonly string[],
): string[] {
  return [
    "-Xms256m",
    "-Xmx1g",
    "-XX:+UseSerialGC",
    ...options,
    ...["java.nio", "java.io"].map((name) => `--add-opens=java.base/${name}=ALL-UNNAMED`),
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    "-cp",
    classPath,
    "org.neo4j.server.CommunityEntryPoint",
    `--home-dir=${folder}`,
    `--config-dir=${join(folder, "conf")}`,
  ];
}

/** Waits until a server answers; `hasEnded` says that it never will. */
export async function untilItAnswers(home: Neo4jHome, hasEnded: () => boolean): Promise<void> {
  const { uri, username, password, database } = addressOf(home);
  const driver = neo4j.driver(uri, neo4j.auth.basic(username, password));
  const deadline = performance.now() + longestStartMs;
  try {
    for (;;) {
      try {
        await driver.getServerInfo({ database });
        return;
      } catch (error) {
        if (hasEnded() || performance.now() > deadline) throw error;
        await delay(200);
      }
    }
  } finally {
    await driver.close();
  }
}

/** The end of what a server wrote of its start: the reason of a failure is there. */
export function lastWords({ folder }: Neo4jHome): string {
  const log = join(folder, "logs", "neo4j.log");
  return existsSync(log) ? readFileSync(log, "utf8").slice(-2_000) : "it wrote no log";
}

/** A port that is free: this one, if it is. */
export function freePort(wanted = 0): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer().once("error", (error) => (wanted === 0 ? fail(error) : done(freePort())));
    server.listen(wanted, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => done(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
