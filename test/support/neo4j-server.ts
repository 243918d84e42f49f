import { createConnection, type Socket } from "node:net";
import { createInterface } from "node:readline";
import neo4j, { type Driver, type QueryConfig } from "neo4j-driver";
import { inject, onTestFinished } from "vitest";
import type { Answer, Shell } from "./neo4j/global-setup.ts";
import type { Neo4jAddress } from "./neo4j/start.ts";

/** An empty database that one test has for itself. */
export interface TestNeo4j extends Neo4jAddress {
  readonly driver: Driver;
  /** Absent when NEO4J_TEST_URI names the server. */
  readonly shell?: Shell;
}

/**
 * Whether there is a Neo4j to test with, for `describe.skipIf(!(await hasNeo4j()))`; says why when there is none.
 * The first to ask starts it: from Maven Central, with Java 17, or the one that NEO4J_TEST_URI names.
 */
export async function hasNeo4j(): Promise<boolean> {
  const { answer, socket } = await turn();
  socket.destroy();
  if ("missing" in answer) console.warn(`SKIPPED: tests that need Neo4j. ${answer.missing}.`);
  return !("missing" in answer);
}

/**
 * The database, emptied, until the running test is finished; other tests wait. Making constraints and indexes takes
 * most of a second: a test that is not about them can have those of the test before.
 */
export async function emptyNeo4j({ keepsSchema = false } = {}): Promise<TestNeo4j> {
  const { answer, socket } = await turn();
  let driver: Driver | undefined;
  onTestFinished(async () => {
    await driver?.close();
    socket.destroy();
  });
  if ("missing" in answer) throw new Error(`There is no Neo4j: ${answer.missing}.`);
  driver = neo4j.driver(answer.uri, neo4j.auth.basic(answer.username, answer.password));
  await empty(driver, answer.database, keepsSchema);
  return { ...answer, driver };
}

function turn(): Promise<{ answer: Answer; socket: Socket }> {
  return new Promise((done, fail) => {
    const socket = createConnection(inject("neo4jDesk"), "127.0.0.1");
    socket
      .once("error", fail)
      .once("close", () => fail(new Error("Neo4j was stopped while a test waited for it.")));
    createInterface({ input: socket }).once("line", (line) =>
      done({ answer: JSON.parse(line) as Answer, socket }),
    );
  });
}

/** An index on nothing: says that a database is one that tests may empty. */
const mark = "emptied_by_neo4j_langgraph_tests";

async function empty(driver: Driver, database: string, keepsSchema: boolean): Promise<void> {
  const config: QueryConfig = { database };
  const schema = async (kind: "CONSTRAINT" | "INDEX") => {
    const found = await driver.executeQuery(
      `SHOW ${kind === "INDEX" ? "INDEXES" : "CONSTRAINTS"} YIELD name, type WHERE type <> 'LOOKUP' RETURN name`,
      {},
      config,
    );
    return found.records.map((record) => String(record.get("name")));
  };
  const { records } = await driver.executeQuery("MATCH (n) RETURN n LIMIT 1", {}, config);
  const indexes = await schema("INDEX");
  if (records.length > 0 && !indexes.includes(mark)) {
    throw new Error("NEO4J_TEST_URI names a database that is not empty: tests would delete what is in it.");
  }
  await driver.executeQuery(`CREATE INDEX ${mark} IF NOT EXISTS FOR (n:Nothing) ON (n.nothing)`, {}, config);
  const session = driver.session({ database });
  try {
    await session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 2000 ROWS");
  } finally {
    await session.close();
  }
  if (keepsSchema) return;
  for (const kind of ["CONSTRAINT", "INDEX"] as const) {
    for (const name of await schema(kind)) {
      if (name !== mark) await driver.executeQuery(`DROP ${kind} \`${name}\` IF EXISTS`, {}, config);
    }
  }
}
