import type { NoteKind } from "./contribution.ts";
import type { NameTable } from "./resolve-names.ts";

/** A note as it is known: what its file says, or a stub that links ask for. */
export interface KnownNote {
  readonly id: string;
  readonly path: string;
  readonly kind: NoteKind;
  readonly stub: boolean;
  readonly aliases: readonly string[];
  readonly tags: readonly string[];
  readonly kinds: readonly string[];
  readonly language: string;
  readonly contentHash: string;
  readonly frontMatter: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface KnownChunk {
  readonly id: string;
  readonly noteId: string;
  readonly text: string;
  readonly contentHash: string;
  readonly position: number;
  readonly headings: readonly string[];
  readonly startOffset: number;
  readonly endOffset: number;
}

/** A link whose meaning is decided. */
export interface KnownLink {
  readonly sourceId: string;
  readonly targetId: string;
  /** Id of the chunk it stands in; empty for front matter. */
  readonly chunkId: string;
  readonly offset: number;
  readonly alias: string;
  readonly heading: string;
  readonly block: string;
  readonly embed: boolean;
  readonly field: string;
  readonly evidence: string;
}

/** A known name found in a chunk's prose. */
export interface KnownMention {
  readonly noteId: string;
  readonly chunkId: string;
  readonly spoken: string;
  readonly count: number;
  /** Range of the first one in the chunk's text. */
  readonly start: number;
  readonly end: number;
}

/** How often a spelling stands in prose, and in how many notes (of which one, if it is just one). */
export interface SpokenTotal {
  readonly spoken: string;
  readonly count: number;
  readonly notes: number;
  readonly onlyNoteId: string;
}

/** Links from other notes to a note (templates aside), and how many of them stand in prose. */
export interface InboundTotal {
  readonly links: number;
  readonly inProse: number;
}

/** Everything that derive may ask: plain questions about what notes say, whoever keeps the answers. */
export interface KnowledgeView {
  readonly vault: string;
  readonly names: NameTable;
  note(id: string): KnownNote | undefined;
  chunks(noteId: string): readonly KnownChunk[];
  links(noteId: string): readonly KnownLink[];
  mentions(noteId: string): readonly KnownMention[];
  inbound(noteId: string): InboundTotal;
  spokenOf(entityKey: string): readonly SpokenTotal[];
  /** Whether anything makes the entity of this key be there; see `describingNotes`. */
  exists(entityKey: string): boolean;
  isTagged(tag: string): boolean;
}
