import {
  endLabels,
  type NodeRow,
  type PropertyValue,
  relationshipId,
  type RelationshipRow,
  type Row,
} from "../knowledge/graph-rows.ts";
import { cypherName, cypherString } from "./cypher-literal.ts";
import { listExpression, packed, propertiesExpression, separatorsFor } from "./cypher-rows.ts";
import { identityProperty, neo4jSchema } from "./neo4j-schema.ts";

/** Bounds of one statement, which is one transaction. */
const mostRows = 1_000;
const mostCharacters = 250_000;
/** Statements that are being filled at once; rows of one label differ in the properties they have. */
const mostOpen = 16;

/**
 * The graph as a script for cypher-shell, to be run into an empty database (Neo4j 5.26 or newer); running it again
 * changes nothing. It is plain ASCII, one row a line, and only the end of a statement is a semicolon at a line's end.
 */
export async function* exportCypher(rows: AsyncIterable<Row>): AsyncIterable<string> {
  yield neo4jSchema.map((statement) => `${statement};\n`).join("");
  const open = new Map<string, Batch>();
  let group = "";
  for await (const row of rows) {
    const { action, values } = plan(row);
    const rowGroup = row.kind === "node" ? row.labels[0] : row.type;
    const [oldest] = open;
    if (rowGroup !== group) {
      yield* [...open].map(statement);
      open.clear();
      group = rowGroup;
    } else if (oldest !== undefined && open.size === mostOpen && !open.has(action)) {
      yield statement(oldest);
      open.delete(oldest[0]);
    }
    const batch = open.get(action) ?? { rows: [], characters: 0 };
    open.set(action, batch);
    batch.rows.push(values);
    batch.characters += values.reduce<number>((sum, value) => sum + String(value).length, 0);
    if (batch.rows.length >= mostRows || batch.characters >= mostCharacters) {
      open.delete(action);
      yield statement([action, batch]);
    }
  }
  yield* [...open].map(statement);
}

interface Batch {
  readonly rows: (readonly PropertyValue[])[];
  characters: number;
}

/** What a row is written with: clauses that rows of one kind share, and the values that they are given. */
interface Plan {
  readonly action: string;
  readonly values: readonly PropertyValue[];
}

function plan(row: Row): Plan {
  return row.kind === "node" ? nodePlan(row) : relationshipPlan(row);
}

/** The label that a node is found by stands in the text: by one that is computed Neo4j would scan all nodes. */
function nodePlan({ labels: [label, ...types], id, properties }: NodeRow): Plan {
  const identity = identityProperty[label];
  const own = Object.entries(properties).filter(([name]) => name !== identity);
  const more = types.length > 0 ? [types] : [];
  const settings = [
    ...more.map(() => `node:$(${listExpression("value[1]")})`),
    ...(own.length > 0 ? [`node += ${propertiesExpression(own, 1 + more.length)}`] : []),
  ];
  return {
    action: [
      `MERGE (node:${label} {${identity}: value[0]})`,
      ...(settings.length > 0 ? [`SET ${settings.join(", ")}`] : []),
    ].join("\n"),
    values: [id, ...more, ...own.map(([, value]) => value)],
  };
}

function relationshipPlan(row: RelationshipRow): Plan {
  const [from, to] = endLabels(row.type);
  const own = Object.entries(row.properties).filter(([name]) => name !== "id");
  return {
    action: [
      `MATCH (source:${from} {${identityProperty[from]}: value[0]})`,
      `MATCH (target:${to} {${identityProperty[to]}: value[1]})`,
      `MERGE (source)-[relationship:${cypherName(row.type)} {id: value[2]}]->(target)`,
      ...(own.length > 0 ? [`SET relationship += ${propertiesExpression(own, 3)}`] : []),
    ].join("\n"),
    values: [row.from, row.to, relationshipId(row), ...own.map(([, value]) => value)],
  };
}

function statement([action, { rows }]: readonly [string, Batch]): string {
  const separators = separatorsFor(rows.flat());
  const lines = rows.map((values) => cypherString(packed(values, separators)));
  return [
    `WITH ${cypherString(separators.field)} AS field, ${cypherString(separators.item)} AS item`,
    `UNWIND [\n${lines.join(",\n")}\n] AS line`,
    "WITH split(line, field) AS value, item",
    `${action};\n`,
  ].join("\n");
}
