import { endLabels, type NodeLabel, nodeLabels, type Properties, type Row } from "../knowledge/graph-rows.ts";
import { entityId } from "../knowledge/identity.ts";
import { ownerOfRelationship, tagOwner } from "../knowledge/owners.ts";
import { nodeProperties, pick, relationshipProperties } from "../knowledge/own-properties.ts";
import { cypherName } from "./cypher-literal.ts";
import type { Neo4jConnection } from "./neo4j-connection.ts";
import { identityProperty, keptLabel } from "./neo4j-schema.ts";

/*
 * A database can hold nodes of the user's under our labels. Ours carry what derive always gives them: a vault, a
 * content hash, a note that has the tag.
 */
export const isOurs: Readonly<Record<NodeLabel, string>> = {
  Note: `n.id IS NOT NULL AND n.vault IS NOT NULL AND NOT n:${keptLabel}`,
  Chunk: `n.id IS NOT NULL AND n.contentHash IS NOT NULL AND NOT n:${keptLabel}`,
  Entity: `n.id IS NOT NULL AND n.vault IS NOT NULL AND NOT n:${keptLabel}`,
  Tag: `n.name IS NOT NULL AND NOT n:${keptLabel} AND EXISTS { MATCH (n)<-[r:TAGGED]-() WHERE r.id IS NOT NULL }`,
};

/** Every row of ours, in the order of an export, each with its owner as derive would say. */
export async function* neo4jRows(connection: Neo4jConnection): AsyncIterable<Row> {
  const owners = new Map<string, string>();
  for (const label of nodeLabels) yield* nodeRows(connection, label, owners);
  const types = await connection.read(
    "CALL db.relationshipTypes() YIELD relationshipType AS type RETURN type",
  );
  for (const type of types.map((row) => String(row["type"])).toSorted(byCodeUnit)) {
    yield* relationshipRows(connection, type, owners);
  }
}

async function* nodeRows(
  connection: Neo4jConnection,
  label: NodeLabel,
  owners: Map<string, string>,
): AsyncIterable<Row> {
  const id = identityProperty[label];
  const note =
    label === "Chunk" ? "head([(note:Note)-[r:HAS_CHUNK]->(n) WHERE r.id IS NOT NULL | note.id])" : "null";
  const found = connection.stream(
    `MATCH (n:${label}) WHERE ${isOurs[label]}
     RETURN n.${id} AS id, labels(n) AS labels, properties(n) AS properties, ${note} AS note ORDER BY id`,
  );
  // Only the names of tags can have characters that servers order differently.
  for await (const record of label === "Tag" ? sorted(found, (row) => String(row["id"])) : found) {
    const properties = pick(nodeProperties[label], record["properties"] as Record<string, unknown>);
    const nodeId = String(record["id"]);
    const type = properties["type"];
    const hasType = typeof type === "string" && (record["labels"] as string[]).includes(type);
    const owner = ownerOf(label, nodeId, properties, record["note"]);
    if (owner !== nodeId) owners.set(`${label} ${nodeId}`, owner);
    yield {
      kind: "node",
      labels: label === "Entity" && hasType ? [label, type] : [label],
      id: nodeId,
      properties,
      owner,
    };
  }
}

async function* relationshipRows(
  connection: Neo4jConnection,
  type: string,
  owners: ReadonlyMap<string, string>,
): AsyncIterable<Row> {
  const [from, to] = endLabels(type);
  const found = connection.stream(
    `MATCH (a:${from})-[r:${cypherName(type)}]->(b:${to})
     WHERE r.id IS NOT NULL AND NOT a:${keptLabel} AND NOT b:${keptLabel}
     RETURN a.${identityProperty[from]} AS from, b.${identityProperty[to]} AS to, properties(r) AS properties
     ORDER BY from, to`,
  );
  const key = (row: Record<string, unknown>) => `${String(row["from"])} ${String(row["to"])}`;
  for await (const record of type === "TAGGED" ? sorted(found, key) : found) {
    const source = String(record["from"]);
    const target = String(record["to"]);
    yield {
      kind: "relationship",
      type,
      from: source,
      to: target,
      properties: pick(relationshipProperties(type), record["properties"] as Record<string, unknown>),
      owner: ownerOfRelationship(
        type,
        owners.get(`${from} ${source}`) ?? source,
        owners.get(`${to} ${target}`) ?? target,
      ),
    };
  }
}

/** What a node's row is derived for; an entity's is known by its key, whatever id somebody gave it. */
function ownerOf(label: NodeLabel, id: string, { vault, key }: Properties, note: unknown): string {
  switch (label) {
    case "Note":
      return id;
    case "Chunk":
      return String(note ?? "");
    case "Entity":
      return entityId(String(vault), String(key));
    case "Tag":
      return tagOwner(id);
  }
}

/** Nodes that were kept for the user; a note is known by its path when it comes back. */
export async function keptNotes(
  connection: Neo4jConnection,
): Promise<{ id: string; vault: string; path: string }[]> {
  const rows = await connection.read(
    `MATCH (n:${keptLabel}) WHERE n:Note RETURN n.id AS id, n.vault AS vault, n.path AS path ORDER BY path, id`,
  );
  return rows.map((row) => ({
    id: String(row["id"]),
    vault: String(row["vault"]),
    path: String(row["path"]),
  }));
}

/** Chunks of ours that no note has: what a run left that never came to its end. */
export async function orphanChunks(connection: Neo4jConnection): Promise<string[]> {
  const rows = await connection.read(
    `MATCH (n:Chunk) WHERE ${isOurs.Chunk} AND NOT EXISTS { MATCH (:Note)-[:HAS_CHUNK]->(n) } RETURN n.id AS id ORDER BY id`,
  );
  return rows.map((row) => String(row["id"]));
}

async function* sorted<Item>(items: AsyncIterable<Item>, key: (item: Item) => string): AsyncIterable<Item> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  yield* all.toSorted((a, b) => byCodeUnit(key(a), key(b)));
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
