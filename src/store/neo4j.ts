import { UsageError } from "../errors.ts";
import { ownRelationshipTypes, type Row } from "../knowledge/graph-rows.ts";
import type { Patch } from "../knowledge/patch.ts";
import type { Neo4jConnection } from "./neo4j-connection.ts";
import { isOurs, neo4jRows } from "./neo4j-rows.ts";
import { around, findChunks, findEntities } from "./neo4j-search.ts";
import type { ChunkFound, EntityFound, GraphCounts, Store, Surroundings } from "./store.ts";

/** What a store knows that keeps a state beside the server. */
export interface KeptBeside {
  /** How a patch gets into the graph. */
  readonly write: (patch: Patch) => Promise<void>;
  /** Counting on the server looks at every row; the state has counted them. */
  readonly counts: () => Promise<GraphCounts>;
}

/** The graph in a Neo4j database. What is in it is read from the server; without a state it is only read. */
export class Neo4jStore implements Store {
  readonly #connection: Neo4jConnection;
  readonly #beside: KeptBeside | undefined;

  constructor(connection: Neo4jConnection, beside?: KeptBeside) {
    this.#connection = connection;
    this.#beside = beside;
  }

  async apply(patch: Patch): Promise<void> {
    if (this.#beside === undefined) {
      throw new UsageError("STORE_READ_ONLY", "This graph was opened to be read: open it to be written to.");
    }
    await this.#beside.write(patch);
  }

  rows(): AsyncIterable<Row> {
    return neo4jRows(this.#connection);
  }

  counts(): Promise<GraphCounts> {
    return this.#beside?.counts() ?? this.#countAll();
  }

  async #countAll(): Promise<GraphCounts> {
    const [notes, chunks, entities, tags, mentions, links, facts] = await Promise.all([
      this.#count(`MATCH (n:Note) WHERE ${isOurs.Note}`),
      this.#count(`MATCH (n:Chunk) WHERE ${isOurs.Chunk}`),
      this.#count(`MATCH (n:Entity) WHERE ${isOurs.Entity}`),
      this.#count(`MATCH (n:Tag) WHERE ${isOurs.Tag}`),
      this.#count("MATCH (:Chunk)-[n:MENTIONS]->(:Entity) WHERE n.id IS NOT NULL"),
      this.#count("MATCH (:Note)-[n:LINKS_TO]->(:Note) WHERE n.id IS NOT NULL"),
      this.#count(`MATCH (:Entity)-[n]->(:Entity) WHERE n.id IS NOT NULL AND NOT type(n) IN [${ownTypes}]`),
    ]);
    return { notes, chunks, entities, facts, mentions, links, tags };
  }

  findChunks(words: readonly string[], limit: number): Promise<ChunkFound[]> {
    return findChunks(this.#connection, words, limit);
  }

  findEntities(words: readonly string[], limit: number): Promise<EntityFound[]> {
    return findEntities(this.#connection, words, limit);
  }

  around(entityIds: readonly string[], limit: number): Promise<Surroundings> {
    return around(this.#connection, entityIds, limit);
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  async #count(pattern: string): Promise<number> {
    const [row] = await this.#connection.read(`${pattern} RETURN count(n) AS count`);
    return Number(row?.["count"] ?? 0);
  }
}

const ownTypes = ownRelationshipTypes.map((type) => `'${type}'`).join(", ");
