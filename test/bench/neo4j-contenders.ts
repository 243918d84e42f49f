import { join } from "node:path";
import neo4j, { type Driver } from "neo4j-driver";
import { endLabels, isRealProperty, type Row } from "../../src/knowledge/graph-rows.ts";
import { relationshipId } from "../../src/knowledge/graph-rows.ts";
import { patchesOf } from "../../src/store/adopt-rows.ts";
import { openNeo4j } from "../../src/store/neo4j-connection.ts";
import { StatementWriter } from "../../src/store/neo4j-write.ts";
import { openNeo4jWorkspace } from "../../src/store/neo4j-workspace.ts";
import type { ServerAddress } from "../../scripts/neo4j-server/home.ts";

/** A way of writing rows into an empty database that has our constraints; returns how many rows it wrote. */
export type Contender = (rows: readonly Row[], server: ServerAddress, folder: string) => Promise<number>;

/** As `copy` does: the statements of patches, one after the other. */
export const ours: Contender = async (rows, server) => {
  const connection = await openNeo4j(server);
  const writer = new StatementWriter(connection);
  for await (const patch of patchesOf(asAsync(rows))) {
    await writer.write(await writer.statementsOf(patch));
  }
  await connection.close();
  return rows.length;
};

/** As a run does: each patch is recorded in the state file before, and its rows are kept there after. */
export const withState: Contender = async (rows, server, folder) => {
  const workspace = await openNeo4jWorkspace(server, { statePath: () => join(folder, "state.sqlite") });
  for await (const patch of patchesOf(asAsync(rows))) await workspace.store.apply(patch);
  await workspace.close();
  return rows.length;
};

/** As somebody would write by hand who knows how: thousands of rows a statement, a statement a transaction. */
export const byHand: Contender = async (rows, { uri, username, password, database }) => {
  const driver = neo4j.driver(uri, neo4j.auth.basic(username, password));
  const send = async (query: string, batch: readonly object[]) => {
    for (let at = 0; at < batch.length; at += 1_000) {
      const session = driver.session({ database });
      await session.executeWrite((tx) => tx.run(query, { rows: batch.slice(at, at + 1_000) }));
      await session.close();
    }
  };
  const nodes = rows.filter((row) => row.kind === "node");
  for (const [label, ofLabel] of Map.groupBy(nodes, (row) => row.labels[0])) {
    const key = label === "Tag" ? "name" : "id";
    const types = label === "Entity" ? ", n:$(row.types)" : "";
    await send(
      `UNWIND $rows AS row MERGE (n:${label} {${key}: row.id}) SET n += row.properties${types}`,
      ofLabel.map(({ id, labels, properties }) => ({
        id,
        types: labels.slice(1),
        properties: sent(properties),
      })),
    );
  }
  const relationships = rows.filter((row) => row.kind === "relationship");
  for (const [type, ofType] of Map.groupBy(relationships, (row) => row.type)) {
    const [from, to] = endLabels(type);
    const key = to === "Tag" ? "name" : "id";
    await send(
      `UNWIND $rows AS row MATCH (a:${from} {id: row.from}) MATCH (b:${to} {${key}: row.to})
       MERGE (a)-[r:\`${type}\` {id: row.id}]->(b) SET r += row.properties`,
      ofType.map((row) => ({
        id: relationshipId(row),
        from: row.from,
        to: row.to,
        properties: sent(row.properties),
      })),
    );
  }
  await driver.close();
  return rows.length;
};

interface GraphDocument {
  nodes: { id: string; type: string; properties: object }[];
  relationships: object[];
  source: { pageContent: string; metadata: Record<string, unknown> };
}

/** What the package exports, as far as it is used here. */
export interface LangChainNeo4j {
  readonly Neo4jGraph: {
    initialize(config: object): Promise<{
      addGraphDocuments(documents: readonly GraphDocument[], config: object): Promise<void>;
      close(): Promise<void>;
    }>;
  };
}

/** LangChain's graph writer, given a document for each chunk: its entities, the facts between them, and its text. */
export function langChain({ Neo4jGraph }: LangChainNeo4j): Contender {
  return async (rows, { uri, username, password, database }) => {
    const graph = await Neo4jGraph.initialize({ url: uri, username, password, database });
    const documents = documentsOf(rows);
    await graph.addGraphDocuments(documents, { baseEntityLabel: true, includeSource: true });
    await graph.close();
    const driver: Driver = neo4j.driver(uri, neo4j.auth.basic(username, password));
    const { records } = await driver.executeQuery(
      "RETURN COUNT { MATCH (n) } + COUNT { MATCH ()-[r]->() } AS count",
      {},
      { database },
    );
    await driver.close();
    return Number(records[0]?.get("count"));
  };
}

function documentsOf(rows: readonly Row[]): GraphDocument[] {
  const entities = new Map<string, GraphDocument["nodes"][number]>();
  const mentions = new Map<string, string[]>();
  const facts = new Map<string, Row[]>();
  for (const row of rows) {
    if (row.kind === "node" && row.labels[0] === "Entity")
      entities.set(row.id, { id: row.id, type: row.labels[1] ?? "Concept", properties: row.properties });
    if (row.kind !== "relationship") continue;
    if (row.type === "MENTIONS") mentions.set(row.from, [...(mentions.get(row.from) ?? []), row.to]);
    if (endLabels(row.type)[0] === "Entity") facts.set(row.from, [...(facts.get(row.from) ?? []), row]);
  }
  const said = new Set<string>();
  return rows.flatMap((row) => {
    if (row.kind !== "node" || row.labels[0] !== "Chunk") return [];
    const nodes = (mentions.get(row.id) ?? []).flatMap((id) => entities.get(id) ?? []);
    const relationships = nodes.flatMap((node) => {
      if (said.has(node.id)) return [];
      said.add(node.id);
      return (facts.get(node.id) ?? []).flatMap((fact) => {
        const target = fact.kind === "relationship" ? entities.get(fact.to) : undefined;
        return fact.kind === "relationship" && target !== undefined
          ? [{ source: node, target, type: fact.type, properties: fact.properties }]
          : [];
      });
    });
    const source = { pageContent: String(row.properties["text"]), metadata: { id: row.id } };
    return [{ nodes, relationships, source }];
  });
}

function sent(properties: Row["properties"]): object {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [
      name,
      typeof value === "number" && !isRealProperty(name) ? neo4j.int(value) : value,
    ]),
  );
}

async function* asAsync<Item>(items: readonly Item[]): AsyncIterable<Item> {
  yield* items;
}
