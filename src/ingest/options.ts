import type { Statement } from "../store/statements.ts";

/** What a run may be told; clock and signal come from outside. */
export interface IngestOptions {
  readonly vault?: string | undefined;
  readonly exclude?: readonly string[];
  /** Delete notes from the graph even when most of a vault is gone. */
  readonly prune?: boolean;
  /** Read every file, whatever its size and time say. */
  readonly rehash?: boolean;
  readonly now: () => Date;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: Progress) => void;
  /** Told the statements that bring each patch into a graph in Neo4j, after they were done. */
  readonly onStatements?: ((statements: readonly Statement[]) => void) | undefined;
}

/** How far a run is; the rate and the time left follow from it. */
export interface Progress {
  readonly phase: "read" | "derive";
  readonly done: number;
  readonly total: number;
}
