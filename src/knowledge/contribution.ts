/** How something came to be known, strongest first. */
export const methods = ["structure", "model", "gazetteer", "heuristic"] as const;
export type Method = (typeof methods)[number];

/** Only a `note` describes an entity; days and templates speak of many things. */
export type NoteKind = "note" | "daily" | "template";

/** What one note says of itself: its name, its front matter, its tags. */
export interface NoteContribution {
  readonly path: string;
  readonly kind: NoteKind;
  readonly contentHash: string;
  readonly language: string;
  /** The front matter as JSON; empty when there is none. */
  readonly frontMatter: string;
  readonly aliases: readonly string[];
  readonly tags: readonly string[];
  /** Words of the author's for the kind of thing it is about (`type: person`). */
  readonly kinds: readonly string[];
  readonly created: string;
  readonly updated: string;
  readonly links: readonly LinkContribution[];
  readonly chunks: readonly ChunkContribution[];
  /** How it writes its words: see `encodeUses`. */
  readonly uses: string;
}

/** One chunk's text and where it stands. */
export interface ChunkContribution {
  readonly text: string;
  readonly contentHash: string;
  readonly position: number;
  readonly headings: readonly string[];
  readonly startOffset: number;
  readonly endOffset: number;
  /** Folded words without accents, for a full-text index. */
  readonly words: string;
  /** Ranges that are no prose, as flat pairs of offsets into `text`. */
  readonly masked: readonly number[];
  /** Where names may be: see `encodeRuns`. */
  readonly candidates: readonly number[];
}

/** One link as written; which note it means is decided by looking at all names. */
export interface LinkContribution {
  readonly target: string;
  readonly style: "wiki" | "markdown";
  readonly alias: string;
  readonly heading: string;
  readonly block: string;
  readonly embed: boolean;
  /** Front matter key or Dataview field whose value the link is: it states a fact. */
  readonly field: string;
  /** The text that says so, verbatim; kept for fields only. */
  readonly evidence: string;
  /** The sentence it stands in; empty in front matter. */
  readonly quote: string;
  /** Position of the chunk it stands in; undefined in front matter. */
  readonly chunk: number | undefined;
  /** Offset in the chunk's text; in the note's for front matter. */
  readonly offset: number;
}
