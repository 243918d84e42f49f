import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { KnownError, UsageError } from "../errors.ts";
import { schema, schemaVersion } from "./schema.ts";

export type SqlValue = SQLInputValue;
type SqlRow = Record<string, unknown>;

/** One SQLite file: prepared statements are kept, writes stand in transactions. */
export class Database {
  readonly path: string;
  readonly #sqlite: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  /** Opens a file, or `:memory:`; creates the file and its folder when `create` is set. */
  constructor(path: string, options: { create: boolean }) {
    this.path = path;
    if (path !== ":memory:") {
      if (!options.create && !existsSync(path)) {
        throw new UsageError(
          "STORE_MISSING",
          `There is no graph at ${path}: run \`ingest\` first, or name it with --store.`,
          {
            facts: { path },
          },
        );
      }
      try {
        mkdirSync(dirname(path), { recursive: true });
      } catch (error) {
        throw unusable(path, error);
      }
    }
    const isNew = path !== ":memory:" && !existsSync(path);
    try {
      this.#sqlite = new DatabaseSync(path);
      this.#sqlite.exec(
        "PRAGMA busy_timeout=5000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-131072; PRAGMA wal_autocheckpoint=16384; PRAGMA temp_store=MEMORY;",
      );
      if (isNew) chmodSync(path, 0o600);
      this.#migrate();
    } catch (error) {
      throw error instanceof KnownError ? error : unusable(path, error);
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

  iterate<Row = SqlRow>(sql: string, ...values: SqlValue[]): IterableIterator<Row> {
    // A statement of its own: one that is kept could be run again while it is being read.
    return this.#sqlite.prepare(sql).iterate(...values) as IterableIterator<Row>;
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

  #migrate(): void {
    const version = Number(
      (this.#sqlite.prepare("PRAGMA user_version").get() as { user_version: number }).user_version,
    );
    if (version > schemaVersion) {
      throw new UsageError(
        "STORE_TOO_NEW",
        `${this.path} was written by a newer neo4j-langgraph: update the package to use it.`,
      );
    }
    if (version === schemaVersion) return;
    if (this.#sqlite.prepare("SELECT 1 FROM sqlite_master LIMIT 1").get() !== undefined && version === 0) {
      throw new UsageError(
        "STORE_FOREIGN",
        `${this.path} is a database of something else: name another file with --store.`,
      );
    }
    this.transaction(() => {
      this.#sqlite.exec(schema);
      this.#sqlite.exec(`PRAGMA user_version=${schemaVersion}`);
    });
  }

  #guard<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw explained(this.path, error);
    }
  }
}

function unusable(path: string, cause: unknown): UsageError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new UsageError(
    "STORE_UNUSABLE",
    `The graph file ${path} cannot be opened (${reason}): name another with --store.`,
    {
      cause,
      facts: { path },
    },
  );
}

/** SQLite's result codes that a person can do something about. */
function explained(path: string, error: unknown): unknown {
  const code = error instanceof Error && "errcode" in error ? Number(error.errcode) & 0xff : undefined;
  const say = (name: string, message: string) =>
    new KnownError(name, message, { cause: error, facts: { path } });
  if (code === 5)
    return say(
      "STORE_BUSY",
      `${path} is being written by another run: wait for it, then run the command again.`,
    );
  if (code === 13)
    return say(
      "DISK_FULL",
      `The disk is full; ${path} keeps what was finished. Make room, then run the command again.`,
    );
  if (code === 8)
    return say(
      "STORE_READ_ONLY",
      `${path} cannot be written to: check its permissions, or name another with --store.`,
    );
  if (code === 11 || code === 26)
    return say("STORE_BROKEN", `${path} is damaged: move it away and ingest again; notes are never changed.`);
  return error;
}
