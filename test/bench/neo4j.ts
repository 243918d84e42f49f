// How fast rows get into Neo4j: `node test/bench/neo4j.ts [notes]`. Writes the graph of a generated vault into an empty
// database of a server of its own: our way, a script batched by hand, and LangChain's graph writer (which needs APOC;
// both are fetched into the cache folder). Prints the medians of ratios; ends with 1 below 0.9 and 2.5.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import neo4j from "neo4j-driver";
import { makeHome, type ServerAddress } from "../../scripts/neo4j-server/home.ts";
import { cacheFolder, installNeo4j } from "../../scripts/neo4j-server/install.ts";
import type { Row } from "../../src/knowledge/graph-rows.ts";
import { neo4jSchema } from "../../src/store/neo4j-schema.ts";
import { ingest } from "../../src/ingest/run.ts";
import { openEmbedded } from "../../src/store/open.ts";
import { startNeo4j } from "../support/neo4j/start.ts";
import { generateVault } from "./generate-vault.ts";
import {
  byHand,
  type Contender,
  langChain,
  type LangChainNeo4j,
  ours,
  withState,
} from "./neo4j-contenders.ts";

const rounds = 3;
const leastOfHand = 0.9;
const leastOfLangChain = 2.5;
const apoc = "5.26.19";

const notes = Number(process.argv[2] ?? 1_000);
const folder = mkdtempSync(join(tmpdir(), "neo4j-langgraph-bench-"));
const rows = await rowsOf(notes);
const installed = await installNeo4j();
if ("missing" in installed) throw new Error(installed.missing);
const home = await makeHome(join(folder, "server"), ["dbms.security.procedures.unrestricted=apoc.*"]);
const plugins = join(home.folder, "plugins");
mkdirSync(plugins, { recursive: true });
cpSync(apocFolder(), plugins, { recursive: true });
const server = await startNeo4j(
  { ...installed, classPath: `${installed.classPath}:${join(plugins, "*")}` },
  home,
  [],
);
try {
  console.log(`${rows.length} rows of ${notes} generated notes, rows a second:`);
  const chain = langChain(await langChainPackage());
  for (const write of [byHand, ours, withState]) await speed(write);
  const measured: Record<"ours" | "withState" | "byHand", number>[] = [];
  for (let round = 1; round <= rounds; round++) {
    // Who comes first finds the machine as the one before left it: each is first and last once.
    const there = [await speed(ours), await speed(withState), await speed(byHand)] as const;
    const back = [await speed(byHand), await speed(withState), await speed(ours)] as const;
    const speeds = {
      ours: mean(there[0], back[2]),
      withState: mean(there[1], back[1]),
      byHand: mean(there[2], back[0]),
    };
    measured.push(speeds);
    console.log(
      `  round ${round}: ours ${Math.round(speeds.ours)}, with the state file ${Math.round(speeds.withState)}, batched by hand ${Math.round(speeds.byHand)}`,
    );
  }
  const theirs = Math.max(await speed(chain), await speed(chain));
  console.log(`  @langchain/neo4j ${Math.round(theirs)}`);
  const ofHand = median(measured.map((speeds) => speeds.ours / speeds.byHand));
  const ofLangChain = median(measured.map((speeds) => speeds.ours)) / theirs;
  console.log(`of the hand-batched script: ${ofHand.toFixed(2)} (at least ${leastOfHand})`);
  const stateOfHand = median(measured.map((speeds) => speeds.withState / speeds.byHand));
  console.log(`  with the state file: ${stateOfHand.toFixed(2)}`);
  console.log(`of LangChain's writer: ${ofLangChain.toFixed(2)} (at least ${leastOfLangChain})`);
  if (ofHand < leastOfHand || ofLangChain < leastOfLangChain) process.exitCode = 1;
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}

/** Rows that were written in a second, into an empty database. */
async function speed(write: Contender): Promise<number> {
  await empty(server.address);
  const place = mkdtempSync(join(folder, "state-"));
  const started = performance.now();
  const written = await write(rows, server.address, place);
  return written / ((performance.now() - started) / 1_000);
}

/** Of speeds over the same way: the harmonic one. */
function mean(one: number, other: number): number {
  return 2 / (1 / one + 1 / other);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

async function rowsOf(count: number): Promise<Row[]> {
  const vault = join(folder, "notes");
  generateVault(vault, {
    notes: count,
    sections: 4,
    wordsInSection: 75,
    linksInNote: 4,
    mentionsInNote: 4,
    seed: 1,
  });
  const workspace = openEmbedded(":memory:", { create: true });
  await ingest([vault], workspace, { now: () => new Date() });
  const all: Row[] = [];
  for await (const row of workspace.store.rows()) all.push(row);
  await workspace.close();
  return all;
}

async function empty({ uri, username, password, database }: ServerAddress): Promise<void> {
  const driver = neo4j.driver(uri, neo4j.auth.basic(username, password));
  const session = driver.session({ database });
  await session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 2000 ROWS");
  for (const statement of neo4jSchema) await session.run(statement);
  await session.run("CALL db.awaitIndexes(60)");
  // No contender goes by the plans that another's data suggested.
  await session.run("CALL db.clearQueryCaches()");
  await session.close();
  await driver.close();
}

/** The two jars, fetched once. */
function apocFolder(): string {
  const jars = join(cacheFolder(), `apoc-${apoc}`);
  if (!existsSync(jars)) {
    for (const artifact of ["apoc-core", "apoc-common"]) {
      execFileSync("mvn", [
        "-q",
        "-B",
        "dependency:copy",
        `-Dartifact=org.neo4j.procedure:${artifact}:${apoc}`,
        `-DoutputDirectory=${jars}`,
      ]);
    }
  }
  return jars;
}

/** Installed beside the checkout, not in it: nothing of ours needs it. */
async function langChainPackage(): Promise<LangChainNeo4j> {
  const place = join(cacheFolder(), "bench");
  const entry = join(place, "node_modules/@langchain/neo4j/dist/graphs/neo4j_graph.js");
  if (!existsSync(entry)) {
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, "package.json"), "{}");
    execFileSync("npm", ["install", "--no-audit", "--no-fund", "@langchain/neo4j@0.1", "@langchain/core@1"], {
      cwd: place,
    });
  }
  return (await import(pathToFileURL(entry).href)) as LangChainNeo4j;
}
