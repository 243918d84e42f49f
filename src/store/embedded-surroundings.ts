import { ownRelationshipTypes, type Properties } from "../knowledge/graph-rows.ts";
import type { Database } from "./database.ts";
import { chunkFound, type ChunkRecord } from "./embedded-search.ts";
import type { ChunkFound, FactFound, Surroundings } from "./store.ts";

const own = ownRelationshipTypes.map((type) => `'${type}'`).join(", ");

interface FactRecord {
  source: number;
  sourceContent: string;
  type: string;
  targetContent: string;
  content: string;
}

/** Facts with one of the entities at an end, and the chunks that mention most of the entities. */
export function around(database: Database, entityIds: readonly string[], limit: number): Surroundings {
  const facts = new Map<string, FactFound>();
  for (const id of entityIds) {
    const records = database.all<FactRecord & { key: string }>(
      `SELECT fact.source, type, fact.content, source.content AS sourceContent, target.content AS targetContent,
         fact.source || ' ' || type || ' ' || fact.target AS key
       FROM (
         SELECT relationship.* FROM node JOIN relationship ON source = node WHERE id = ? AND label = 'Entity'
         UNION
         SELECT relationship.* FROM node JOIN relationship ON target = node WHERE id = ? AND label = 'Entity'
       ) AS fact JOIN node AS source ON source.node = fact.source JOIN node AS target ON target.node = fact.target
       WHERE type NOT IN (${own}) ORDER BY source.id, type, target.id LIMIT ?`,
      id,
      id,
      limit,
    );
    for (const record of records) facts.set(record.key, factFound(database, record));
  }
  return { facts: [...facts.values()].slice(0, limit), chunks: mentioning(database, entityIds, limit) };
}

function factFound(database: Database, record: FactRecord): FactFound {
  const properties = JSON.parse(record.content) as Properties;
  const evidence = (properties["evidence"] ?? []) as readonly string[];
  const chunkIds = (properties["chunkIds"] ?? []) as readonly string[];
  return {
    source: nameIn(record.sourceContent),
    type: record.type,
    target: nameIn(record.targetContent),
    evidence: evidence[0] ?? "",
    path: pathOf(database, chunkIds[0] ?? "", record.source),
  };
}

/** A fact of the front matter has no chunk: it is the describing note that says it. */
function pathOf(database: Database, chunkId: string, entity: number): string {
  const note =
    chunkId === ""
      ? database.get<{ content: string }>(
          `SELECT node.content FROM relationship JOIN node ON node = source
           WHERE target = ? AND type = 'DESCRIBES' ORDER BY node.id LIMIT 1`,
          entity,
        )
      : database.get<{ content: string }>(
          `SELECT note.content FROM node AS chunk JOIN relationship ON target = chunk.node AND type = 'HAS_CHUNK'
           JOIN node AS note ON note.node = source WHERE chunk.id = ? AND chunk.label = 'Chunk'`,
          chunkId,
        );
  return note === undefined ? "" : String(propertiesIn(note.content)["path"] ?? "");
}

function nameIn(content: string): string {
  return String(propertiesIn(content)["name"] ?? "");
}

function propertiesIn(content: string): Properties {
  return (JSON.parse(content) as [string[], Properties])[1];
}

function mentioning(database: Database, entityIds: readonly string[], limit: number): ChunkFound[] {
  if (entityIds.length === 0) return [];
  const rows = database.all<ChunkRecord>(
    `SELECT chunk.node, chunk.id, chunk.content, text, sum(json_extract(relationship.content, '$.confidence')) AS score
     FROM node AS entity JOIN relationship ON target = entity.node AND type = 'MENTIONS'
     JOIN node AS chunk ON chunk.node = source JOIN chunk_text ON chunk_text.id = chunk.id
     WHERE entity.label = 'Entity' AND entity.id IN (SELECT value FROM json_each(?))
     GROUP BY chunk.node ORDER BY score DESC, chunk.id LIMIT ?`,
    JSON.stringify(entityIds),
    limit,
  );
  return rows.map((row) => chunkFound(database, row));
}
