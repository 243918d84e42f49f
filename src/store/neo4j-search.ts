import type { Neo4jConnection } from "./neo4j-connection.ts";
import { isOurs } from "./neo4j-rows.ts";
import { keptLabel } from "./neo4j-schema.ts";
import type { ChunkFound, EntityFound, FactFound, Surroundings } from "./store.ts";

/** A word of at least this length also finds words that begin like it (`escreve` finds `escreveu`). */
const shortestStem = 5;
const stemEnding = 2;
/** Lucene takes 1024 clauses; no question has so many words. */
const mostWords = 200;

const chunkWithNote = `
  OPTIONAL MATCH (note:Note)-[has:HAS_CHUNK]->(n) WHERE has.id IS NOT NULL
  RETURN n.id AS id, coalesce(note.path, '') AS path, coalesce(note.title, '') AS title,
    coalesce(n.headings, []) AS headings, n.text AS text, score ORDER BY score DESC, id`;

/** Full text over chunks: some word is enough, rare words count more (BM25). */
export async function findChunks(
  connection: Neo4jConnection,
  words: readonly string[],
  limit: number,
): Promise<ChunkFound[]> {
  const query = matchAny(words);
  if (query === undefined) return [];
  const rows = await connection.read(
    `CALL db.index.fulltext.queryNodes('chunk_text', $query) YIELD node AS n, score WHERE ${isOurs.Chunk}
     WITH n, score ORDER BY score DESC, n.id LIMIT $limit ${chunkWithNote}`,
    { query, limit: connection.int(limit) },
  );
  return rows as ChunkFound[];
}

/** Full text over names and aliases; without words, the most mentioned. */
export async function findEntities(
  connection: Neo4jConnection,
  words: readonly string[],
  limit: number,
): Promise<EntityFound[]> {
  const query = matchAny(words);
  const found =
    query === undefined
      ? `MATCH (n:Entity) WHERE ${isOurs.Entity} WITH n, toFloat(coalesce(n.mentionCount, 0)) AS score`
      : `CALL db.index.fulltext.queryNodes('entity_name', $query) YIELD node AS n, score WHERE ${isOurs.Entity}`;
  const rows = await connection.read(
    `${found} RETURN n.id AS id, n.name AS name, coalesce(n.type, '') AS type, coalesce(n.aliases, []) AS aliases,
       coalesce(n.mentionCount, 0) AS mentionCount, score ORDER BY score DESC, id LIMIT $limit`,
    { query: query ?? "", limit: connection.int(limit) },
  );
  return rows as EntityFound[];
}

/** Facts with one of the entities at an end, and the chunks that mention most of the entities. */
export async function around(
  connection: Neo4jConnection,
  entityIds: readonly string[],
  limit: number,
): Promise<Surroundings> {
  if (entityIds.length === 0) return { facts: [], chunks: [] };
  const parameters = { ids: entityIds, limit: connection.int(limit) };
  const facts = await connection.read(
    `UNWIND range(0, size($ids) - 1) AS place
     MATCH (e:Entity {id: $ids[place]})-[r]-(other:Entity) WHERE r.id IS NOT NULL AND NOT other:${keptLabel}
     WITH r, min(place) AS place, min(CASE WHEN startNode(r).id = $ids[place] THEN 0 ELSE 1 END) AS side
     WITH r, place, side, startNode(r) AS s, endNode(r) AS t, coalesce(r.chunkIds, [])[0] AS chunk
     ORDER BY place, side, s.id, type(r), t.id LIMIT $limit
     RETURN s.name AS source, type(r) AS type, t.name AS target, coalesce(r.evidence[0], '') AS evidence,
       coalesce(CASE WHEN coalesce(chunk, '') = ''
         THEN COLLECT { MATCH (note:Note)-[d:DESCRIBES]->(s) WHERE d.id IS NOT NULL RETURN note.path ORDER BY note.id LIMIT 1 }[0]
         ELSE COLLECT { MATCH (note:Note)-[h:HAS_CHUNK]->(:Chunk {id: chunk}) WHERE h.id IS NOT NULL RETURN note.path LIMIT 1 }[0]
       END, '') AS path
     ORDER BY place, side, s.id, type, t.id`,
    parameters,
  );
  const chunks = await connection.read(
    `UNWIND $ids AS id MATCH (:Entity {id: id})<-[r:MENTIONS]-(n:Chunk) WHERE r.id IS NOT NULL AND ${isOurs.Chunk}
     WITH n, sum(r.confidence) AS score ORDER BY score DESC, n.id LIMIT $limit ${chunkWithNote}`,
    parameters,
  );
  return { facts: facts as FactFound[], chunks: chunks as ChunkFound[] };
}

/** A Lucene query; every character of a word that could be syntax is escaped. */
function matchAny(words: readonly string[]): string | undefined {
  const terms = [...new Set(words)].slice(0, mostWords).flatMap((word) => {
    const term = word.normalize("NFC").trim();
    if (!/[\p{L}\p{N}]/u.test(term)) return [];
    const characters = [...term];
    const whole = `"${term.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
    const isOneWord = /^[\p{L}\p{N}]+$/u.test(term);
    return characters.length < shortestStem || !isOneWord
      ? [whole]
      : [whole, `${characters.slice(0, -stemEnding).join("")}*`];
  });
  return terms.length === 0 ? undefined : terms.join(" OR ");
}
