import {
  type NodeLabel,
  nodeLabels,
  ownRelationshipTypes,
  type Properties,
  type Row,
} from "../knowledge/graph-rows.ts";
import type { Patch } from "../knowledge/patch.ts";
import type { Database } from "./database.ts";
import { findChunks, findEntities } from "./embedded-search.ts";
import { around } from "./embedded-surroundings.ts";
import { GraphTables } from "./graph-tables.ts";
import type { ChunkFound, EntityFound, GraphCounts, Store, Surroundings } from "./store.ts";

const labelOrder: readonly NodeLabel[] = nodeLabels;

/** The graph in one SQLite file, together with what is needed to keep it up to date. */
export class EmbeddedStore implements Store {
  readonly #database: Database;
  readonly #tables: GraphTables;

  constructor(database: Database) {
    this.#database = database;
    this.#tables = new GraphTables(database);
  }

  async apply(patch: Patch): Promise<void> {
    this.#database.transaction(() => this.#tables.apply(patch));
  }

  async *rows(): AsyncIterable<Row> {
    const endReading = this.#database.beginReading();
    try {
      yield* this.#nodeRows();
      yield* this.#relationshipRows();
    } finally {
      endReading();
    }
  }

  async counts(): Promise<GraphCounts> {
    const tally = new Map(
      this.#database
        .all<{ label: string; count: number }>("SELECT label, count FROM tally")
        .map((row) => [row.label, row.count]),
    );
    const own = new Set<string>(ownRelationshipTypes);
    let facts = 0;
    for (const [name, count] of tally) if (name.startsWith("-") && !own.has(name.slice(1))) facts += count;
    const of = (name: string) => tally.get(name) ?? 0;
    return {
      notes: of("Note"),
      chunks: of("Chunk"),
      entities: of("Entity"),
      facts,
      mentions: of("-MENTIONS"),
      links: of("-LINKS_TO"),
      tags: of("Tag"),
    };
  }

  async findChunks(words: readonly string[], limit: number): Promise<ChunkFound[]> {
    return findChunks(this.#database, words, limit);
  }

  async findEntities(words: readonly string[], limit: number): Promise<EntityFound[]> {
    return findEntities(this.#database, words, limit);
  }

  async around(entityIds: readonly string[], limit: number): Promise<Surroundings> {
    return around(this.#database, entityIds, limit);
  }

  async close(): Promise<void> {
    this.#database.close();
  }

  *#nodeRows(): Generator<Row> {
    for (const label of labelOrder) {
      const records = this.#database.iterate<{
        id: string;
        owner: string;
        content: string;
        text: string | null;
      }>(
        `SELECT node.id, owner.name AS owner, content, chunk_text.text FROM node JOIN owner USING (owner)
         LEFT JOIN chunk_text ON label = 'Chunk' AND chunk_text.id = node.id WHERE label = ? ORDER BY node.id`,
        label,
      );
      // SQLite orders by bytes; only the names of tags can have characters where that differs.
      const ordered = label === "Tag" ? [...records].toSorted((a, b) => byCodeUnit(a.id, b.id)) : records;
      for (const { id, owner, content, text } of ordered) {
        const [labels, said] = JSON.parse(content) as [[NodeLabel, ...string[]], Properties];
        const properties = text === null ? said : { text, ...said };
        yield { kind: "node", labels, id, properties, owner };
      }
    }
  }

  *#relationshipRows(): Generator<Row> {
    const types = this.#database.all<{ type: string }>("SELECT DISTINCT type FROM relationship");
    for (const type of types.map((row) => row.type).toSorted(byCodeUnit)) {
      const records = this.#database.iterate<{
        source: string;
        target: string;
        owner: string;
        content: string;
      }>(
        `SELECT source.id AS source, target.id AS target, owner.name AS owner, relationship.content FROM relationship
         JOIN node AS source ON source.node = relationship.source JOIN node AS target ON target.node = relationship.target
         JOIN owner ON owner.owner = relationship.owner WHERE type = ? ORDER BY source.id, target.id`,
        type,
      );
      const ordered =
        type === "TAGGED"
          ? [...records].toSorted((a, b) => byCodeUnit(a.source, b.source) || byCodeUnit(a.target, b.target))
          : records;
      for (const { source, target, owner, content } of ordered) {
        yield {
          kind: "relationship",
          type,
          from: source,
          to: target,
          properties: JSON.parse(content) as Properties,
          owner,
        };
      }
    }
  }
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
