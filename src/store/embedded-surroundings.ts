import { ownRelationshipTypes, type Properties } from "../knowledge/graph-rows.ts";
import type { Database } from "./database.ts";
import { chunkFound } from "./embedded-search.ts";
import type { ChunkFound, FactFound, Surroundings } from "./store.ts";

const own = ownRelationshipTypes.map((type) => `'${type}'`).join(", ");

interface FactRecord {
  source: string;
  type: string;
  target: string;
  content: string;
}

/** Facts with one of the entities at an end, and the chunks that mention most of the entities. */
export function around(database: Database, entityIds: readonly string[], limit: number): Surroundings {
  const facts = new Map<string, FactFound>();
  for (const id of entityIds) {
    const records = database.all<FactRecord>(
      `SELECT source, type, target, content FROM relationship WHERE source = ? AND type NOT IN (${own})
       UNION ALL
       SELECT source, type, target, content FROM relationship WHERE target = ? AND type NOT IN (${own}) LIMIT ?`,
      id,
      id,
      limit,
    );
    for (const record of records) {
      facts.set(`${record.source} ${record.type} ${record.target}`, factFound(database, record));
    }
  }
  return { facts: [...facts.values()].slice(0, limit), chunks: mentioning(database, entityIds, limit) };
}

function factFound(database: Database, { source, type, target, content }: FactRecord): FactFound {
  const properties = JSON.parse(content) as Properties;
  const evidence = (properties["evidence"] ?? []) as readonly string[];
  const chunkIds = (properties["chunkIds"] ?? []) as readonly string[];
  return {
    source: nameOf(database, source),
    type,
    target: nameOf(database, target),
    evidence: evidence[0] ?? "",
    path: pathOf(database, chunkIds[0] ?? "", source),
  };
}

/** A fact of the front matter has no chunk: it is the describing note that says it. */
function pathOf(database: Database, chunkId: string, entityId: string): string {
  const note =
    chunkId === ""
      ? database.get<{ content: string }>(
          `SELECT node.content FROM relationship JOIN node ON node.id = source AND label = 'Note'
           WHERE target = ? AND type = 'DESCRIBES' ORDER BY source LIMIT 1`,
          entityId,
        )
      : database.get<{ content: string }>(
          `SELECT node.content FROM relationship JOIN node ON node.id = source AND label = 'Note'
           WHERE target = ? AND type = 'HAS_CHUNK'`,
          chunkId,
        );
  return note === undefined
    ? ""
    : String((JSON.parse(note.content) as [string[], Properties])[1]["path"] ?? "");
}

function nameOf(database: Database, entityId: string): string {
  const node = database.get<{ content: string }>(
    "SELECT content FROM node WHERE id = ? AND label = 'Entity'",
    entityId,
  );
  return node === undefined
    ? ""
    : String((JSON.parse(node.content) as [string[], Properties])[1]["name"] ?? "");
}

function mentioning(database: Database, entityIds: readonly string[], limit: number): ChunkFound[] {
  if (entityIds.length === 0) return [];
  const rows = database.all<{ id: string; content: string; score: number }>(
    `SELECT node.id, node.content, sum(json_extract(relationship.content, '$.confidence')) AS score
     FROM relationship JOIN node ON node.id = relationship.source AND node.label = 'Chunk'
     WHERE target IN (SELECT value FROM json_each(?)) AND type = 'MENTIONS'
     GROUP BY node.id ORDER BY score DESC, node.id LIMIT ?`,
    JSON.stringify(entityIds),
    limit,
  );
  return rows.map((row) => chunkFound(database, row));
}
