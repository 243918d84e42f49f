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
}

/** How far a run is; the rate and the time left follow from it. */
export interface Progress {
  readonly phase: "read" | "derive";
  readonly done: number;
  readonly total: number;
}
