import type { NameTable } from "../knowledge/resolve-names.ts";
import type {
  GuessTotal,
  InboundTotal,
  KnowledgeView,
  KnownChunk,
  KnownGuess,
  KnownLink,
  KnownMention,
  KnownNote,
  PlacedChunk,
  SpokenTotal,
} from "../knowledge/view.ts";
import type { Database } from "./database.ts";
import { Prefetched } from "./prefetch.ts";

/** Answers derive's questions from the tables of one vault; what a batch will ask is read ahead, in a few queries. */
export class StateView implements KnowledgeView {
  readonly vault: string;
  readonly names: NameTable;
  readonly #database: Database;
  readonly #vault: number;
  #ahead: Prefetched;
  #entities: Set<string> | undefined;

  constructor(database: Database, vault: { row: number; name: string }, names: NameTable) {
    this.#database = database;
    this.#vault = vault.row;
    this.vault = vault.name;
    this.names = names;
    this.#ahead = new Prefetched(database, vault.row, { noteIds: [], entityKeys: [] });
  }

  /** Reads what deriving these notes and entities takes; what was read before is forgotten. */
  readAhead(noteIds: readonly string[], entityKeys: readonly string[]): void {
    const described = entityKeys.flatMap((key) => this.names.entity(key)?.notes.map((note) => note.id) ?? []);
    const wanted = { noteIds: [...noteIds, ...described], entityKeys };
    this.#ahead = new Prefetched(this.#database, this.#vault, wanted);
  }

  /** An entity came or went. */
  learnEntity(key: string, isThere: boolean): void {
    if (isThere) this.#entities?.add(key);
    else this.#entities?.delete(key);
  }

  note(id: string): KnownNote | undefined {
    return this.#ahead.notes.get(id);
  }

  chunks(noteId: string): KnownChunk[] {
    return this.#database
      .all<Omit<KnownChunk, "noteId" | "headings"> & { headings: string }>(
        `SELECT chunk.id, text, content_hash AS contentHash, position, headings, start_offset AS startOffset, end_offset AS endOffset
         FROM chunk JOIN chunk_text USING (id) WHERE note = (SELECT note FROM note WHERE id = ?) ORDER BY position`,
        noteId,
      )
      .map((chunk) => ({ ...chunk, noteId, headings: JSON.parse(chunk.headings) as string[] }));
  }

  placesOf(noteId: string): readonly PlacedChunk[] {
    return this.#ahead.places.get(noteId) ?? [];
  }

  links(noteId: string): readonly KnownLink[] {
    return this.#ahead.links.get(noteId) ?? [];
  }

  mentions(noteId: string): readonly KnownMention[] {
    return this.#ahead.mentions.get(noteId) ?? [];
  }

  guesses(noteId: string): readonly KnownGuess[] {
    return this.#ahead.guesses.get(noteId) ?? [];
  }

  inbound(noteId: string): InboundTotal {
    return this.#ahead.inbound.get(noteId) ?? { links: 0, inProse: 0 };
  }

  spokenOf(entityKey: string): readonly SpokenTotal[] {
    return this.#ahead.spoken.get(entityKey) ?? [];
  }

  guessedAs(entityKey: string): readonly GuessTotal[] {
    return this.#ahead.guessed.get(entityKey) ?? [];
  }

  exists(entityKey: string): boolean {
    this.#entities ??= new Set(
      this.#database
        .all<{ key: string }>("SELECT key FROM entity WHERE vault = ?", this.#vault)
        .map((row) => row.key),
    );
    return this.#entities.has(entityKey);
  }

  isTagged(tag: string): boolean {
    return this.#database.get("SELECT 1 FROM note_tag WHERE tag = ? LIMIT 1", tag) !== undefined;
  }
}
