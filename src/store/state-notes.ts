import type { NoteContribution } from "../knowledge/contribution.ts";
import { noteId } from "../knowledge/identity.ts";
import type { NameInChunk } from "../knowledge/names-in-chunk.ts";
import { linkKeys } from "../knowledge/resolve-links.ts";
import type { Database } from "./database.ts";
import { type ChunkChange, removeChunks, replaceChunks } from "./record-chunks.ts";
import { dropCandidates, keepCandidates } from "./record-candidates.ts";
import { keepNames, markNamed } from "./record-names.ts";
import { replaceLinks } from "./record-links.ts";
import { dirtyStep } from "./state-dirty.ts";

/** A note's file as it was when it was last read. */
export interface RecordedFile {
  readonly note: number;
  readonly path: string;
  readonly kind: string;
  readonly contentHash: string;
  readonly size: number;
  readonly modifiedMs: number;
  readonly inode: number;
  /** 0 for a note that is known from the graph alone: what it says must be read. */
  readonly isRead: number;
}

/** What the file system says of a file. */
export interface FileStamp {
  readonly size: number;
  readonly modifiedMs: number;
  readonly inode: number;
}

/** What the notes of one vault say, file by file. */
export class RecordedNotes {
  readonly #database: Database;
  readonly #vault: number;
  readonly #vaultName: string;

  constructor(database: Database, vault: number, vaultName: string) {
    this.#database = database;
    this.#vault = vault;
    this.#vaultName = vaultName;
  }

  /** Notes that have a file, by path. */
  files(): Map<string, RecordedFile> {
    const rows = this.#database.all<RecordedFile>(
      `SELECT note, path, kind, content_hash AS contentHash, size, modified_ms AS modifiedMs, inode, size IS NOT NULL AS isRead
       FROM note WHERE vault = ? AND gone = 0 AND stub_key IS NULL`,
      this.#vault,
    );
    return new Map(rows.map((row) => [row.path, row]));
  }

  /** The file was touched but says what it said; one that was never read is not known by its stamp either. */
  stamp(note: number, stamp: FileStamp): void {
    this.#database.run(
      "UPDATE note SET size = ?, modified_ms = ?, inode = ? WHERE note = ? AND size IS NOT NULL",
      stamp.size,
      stamp.modifiedMs,
      stamp.inode,
      note,
    );
  }

  /** The same text under another path: the note keeps its identity, its words and its chunks. */
  move(note: number, path: string, kind: string, stamp: FileStamp): void {
    this.#markWhatItTouches(note);
    this.#adoptStub(path, note);
    this.#database.run(
      "UPDATE note SET path = ?, rematch = rematch OR kind <> ?, kind = ?, changed = 1 WHERE note = ?",
      path,
      kind,
      kind,
      note,
    );
    this.#markText(note);
    const inTemplate = kind === "template" ? 1 : 0;
    this.#database.run("UPDATE link SET in_template = ? WHERE note = ?", inTemplate, note);
    this.stamp(note, stamp);
  }

  /** The file is gone: what it said is taken away, what others said of it stays. */
  remove(note: number): ChunkChange {
    this.#markWhatItTouches(note);
    const removed = removeChunks(this.#database, note);
    dropCandidates(this.#database, this.#vault, note);
    for (const table of ["link", "mention", "note_tag"])
      this.#database.run(`DELETE FROM ${table} WHERE note = ?`, note);
    this.#database.run("UPDATE note SET gone = 1, changed = 1, rematch = 0 WHERE note = ?", note);
    return { added: 0, removed };
  }

  /**
   * Keeps what a note says now in place of what it said before. `now` is an ISO time. `named` are the known names in
   * each chunk's prose; without them the note waits to be searched.
   */
  record(
    said: NoteContribution,
    stamp: FileStamp,
    now: string,
    named?: readonly (readonly NameInChunk[])[],
  ): ChunkChange {
    const standing = this.#database.get<{ note: number; id: string }>(
      "SELECT note, id FROM note WHERE vault = ? AND path = ? AND gone = 0 AND stub_key IS NULL",
      this.#vault,
      said.path,
    );
    if (standing !== undefined) this.#markWhatItTouches(standing.note);
    const { note, id } = standing ?? this.#mint(said.path, said.kind);
    this.#database.run(
      `UPDATE note SET kind = ?, content_hash = ?, language = ?, front_matter = ?, aliases = ?, tags = ?, kinds = ?,
         created_at = CASE WHEN ? <> '' THEN ? WHEN created_at = '' THEN ? ELSE created_at END,
         updated_at = CASE WHEN ? <> '' THEN ? WHEN content_hash = ? AND updated_at <> '' THEN updated_at ELSE ? END,
         size = ?, modified_ms = ?, inode = ?, changed = 1, rematch = ? WHERE note = ?`,
      said.kind,
      said.contentHash,
      said.language,
      said.frontMatter,
      JSON.stringify(said.aliases),
      JSON.stringify(said.tags),
      JSON.stringify(said.kinds),
      said.created,
      said.created,
      now,
      said.updated,
      said.updated,
      said.contentHash,
      now,
      stamp.size,
      stamp.modifiedMs,
      stamp.inode,
      named === undefined ? 1 : 0,
      note,
    );
    this.#markDirty(dirtyStep.text, id);
    const { ids, ...change } = replaceChunks(this.#database, note, id, said);
    replaceLinks(this.#database, note, said, ids);
    keepCandidates(this.#database, this.#vault, note, said);
    if (named !== undefined) {
      this.#database.run("DELETE FROM mention WHERE note = ?", note);
      named.forEach((names, position) =>
        keepNames(this.#database, this.#vault, note, ids[position] ?? "", names),
      );
      markNamed(this.#database, this.#vault, note);
    }
    this.#database.run("DELETE FROM note_tag WHERE note = ?", note);
    for (const tag of said.tags) {
      this.#database.run("INSERT OR IGNORE INTO note_tag (tag, note) VALUES (?, ?)", tag, note);
      this.#markDirty(dirtyStep.tag, tag);
    }
    return change;
  }

  /** A stub that waited for this path becomes the note, a note that was here comes back; else an id is minted. */
  #mint(path: string, kind: string): { note: number; id: string } {
    const stub = this.#stubFor(path);
    if (stub !== undefined) {
      this.#database.run(
        "UPDATE note SET stub_key = NULL, path = ?, kind = ?, changed = 1 WHERE note = ?",
        path,
        kind,
        stub.note,
      );
      return stub;
    }
    const before = this.#database.get<{ note: number; id: string }>(
      "SELECT note, id FROM note WHERE vault = ? AND path = ? AND gone = 1 ORDER BY note LIMIT 1",
      this.#vault,
      path,
    );
    if (before !== undefined) {
      this.#database.run("UPDATE note SET gone = 0, kind = ? WHERE note = ?", kind, before.note);
      return before;
    }
    const id = mintNoteId(this.#database, this.#vaultName, path);
    const sql = "INSERT INTO note (vault, id, path, kind) VALUES (?, ?, ?, ?)";
    return { note: this.#database.insert(sql, this.#vault, id, path, kind), id };
  }

  /** The stub that asked for most of this path: `[[b/note]]` before `[[note]]` for `a/b/note.md`. */
  #stubFor(path: string): { note: number; id: string } | undefined {
    const parts = linkKeys(path)
      .whole.replace(/\.(?:md|markdown|txt)$/, "")
      .split("/");
    const wanted = parts.map((_, index) => parts.slice(index).join("/"));
    return this.#database
      .all<{ note: number; id: string; key: string }>(
        `SELECT note, id, stub_key AS key FROM note
         WHERE stub_key IN (SELECT value FROM json_each(?)) AND stub_key IS NOT NULL AND vault = ? AND gone = 0`,
        JSON.stringify(wanted),
        this.#vault,
      )
      .toSorted((a, b) => b.key.length - a.key.length)[0];
  }

  /** A moved note takes the place of a stub that asked for its new path: links to the stub are decided again. */
  #adoptStub(path: string, note: number): void {
    const stub = this.#stubFor(path);
    if (stub !== undefined && stub.note !== note)
      this.#database.run("UPDATE note SET changed = 1 WHERE note = ?", stub.note);
  }

  /** Before a note's words are replaced: all that they touched must be derived again. */
  #markWhatItTouches(note: number): void {
    this.#database.run(
      `INSERT OR IGNORE INTO dirty SELECT ?, ?, entity_key FROM note
       WHERE entity_key IS NOT NULL AND note IN (SELECT resolved_note FROM link WHERE note = ? UNION SELECT ?)`,
      this.#vault,
      dirtyStep.entity,
      note,
      note,
    );
    markNamed(this.#database, this.#vault, note);
    this.#database.run(
      "INSERT OR IGNORE INTO dirty SELECT ?, ?, tag FROM note_tag WHERE note = ?",
      this.#vault,
      dirtyStep.tag,
      note,
    );
    // A stub that only this note asked for goes, or is called after somebody else's spelling.
    this.#database.run(
      "UPDATE note SET changed = 1 WHERE stub_key IS NOT NULL AND note IN (SELECT resolved_note FROM link WHERE note = ?)",
      note,
    );
  }

  #markText(note: number): void {
    this.#database.run(
      "INSERT OR IGNORE INTO dirty SELECT vault, ?, id FROM note WHERE note = ?",
      dirtyStep.text,
      note,
    );
  }

  #markDirty(step: number, key: string): void {
    this.#database.run(
      "INSERT OR IGNORE INTO dirty (vault, step, key) VALUES (?, ?, ?)",
      this.#vault,
      step,
      key,
    );
  }
}

/** An id for a path: the first that nobody has or had. */
export function mintNoteId(database: Database, vaultName: string, path: string): string {
  for (let attempt = 0; ; attempt++) {
    const id = noteId(vaultName, path, attempt);
    if (database.get("SELECT 1 FROM note WHERE id = ?", id) === undefined) return id;
  }
}
