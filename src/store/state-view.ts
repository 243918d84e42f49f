import type { NameTable } from "../knowledge/resolve-names.ts";
import type {
  InboundTotal,
  KnowledgeView,
  KnownChunk,
  KnownLink,
  KnownMention,
  KnownNote,
  SpokenTotal,
} from "../knowledge/view.ts";
import type { Database } from "./database.ts";

/** Answers derive's questions from the tables of one vault. */
export class StateView implements KnowledgeView {
  readonly vault: string;
  readonly names: NameTable;
  readonly #database: Database;
  readonly #vault: number;
  readonly #rows = new Map<string, number>();

  constructor(database: Database, vault: { row: number; name: string }, names: NameTable) {
    this.#database = database;
    this.#vault = vault.row;
    this.vault = vault.name;
    this.names = names;
  }

  note(id: string): KnownNote | undefined {
    const row = this.#database.get<Record<string, string> & { isStub: number }>(
      `SELECT id, path, kind, stub_key IS NOT NULL AS isStub, aliases, tags, kinds, language, content_hash AS contentHash,
         front_matter AS frontMatter, created_at AS createdAt, updated_at AS updatedAt
       FROM note WHERE id = ? AND vault = ? AND gone = 0`,
      id,
      this.#vault,
    );
    if (row === undefined) return undefined;
    const { isStub, aliases, tags, kinds, ...rest } = row;
    return {
      ...(rest as unknown as Omit<KnownNote, "stub" | "aliases" | "tags" | "kinds">), // text columns, checked by SQLite (STRICT)
      stub: isStub === 1,
      aliases: list(aliases),
      tags: list(tags),
      kinds: list(kinds),
    };
  }

  chunks(noteId: string): KnownChunk[] {
    return this.#database
      .all<Omit<KnownChunk, "noteId" | "headings"> & { headings: string }>(
        `SELECT id, text, content_hash AS contentHash, position, headings, start_offset AS startOffset, end_offset AS endOffset
         FROM chunk WHERE note = ? ORDER BY position`,
        this.#row(noteId),
      )
      .map((chunk) => ({ ...chunk, noteId, headings: list(chunk.headings) }));
  }

  links(noteId: string): KnownLink[] {
    return this.#database
      .all<Omit<KnownLink, "sourceId" | "embed"> & { embed: number }>(
        `SELECT note.id AS targetId, chunk_id AS chunkId, start AS offset, alias, heading, block, embed, field, evidence
         FROM link JOIN note ON note.note = link.resolved_note WHERE link.note = ? ORDER BY ordinal`,
        this.#row(noteId),
      )
      .map((link) => ({ ...link, sourceId: noteId, embed: link.embed === 1 }));
  }

  mentions(noteId: string): KnownMention[] {
    return this.#database
      .all<Omit<KnownMention, "noteId">>(
        'SELECT chunk_id AS chunkId, spoken, count, start, "end" FROM mention WHERE note = ? ORDER BY chunk_id, start',
        this.#row(noteId),
      )
      .map((mention) => ({ ...mention, noteId }));
  }

  inbound(noteId: string): InboundTotal {
    const row = this.#row(noteId);
    return (
      this.#database.get<{ links: number; inProse: number }>(
        `SELECT count(*) AS links, count(nullif(chunk_id, '')) AS inProse FROM link
         WHERE resolved_note = ? AND note <> ? AND in_template = 0`,
        row,
        row,
      ) ?? { links: 0, inProse: 0 }
    );
  }

  spokenOf(entityKey: string): SpokenTotal[] {
    return this.#database
      .all<{ spoken: string; phrase: string }>(
        "SELECT spoken, phrase FROM spoken_entity WHERE vault = ? AND entity_key = ? ORDER BY +spoken",
        this.#vault,
        entityKey,
      )
      .flatMap(({ spoken, phrase }) => {
        const total = this.#database.get<{ count: number | null; notes: number; onlyNoteId: string }>(
          `SELECT count, notes, (SELECT id FROM note WHERE note = some) AS onlyNoteId FROM (
             SELECT sum(count) AS count, count(DISTINCT note) AS notes, max(note) AS some
             FROM mention WHERE vault = ? AND phrase = ? AND spoken = ?)`,
          this.#vault,
          phrase,
          spoken,
        );
        return total === undefined || total.count === null ? [] : [{ spoken, ...total, count: total.count }];
      });
  }

  exists(entityKey: string): boolean {
    return (
      this.#database.get("SELECT 1 FROM entity WHERE vault = ? AND key = ?", this.#vault, entityKey) !==
      undefined
    );
  }

  isTagged(tag: string): boolean {
    return this.#database.get("SELECT 1 FROM note_tag WHERE tag = ? LIMIT 1", tag) !== undefined;
  }

  /** Ids are text outside, row numbers inside. */
  #row(noteId: string): number {
    let row = this.#rows.get(noteId);
    if (row === undefined) {
      row = this.#database.get<{ note: number }>("SELECT note FROM note WHERE id = ?", noteId)?.note ?? -1;
      this.#rows.set(noteId, row);
    }
    return row;
  }
}

function list(json: string | undefined): string[] {
  return JSON.parse(json ?? "[]") as string[];
}
