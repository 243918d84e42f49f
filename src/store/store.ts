import type { Row } from "../knowledge/graph-rows.ts";
import type { Patch } from "../knowledge/patch.ts";

/** Where a graph is kept. Stores keep rows and find them again; what makes a graph right is decided before. */
export interface Store {
  /** Makes the graph what the patch says; doing it twice changes nothing. */
  apply(patch: Patch): Promise<void>;
  /** Every row in the order of an export: nodes by label and id, relationships by type and ends. */
  rows(): AsyncIterable<Row>;
  counts(): Promise<GraphCounts>;
  /** Chunks that have some of these words (folded, without accents), the best first. */
  findChunks(words: readonly string[], limit: number): Promise<ChunkFound[]>;
  /** Entities whose name or alias has some of these words, the best first; without words, the most mentioned. */
  findEntities(words: readonly string[], limit: number): Promise<EntityFound[]>;
  /** Facts that these entities are an end of, and chunks that mention them. */
  around(entityIds: readonly string[], limit: number): Promise<Surroundings>;
  close(): Promise<void>;
}

export interface GraphCounts {
  readonly notes: number;
  readonly chunks: number;
  readonly entities: number;
  readonly facts: number;
  readonly mentions: number;
  readonly links: number;
  readonly tags: number;
}

export interface ChunkFound {
  readonly id: string;
  readonly path: string;
  readonly title: string;
  readonly headings: readonly string[];
  readonly text: string;
  /** Higher is better; only comparable within one answer. */
  readonly score: number;
}

export interface EntityFound {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly aliases: readonly string[];
  readonly mentionCount: number;
  readonly score: number;
}

export interface FactFound {
  readonly source: string;
  readonly type: string;
  readonly target: string;
  readonly evidence: string;
  /** Note that says so. */
  readonly path: string;
}

export interface Surroundings {
  readonly facts: readonly FactFound[];
  readonly chunks: readonly ChunkFound[];
}
