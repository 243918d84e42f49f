import type { Properties } from "../knowledge/graph-rows.ts";
import type { Database } from "./database.ts";
import type { ChunkFound, EntityFound } from "./store.ts";

/** A word of at least this length also finds words that begin like it (`escreve` finds `escreveu`). */
const shortestStem = 5;
const stemEnding = 2;

/** Full text over chunks: some word is enough, rare words count more (BM25). */
export function findChunks(database: Database, words: readonly string[], limit: number): ChunkFound[] {
  const query = matchAny(words);
  if (query === undefined) return [];
  const rows = database.all<ChunkRecord>(
    `SELECT node.node, node.id, content, text, -bm25(chunk_words) AS score
     FROM chunk_words CROSS JOIN chunk_text ON text_row = chunk_words.rowid
     CROSS JOIN node ON node.id = chunk_text.id AND label = 'Chunk'
     WHERE chunk_words MATCH ? ORDER BY bm25(chunk_words), node.id LIMIT ?`,
    query,
    limit,
  );
  return rows.map((row) => chunkFound(database, row));
}

/** Full text over names and aliases; without words, the most mentioned. */
export function findEntities(database: Database, words: readonly string[], limit: number): EntityFound[] {
  const query = matchAny(words);
  return (query === undefined ? mostMentioned(database, limit) : named(database, query, limit)).map(
    ({ id, content, score }) => {
      const [, properties] = JSON.parse(content) as [string[], Properties];
      return {
        id,
        name: String(properties["name"]),
        type: String(properties["type"]),
        aliases: (properties["aliases"] ?? []) as readonly string[],
        mentionCount: Number(properties["mentionCount"] ?? 0),
        score,
      };
    },
  );
}

interface Scored {
  id: string;
  content: string;
  score: number;
}

function named(database: Database, query: string, limit: number): Scored[] {
  return database.all<Scored>(
    `SELECT node.id, node.content, -bm25(name_words) AS score
     FROM name_words JOIN node ON node.node = name_words.rowid
     WHERE name_words MATCH ? ORDER BY bm25(name_words), node.id LIMIT ?`,
    query,
    limit,
  );
}

function mostMentioned(database: Database, limit: number): Scored[] {
  return database.all<Scored>(
    `SELECT id, content, json_extract(content, '$[1].mentionCount') AS score
     FROM node WHERE label = 'Entity' ORDER BY score DESC, id LIMIT ?`,
    limit,
  );
}

/** A chunk's node and text, with how well it fits. */
export interface ChunkRecord {
  node: number;
  id: string;
  content: string;
  text: string;
  score: number;
}

/** What a chunk's node and its note's node say together. */
export function chunkFound(database: Database, row: ChunkRecord): ChunkFound {
  const [, chunk] = JSON.parse(row.content) as [string[], Properties];
  const note = database.get<{ content: string }>(
    `SELECT node.content FROM relationship JOIN node ON node = source
     WHERE target = ? AND type = 'HAS_CHUNK'`,
    row.node,
  );
  const [, properties] =
    note === undefined ? [[], {} as Properties] : (JSON.parse(note.content) as [string[], Properties]);
  return {
    id: row.id,
    path: String(properties["path"] ?? ""),
    title: String(properties["title"] ?? ""),
    headings: (chunk["headings"] ?? []) as readonly string[],
    text: row.text,
    score: row.score,
  };
}

/** An FTS5 query; every word is quoted, so nothing in it is syntax. */
function matchAny(words: readonly string[]): string | undefined {
  const terms = [...new Set(words)].flatMap((word) => {
    const quoted = word.replaceAll('"', "");
    if (quoted === "") return [];
    const stem = [...quoted];
    return stem.length < shortestStem
      ? [`"${quoted}"`]
      : [`"${quoted}"`, `"${stem.slice(0, -stemEnding).join("")}"*`];
  });
  return terms.length === 0 ? undefined : terms.join(" OR ");
}
