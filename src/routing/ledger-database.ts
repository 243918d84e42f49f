import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type * as sqlite from "node:sqlite";
import type { DatabaseSync } from "node:sqlite";
import type { Failure } from "./failure.ts";
import type { LedgerChanges, LedgerRows } from "./ledger-memory.ts";

export const schemaVersion = 1;
const keepCountersMs = 62 * 86_400_000;

const schema = `
CREATE TABLE IF NOT EXISTS counters (
  key TEXT NOT NULL, window TEXT NOT NULL, requests INTEGER NOT NULL, input_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL, cost_usd REAL NOT NULL, changed_at_ms INTEGER NOT NULL,
  PRIMARY KEY (key, window)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS cooldowns (
  key TEXT PRIMARY KEY, until_ms INTEGER NOT NULL, failure TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS stated_limits (
  key TEXT NOT NULL, unit TEXT NOT NULL, period TEXT NOT NULL, value REAL NOT NULL, seen_at_ms INTEGER NOT NULL,
  PRIMARY KEY (key, unit, period)
) WITHOUT ROWID;`;

/** Opens the file, made if missing, and clears what is long past; throws when it cannot be used. */
export async function openDatabase(file: string, nowMs: number): Promise<DatabaseSync> {
  const { DatabaseSync } = await importSqlite();
  mkdirSync(dirname(file), { recursive: true });
  const database = new DatabaseSync(file);
  try {
    // Short: a process that waits for another's write does not route meanwhile.
    database.exec("PRAGMA busy_timeout = 2000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;");
    const version = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
    if (version > schemaVersion) throw new Error("it was made by a newer version");
    database.exec(`BEGIN IMMEDIATE; ${schema} PRAGMA user_version = ${schemaVersion}; COMMIT;`);
    database
      .prepare("DELETE FROM counters WHERE changed_at_ms < ? AND window <> 'all'")
      .run(nowMs - keepCountersMs);
    database.prepare("DELETE FROM cooldowns WHERE until_ms < ?").run(nowMs);
    database.exec("PRAGMA busy_timeout = 20;");
    return database;
  } catch (error) {
    tryTo(() => database.close());
    throw error;
  }
}

type SqliteModule = Pick<typeof sqlite, "DatabaseSync">;

/** Node 22 prints a warning that its SQLite is experimental: that one only is kept quiet. */
export async function importSqlite(): Promise<SqliteModule> {
  const { emitWarning } = process;
  process.emitWarning = ((...warning: Parameters<typeof emitWarning>) => {
    if (!String(warning[0]).includes("SQLite is an experimental feature"))
      emitWarning.apply(process, warning);
  }) as typeof emitWarning;
  try {
    return await import("node:sqlite");
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** Writes all changes or none. */
export function write(database: DatabaseSync, changes: LedgerChanges, nowMs: number): void {
  const addCounter = database.prepare(
    `INSERT INTO counters VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET requests = requests + excluded.requests,
     input_tokens = input_tokens + excluded.input_tokens, output_tokens = output_tokens + excluded.output_tokens,
     cost_usd = cost_usd + excluded.cost_usd, changed_at_ms = excluded.changed_at_ms`,
  );
  const addCooldown = database.prepare(
    `INSERT INTO cooldowns VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET until_ms = excluded.until_ms,
     failure = excluded.failure WHERE excluded.until_ms > until_ms`,
  );
  const liftCooldown = database.prepare("DELETE FROM cooldowns WHERE key = ?");
  const addLimit = database.prepare("INSERT OR REPLACE INTO stated_limits VALUES (?, ?, ?, ?, ?)");
  database.exec("BEGIN IMMEDIATE");
  try {
    for (const { key, window, more } of changes.counters) {
      addCounter.run(key, window, more.requests, more.inputTokens, more.outputTokens, more.costUsd, nowMs);
    }
    for (const { key, cooldown } of changes.cooldowns) {
      if (cooldown === undefined) liftCooldown.run(key);
      else addCooldown.run(key, Math.round(cooldown.untilMs), JSON.stringify(cooldown.failure));
    }
    for (const { key, limit } of changes.limits) {
      addLimit.run(key, limit.unit, limit.period, limit.value, limit.seenAtMs);
    }
    database.exec("COMMIT");
  } catch (error) {
    tryTo(() => database.exec("ROLLBACK"));
    throw error;
  }
}

export function readAll(database: DatabaseSync): LedgerRows {
  return {
    counters: database
      .prepare("SELECT * FROM counters")
      .all()
      .map((row) => ({
        key: String(row["key"]),
        window: String(row["window"]),
        used: {
          requests: Number(row["requests"]),
          inputTokens: Number(row["input_tokens"]),
          outputTokens: Number(row["output_tokens"]),
          costUsd: Number(row["cost_usd"]),
        },
      })),
    cooldowns: database
      .prepare("SELECT * FROM cooldowns")
      .all()
      .map((row) => ({
        key: String(row["key"]),
        cooldown: {
          untilMs: Number(row["until_ms"]),
          failure: JSON.parse(String(row["failure"])) as Failure,
        },
      })),
    limits: database
      .prepare("SELECT * FROM stated_limits")
      .all()
      .map((row) => ({
        key: String(row["key"]),
        limit: {
          unit: row["unit"] === "tokens" ? "tokens" : "requests",
          period: row["period"] === "day" ? "day" : "minute",
          value: Number(row["value"]),
          seenAtMs: Number(row["seen_at_ms"]),
        },
      })),
  };
}

/** Changes when another connection has written. */
export function versionOf(database: DatabaseSync): number {
  return Number(database.prepare("PRAGMA data_version").get()?.["data_version"]);
}

export function isBusy(error: unknown): boolean {
  return error instanceof Error && /locked|busy/i.test(error.message);
}

export function tryTo(effect: () => void): void {
  try {
    effect();
  } catch {
    // Closing or undoing what is already broken: nothing more can be done.
  }
}
