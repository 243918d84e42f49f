import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Row } from "../../src/knowledge/graph-rows.ts";
import { compareExports } from "../../src/store/compare-exports.ts";
import { exportCypher } from "../../src/store/export-cypher.ts";
import { exportLine } from "../../src/store/export-jsonl.ts";
import { emptyGraph, exportOf, takeIn } from "../support/graph.ts";
import { hostileGraph } from "../support/hostile-graph.ts";
import { exportOfNeo4j, sorted } from "../support/neo4j-export.ts";
import { emptyNeo4j, hasNeo4j } from "../support/neo4j-server.ts";
import { runShell, runStatements } from "../support/neo4j-shell.ts";

const examples = join(import.meta.dirname, "../../examples/notes");

describe.skipIf(!(await hasNeo4j()))("a Neo4j that is given the script", () => {
  test("holds the graph of the example notes, and still does when it is given the script again", async () => {
    const workspace = emptyGraph();
    await takeIn(examples, workspace);
    const lines = await exportOf(workspace);
    const script = await scriptOf(workspace.store.rows());
    await workspace.close();
    const server = await emptyNeo4j();
    for (const run of [runShell, runStatements]) {
      await run(server, script);
      const held = await exportOfNeo4j(server.driver, server.database);
      expect(compareExports(lines, held)).toEqual([]);
      expect(sorted(held)).toEqual(sorted(lines));
    }
  });

  test("holds hostile names and texts as they are, and does nothing that they say", async () => {
    const rows = hostileGraph();
    const script = await scriptOf(rows);
    const server = await emptyNeo4j();
    for (const run of [runShell, runStatements]) {
      await run(server, script);
      const held = await exportOfNeo4j(server.driver, server.database);
      expect(sorted(held)).toEqual(sorted(rows.map(exportLine)));
    }
  });

  test("finds text by the indexes that the script makes, without accents", async () => {
    const server = await emptyNeo4j();
    await runStatements(server, await scriptOf([chunk("c1", "Reunião em São Paulo", 0)]));
    const { records } = await server.driver.executeQuery(
      "CALL db.index.fulltext.queryNodes('chunk_text', 'reuniao') YIELD node RETURN node.id AS id",
      {},
      { database: server.database },
    );
    expect(records.map((record) => record.get("id"))).toEqual(["c1"]);
  });
});

test("the script makes constraints and indexes, then nodes, then relationships, a row a line", async () => {
  const script = await scriptOf([
    chunk("c1", "Olá; 'mundo'\n", 0),
    chunk("c2", "two", 1),
    {
      kind: "relationship",
      type: "NEXT_CHUNK",
      from: "c1",
      to: "c2",
      properties: { position: 1 },
      owner: "n",
    },
  ]);
  const statements = script.split(";\n");
  expect(statements.slice(0, 6).every((one) => /^CREATE .* IF NOT EXISTS /.test(one))).toBe(true);
  expect(statements.slice(6)).toEqual([
    String.raw`WITH '\t' AS field, '|' AS item
UNWIND [
'c1\tOl\u00e1; \'mundo\'\n\t0\t|One|Two',
'c2\ttwo\t1\t|One|Two'
] AS line
WITH split(line, field) AS value, item
MERGE (node:Chunk {id: value[0]})
SET node += {text: value[1], position: toInteger(value[2]), headings: tail(split(value[3], item))}`,
    String.raw`WITH '\t' AS field, '|' AS item
UNWIND [
'c1\tc2\tNEXT_CHUNK:c1:c2\t1'
] AS line
WITH split(line, field) AS value, item
MATCH (source:Chunk {id: value[0]})
MATCH (target:Chunk {id: value[1]})
MERGE (source)-[relationship:${"`NEXT_CHUNK`"} {id: value[2]}]->(target)
SET relationship += {position: toInteger(value[3])}`,
    "",
  ]);
});

test("nodes of every kind are made before the first relationship, however many rows there are", async () => {
  const next = Array.from({ length: 2_500 }, (_, index): Row => ({
    kind: "relationship",
    type: "NEXT_CHUNK",
    from: `c${index}`,
    to: `c${index + 1}`,
    properties: {},
    owner: "n",
  }));
  const tag: Row = { kind: "node", labels: ["Tag"], id: "t", properties: { name: "t" }, owner: "#t" };
  const script = await scriptOf([chunk("c0", "text", 0), tag, ...next]);
  const actions = [...script.matchAll(/^(?:MERGE \(node:\w+|MATCH \(source)/gm)].map(([action]) => action);
  expect(actions).toEqual(["MERGE (node:Chunk", "MERGE (node:Tag", ...Array(3).fill("MATCH (source")]);
});

test("half a surrogate pair is the replacement character that Neo4j would make of it", async () => {
  expect(await scriptOf([chunk("c1", "a\uD83Db", 0)])).toContain(String.raw`a\ufffdb`);
});

test("the script is plain ASCII, whatever the notes are written in", async () => {
  expect(await scriptOf(hostileGraph())).toMatch(/^[\n -~]*$/);
});

test("the same graph gives the same script", async () => {
  expect(await scriptOf(hostileGraph())).toBe(await scriptOf(hostileGraph()));
});

test("the script is written while rows are read, in statements of bounded size", async () => {
  let read = 0;
  const rows = async function* (): AsyncIterable<Row> {
    for (; read < 50_000; read++) yield chunk(`c${read}`, "text ".repeat(20), read);
  };
  let written = 0;
  for await (const text of exportCypher(rows())) {
    expect(text.length).toBeLessThan(600_000);
    written += text.split("\n'").length - 1;
    expect(read - written).toBeLessThan(2_000);
  }
  expect(written).toBe(50_000);
});

function chunk(id: string, text: string, position: number): Row {
  return {
    kind: "node",
    labels: ["Chunk"],
    id,
    properties: { text, position, headings: ["One", "Two"] },
    owner: "n",
  };
}

async function scriptOf(rows: Iterable<Row> | AsyncIterable<Row>): Promise<string> {
  let script = "";
  for await (const text of exportCypher(toAsync(rows))) script += text;
  return script;
}

async function* toAsync<Item>(items: Iterable<Item> | AsyncIterable<Item>): AsyncIterable<Item> {
  yield* items;
}
