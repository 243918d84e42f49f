import { chmodSync, existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { KnownError, UsageError } from "../errors.ts";
import { explained, whyNotOpened } from "./database-problem.ts";
import { schema, schemaVersion } from "./schema.ts";

export type SqlValue = SQLInputValue;
type SqlRow = Record<string, unknown>;

/**
 * WAL with NORMAL: after a power cut the file is whole and the last transactions may be missing; the marks of
 * what is to be done went with them, so the next run does them again from the notes. The cache is in KiB.
 */
const settings = `
  PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 65536;
  PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = ON;
`;

/** One SQLite file: prepared statements are kept, writes stand in transactions. */
export class Database {
  readonly path: string;
  readonly #sqlite: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  /** Opens a file, or `:memory:`; creates the file and its folder when `create` is set. */
  constructor(path: string, options: { create: boolean }) {
    this.path = path;
    const isFile = path !== ":memory:";
    const isNew = isFile && !existsSync(path);
    if (isNew && !options.create) throw missing(path);
    let sqlite: DatabaseSync | undefined;
    try {
      if (isNew) makeFolder(dirname(resolve(path)));
      if (!isNew && isFile && statSync(path).isDirectory()) throw new Error("it is a folder");
      // Resolved, so that no name of a file is taken for one of SQLite's special names.
      sqlite = new DatabaseSync(isFile ? resolve(path) : path);
      this.#sqlite = sqlite;
      sqlite.exec("PRAGMA busy_timeout=5000");
      this.#checkContents(options);
      sqlite.exec(settings);
      if (isNew) chmodSync(path, 0o600);
      this.#createTables();
    } catch (error) {
      sqlite?.close();
      if (error instanceof KnownError) throw error;
      throw whyNotOpened(path, error);
    }
  }

  run(sql: string, ...values: SqlValue[]): number {
    return Number(this.#guard(() => this.#prepare(sql).run(...values)).changes);
  }

  /** Runs an INSERT and returns the new row's id. */
  insert(sql: string, ...values: SqlValue[]): number {
    return Number(this.#guard(() => this.#prepare(sql).run(...values)).lastInsertRowid);
  }

  all<Row = SqlRow>(sql: string, ...values: SqlValue[]): Row[] {
    return this.#guard(() => this.#prepare(sql).all(...values)) as Row[];
  }

  get<Row = SqlRow>(sql: string, ...values: SqlValue[]): Row | undefined {
    return this.#guard(() => this.#prepare(sql).get(...values)) as Row | undefined;
  }

  *iterate<Row = SqlRow>(sql: string, ...values: SqlValue[]): Generator<Row, void> {
    try {
      // A statement of its own: one that is kept could be run again while it is being read.
      yield* this.#sqlite.prepare(sql).iterate(...values) as Iterable<Row>;
    } catch (error) {
      throw explained(this.path, error);
    }
  }

  /** Everything in `work` is kept, or nothing; a transaction within one belongs to it. */
  transaction<Result>(work: () => Result): Result {
    if (this.#sqlite.isTransaction) return work();
    this.begin();
    try {
      const result = work();
      this.commit();
      return result;
    } catch (error) {
      this.rollback();
      throw error;
    }
  }

  /** From here on everything read is of one moment, whatever others write; returns what ends that. */
  beginReading(): () => void {
    if (this.#sqlite.isTransaction) return () => {};
    this.#guard(() => this.#sqlite.exec("BEGIN"));
    return () => {
      if (this.#sqlite.isOpen && this.#sqlite.isTransaction) this.#sqlite.exec("COMMIT");
    };
  }

  begin(): void {
    this.#guard(() => this.#sqlite.exec("BEGIN IMMEDIATE"));
  }

  commit(): void {
    this.#guard(() => this.#sqlite.exec("COMMIT"));
  }

  rollback(): void {
    if (this.#sqlite.isTransaction) this.#sqlite.exec("ROLLBACK");
  }

  /** A consistent copy in another file. */
  copyTo(path: string): void {
    this.#guard(() => this.#sqlite.prepare("VACUUM INTO ?").run(path));
  }

  close(): void {
    this.#statements.clear();
    if (!this.#sqlite.isOpen) return;
    this.rollback();
    this.#sqlite.close();
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#sqlite.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /** Nothing is written before it is known that the file is ours: it may be somebody else's database. */
  #checkContents({ create }: { create: boolean }): void {
    const tables = new Set(
      (this.#sqlite.prepare("SELECT name FROM sqlite_master").all() as { name: string }[]).map(
        ({ name }) => name,
      ),
    );
    if (tables.size === 0) {
      if (!create) throw missing(this.path);
    } else if (!ownTables.every((name) => tables.has(name))) {
      throw new UsageError(
        "STORE_FOREIGN",
        `${this.path} is a database of something else: name another file with --store.`,
        { facts: { path: this.path } },
      );
    } else if (this.#version() > schemaVersion) {
      throw new UsageError(
        "STORE_TOO_NEW",
        `${this.path} was written by a newer neo4j-langgraph: update the package to use it.`,
        { facts: { path: this.path } },
      );
    } else if (this.#version() < schemaVersion) {
      throw new UsageError(
        "STORE_TOO_OLD",
        `${this.path} was written by an older neo4j-langgraph: move it away and run \`ingest\` again; everything in it comes from the notes.`,
        { facts: { path: this.path } },
      );
    }
  }

  #createTables(): void {
    if (this.#version() === schemaVersion) return;
    this.transaction(() => {
      // Two first runs can come here at once: the second finds the tables made.
      if (this.#version() === schemaVersion) return;
      this.#sqlite.exec(schema);
      this.#sqlite.exec(`PRAGMA user_version=${schemaVersion}`);
    });
  }

  #version(): number {
    return (this.#sqlite.prepare("PRAGMA user_version").get() as { user_version: number }).user_version;
  }

  #guard<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw explained(this.path, error);
    }
  }
}

/** Tables that every graph of ours has, whatever its version. */
export const ownTables = ["vault", "note", "chunk", "node", "relationship"];

function missing(path: string): UsageError {
  return new UsageError(
    "STORE_MISSING",
    `There is no graph at ${path}: run \`ingest\` first, or name it with --store.`,
    { facts: { path } },
  );
}

/** Step by step: Node's own way of making all folders at once never ends under /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}
