import type { NoteKind } from "./contribution.ts";
import type { DefaultType } from "./entity-type.ts";
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

/** A chunk without its text: where it stands. */
export interface PlacedChunk {
  readonly id: string;
  readonly position: number;
}

export interface KnownChunk extends PlacedChunk {
  readonly noteId: string;
  readonly text: string;
  readonly contentHash: string;
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
  /** The sentence it stands in; empty in front matter. */
  readonly quote: string;
}

/** A known name found in a chunk's prose. */
export interface KnownMention {
  readonly noteId: string;
  readonly chunkId: string;
  readonly spoken: string;
  readonly count: number;
  /** Where the first one stands in the chunk's text, and the sentence around it. */
  readonly start: number;
  readonly quote: string;
}

/** A name that a chunk is guessed to hold, and the entity that it means. */
export interface KnownGuess {
  readonly chunkId: string;
  readonly key: string;
  readonly count: number;
  readonly start: number;
  readonly quote: string;
}

/** How often an entity is called so in guesses of one type, and in how many chunks; the type is empty for none. */
export interface GuessTotal {
  readonly name: string;
  readonly type: DefaultType | "";
  readonly count: number;
  readonly chunks: number;
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
  /** Where a note's chunks stand, in order. */
  placesOf(noteId: string): readonly PlacedChunk[];
  chunks(noteId: string): readonly KnownChunk[];
  links(noteId: string): readonly KnownLink[];
  mentions(noteId: string): readonly KnownMention[];
  guesses(noteId: string): readonly KnownGuess[];
  inbound(noteId: string): InboundTotal;
  spokenOf(entityKey: string): readonly SpokenTotal[];
  guessedAs(entityKey: string): readonly GuessTotal[];
  /** Whether anything makes the entity of this key be there; see `describingNotes`. */
  exists(entityKey: string): boolean;
  isTagged(tag: string): boolean;
}
