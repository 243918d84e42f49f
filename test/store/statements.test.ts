import { describe, expect, test } from "vitest";
import type { NodeRow, Properties, RelationshipRow } from "../../src/knowledge/graph-rows.ts";
import { nodeLabels, ownRelationshipTypes } from "../../src/knowledge/graph-rows.ts";
import { nodeProperties, relationshipProperties } from "../../src/knowledge/own-properties.ts";
import type { Patch } from "../../src/knowledge/patch.ts";
import { openNeo4j } from "../../src/store/neo4j-connection.ts";
import { markerTexts } from "../../src/store/neo4j-marker.ts";
import { prepareNeo4j } from "../../src/store/neo4j-prepare.ts";
import { abandonedNodesText } from "../../src/store/statement-texts.ts";
import { statementsOf } from "../../src/store/statements.ts";
import { exampleNotes } from "../support/command.ts";
import { emptyGraph, readGraph, takeIn } from "../support/graph.ts";
import { emptyNeo4j, hasNeo4j, type TestNeo4j } from "../support/neo4j-server.ts";

const nothing: Patch = {
  deleteRelationships: [],
  rekeyNodes: [],
  upsertNodes: [],
  upsertRelationships: [],
  deleteNodes: [],
};

test("an entity is found by its id, loses its former type and becomes what its row says", () => {
  const [statement, ...others] = statementsOf(
    {
      ...nothing,
      upsertNodes: [
        node(["Entity", "Person"], "e1", { vault: "v", key: "ada", name: "Ada", type: "Person" }),
      ],
    },
    "together",
  );
  expect(others).toEqual([]);
  expect(statement).toEqual({
    kind: "upsertNodes",
    text: `UNWIND $rows AS row
MERGE (n:Entity {id: row.id})
WITH n, row, [former IN labels(n) WHERE former = n.type AND NOT former IN row.labels AND former <> 'Entity'] AS former
REMOVE n:$(former), n:KeptStub
SET n:$(row.labels), n += row.properties`,
    rows: [
      {
        id: "e1",
        labels: ["Person"],
        properties: {
          vault: "v",
          key: "ada",
          name: "Ada",
          type: "Person",
          rawTypes: null,
          aliases: null,
          description: null,
          mentionCount: null,
          stub: null,
        },
      },
    ],
  });
});

test("a fact is merged between its ends, which are found by id, and its type is a parameter", () => {
  const wrote = relationship("WROTE", "e1", "e2", { id: "f1", confidence: 1, evidence: ["x"] });
  const knows = relationship("KNOWS", "e1", "e2", { id: "f2" });
  const [statement, ...others] = statementsOf(
    { ...nothing, upsertRelationships: [wrote, knows] },
    "together",
  );
  expect(others).toEqual([]);
  expect(statement).toMatchObject({
    kind: "upsertRelationships",
    text: `UNWIND $rows AS row
MATCH (a:Entity {id: row.from}) USING INDEX SEEK a:Entity(id)
MATCH (b:Entity {id: row.to}) USING INDEX SEEK b:Entity(id)
WITH a, b, row WHERE NOT a:KeptStub AND NOT b:KeptStub
MERGE (a)-[r:$(row.type) {id: row.id}]->(b)
SET r += row.properties`,
    rows: [
      { id: "f1", from: "e1", to: "e2", type: "WROTE", properties: { confidence: 1, evidence: ["x"] } },
      { id: "f2", from: "e1", to: "e2", type: "KNOWS" },
    ],
  });
});

test("kept nodes are not asked about where there are none, and a relationship names what it locks", () => {
  const mentions = relationship("MENTIONS", "c1", "e1", {});
  const [statement] = statementsOf({ ...nothing, upsertRelationships: [mentions] }, "together", "none");
  expect(statement?.text).not.toContain("KeptStub");
  expect(statement?.locked).toEqual(["Chunk", "Entity"]);
});

test("facts go type by type while there are few relationships; a type that is no plain name is a parameter then too", () => {
  const hostile = "A\\u0060 {id:1}]->(b) DETACH DELETE b //";
  const upsertRelationships = ["WROTE", hostile, "ESCREVEU_À", "WROTE"].map((type, index) =>
    relationship(type, "e1", `e${index}`, {}),
  );
  const statements = statementsOf({ ...nothing, upsertRelationships }, "by type");
  const typeIn = (text: string) => /MERGE \(a\)-\[r:(.*) \{id/.exec(text)?.[1];
  expect(statements.map(({ text, rows }) => [typeIn(text), rows.length])).toEqual([
    ["`WROTE`", 2],
    ["$(row.type)", 1],
    ["`ESCREVEU_\\u00c0`", 1],
  ]);
  expect(statements[1]?.rows[0]).toMatchObject({ type: hostile });
});

test("relationships go first, then nodes are re-keyed, written, joined, and at last removed", () => {
  expect(statementsOf(everything(), "by type").map(({ kind }) => kind)).toEqual([
    ...Array(7).fill("deleteRelationships"),
    ...["Chunk", "Entity"].flatMap(() => ["rekeyNodes", "keepNodes", "deleteNodes"]),
    ...Array(4).fill("upsertNodes"),
    ...Array(7).fill("upsertRelationships"),
    ...nodeLabels.flatMap(() => ["keepNodes", "deleteNodes"]),
  ]);
});

test("a statement has a bounded number of rows, sorted by id where several are sent at once", () => {
  const upsertNodes = Array.from({ length: 1_250 }, (_, index) =>
    node(["Chunk"], `c${(index * 7) % 1_250}`, { text: "text", contentHash: "h" }),
  );
  const statements = statementsOf({ ...nothing, upsertNodes }, "together");
  expect(statements.map(({ rows }) => rows.length)).toEqual([500, 500, 250]);
  const ids = statements.flatMap(({ rows }) => rows.map((row) => String(row["id"])));
  expect(ids).toEqual(ids.toSorted());
  expect(statementsOf({ ...nothing, upsertNodes: upsertNodes.toReversed() }, "together")).toEqual(statements);
});

test("every property that notes bring into a graph is one that statements write, in its place", async () => {
  const workspace = emptyGraph();
  await takeIn(exampleNotes, workspace);
  const { rows } = await readGraph(workspace);
  for (const row of rows) {
    const written = row.kind === "node" ? nodeProperties[row.labels[0]] : relationshipProperties(row.type);
    const names = Object.keys(row.properties);
    expect(names).toEqual(written.filter((name) => names.includes(name)));
    if (row.kind === "node" && row.labels[0] === "Entity") expect(row.labels[1]).toBe(row.properties["type"]);
  }
});

describe.skipIf(!(await hasNeo4j()))("the plans that Neo4j makes", () => {
  test("find every node by an index and every relationship from its end, in an empty store and in a full one", async () => {
    const server = await emptyNeo4j();
    const connection = await openNeo4j(server);
    await prepareNeo4j(connection);
    await connection.close();
    await expectGoodPlans(server, true);
    await server.driver.executeQuery(
      `UNWIND range(1, 3000) AS i CREATE (a:Entity {id: 'e' + i, vault: 'v', key: 'e' + i})
       CREATE (n:Note {id: 'n' + i, vault: 'v'})-[:HAS_CHUNK {id: 'h' + i}]->(c:Chunk {id: 'c' + i})
       CREATE (n)-[:TAGGED {id: 't' + i}]->(:Tag {name: 't' + i})
       CREATE (c)-[:MENTIONS {id: 'm' + i}]->(a) CREATE (a)-[:KNOWS {id: 'f' + i}]->(a)`,
      {},
      { database: server.database },
    );
    await expectGoodPlans(server, false);
  });
});

/** Whatever a plan begins with is looked up in an index; relationships are only reached from their ends. */
async function expectGoodPlans({ driver, database }: TestNeo4j, isEmpty: boolean): Promise<void> {
  const texts = [
    ...new Set(
      (["some", "none"] as const).flatMap((keptNodes) =>
        statementsOf(everything(), isEmpty ? "by type" : "together", keptNodes).map(({ text }) => text),
      ),
    ),
    ...Object.values(markerTexts),
    ...nodeLabels.map(abandonedNodesText),
  ];
  const parameters = { rows: [], revision: "", patch: "" };
  for (const text of texts) {
    const query = isEmpty ? `CYPHER replan=force EXPLAIN ${text}` : `EXPLAIN ${text}`;
    const { summary } = await driver.executeQuery(query, parameters, { database });
    const operators = operatorsOf(summary.plan);
    // A kept node is found among the few of its label.
    const isKept = text.startsWith("MATCH (n:KeptStub)");
    const scans = operators.filter((name) => /Scan/.test(name));
    expect(scans, text).toEqual(isKept ? ["NodeByLabelScan"] : []);
    expect(operators.some((name) => name.startsWith("NodeUniqueIndexSeek")) || isKept, text).toBe(true);
  }
}

function operatorsOf(plan: unknown): string[] {
  const { operatorType, children } = plan as { operatorType: string; children: unknown[] };
  return [operatorType.replace(/@.*/, ""), ...children.flatMap(operatorsOf)];
}

/** A patch with something of every kind. */
function everything(): Patch {
  const types = [...ownRelationshipTypes, "KNOWS"];
  return {
    deleteRelationships: types.map((type) => ({ kind: "relationship", type, from: "a", to: "b" })),
    rekeyNodes: [
      { label: "Chunk", from: "a", to: "b" },
      { label: "Entity", from: "a", to: "b" },
    ],
    upsertNodes: [
      node(["Note"], "n1", { path: "a.md" }),
      node(["Chunk"], "c1", {}),
      node(["Entity", "Person"], "e1", {}),
      node(["Tag"], "t", { name: "t" }),
    ],
    upsertRelationships: types.map((type) => relationship(type, "a", "b", {})),
    deleteNodes: nodeLabels.map((label) => ({ kind: "node", label, id: "x" })),
  };
}

function node(labels: NodeRow["labels"], id: string, properties: Properties): NodeRow {
  return { kind: "node", labels, id, properties, owner: id };
}

function relationship(type: string, from: string, to: string, properties: Properties): RelationshipRow {
  return { kind: "relationship", type, from, to, properties, owner: from };
}
