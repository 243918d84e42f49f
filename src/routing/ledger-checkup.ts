import { accessSync, constants, existsSync } from "node:fs";
import { importSqlite, readAll, schemaVersion, tryTo } from "./ledger-database.ts";
import type { NotedCooldown } from "./ledger.ts";

/** A ledger's file, looked at and not changed. */
export type LedgerCheckup =
  | { readonly kind: "missing" }
  | { readonly kind: "unusable"; readonly reason: string }
  /** Cooldowns that have not ended, by account. */
  | { readonly kind: "ok"; readonly cooldowns: ReadonlyMap<string, NotedCooldown> };

/** Looks at a ledger without making, changing or locking it. */
export async function ledgerCheckup(file: string, nowMs: number): Promise<LedgerCheckup> {
  if (!existsSync(file)) return { kind: "missing" };
  const { DatabaseSync } = await importSqlite();
  let database: InstanceType<typeof DatabaseSync> | undefined;
  try {
    accessSync(file, constants.R_OK | constants.W_OK);
    database = new DatabaseSync(file, { readOnly: true });
    const version = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
    if (version > schemaVersion) return { kind: "unusable", reason: "it was made by a newer version" };
    const running = readAll(database).cooldowns.filter(({ cooldown }) => cooldown.untilMs > nowMs);
    return { kind: "ok", cooldowns: new Map(running.map(({ key, cooldown }) => [key, cooldown])) };
  } catch (error) {
    return { kind: "unusable", reason: error instanceof Error ? error.message : String(error) };
  } finally {
    tryTo(() => database?.close());
  }
}
