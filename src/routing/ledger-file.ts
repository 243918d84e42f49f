import type { DatabaseSync } from "node:sqlite";
import type { Ledger } from "./ledger.ts";
import { isBusy, openDatabase, readAll, tryTo, versionOf, write } from "./ledger-database.ts";
import { createMemoryLedger } from "./ledger-memory.ts";

const syncEveryMs = 900;

export interface LedgerOptions {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Told once when the file cannot be used (routing goes on in memory). */
  readonly warn: (message: string) => void;
}

/** A ledger in a file, written behind, and its means to do so at once. */
export interface FileLedger extends Ledger {
  /** Writes what has changed here and reads what others have written. Never throws. */
  readonly sync: () => void;
}

/**
 * Opens the ledger of this machine, made if missing. A file that cannot be used (no rights, broken, made by a
 * newer version, a disk that is full) is a warning, and the ledger then lives in memory alone.
 */
export async function openLedger(file: string, { now, warn }: LedgerOptions): Promise<FileLedger> {
  const memory = createMemoryLedger();
  const unusable = (error: unknown) =>
    warn(
      `The ledger ${file} cannot be used (${error instanceof Error ? error.message : String(error)}): ` +
        "limits, spend and spent quotas are kept in memory only, until this process ends.",
    );
  let database: DatabaseSync | undefined;
  let timer: NodeJS.Timeout | undefined;
  let dataVersion: number | undefined;
  let failedSyncs = 0;
  const giveUp = (error: unknown) => {
    process.off("exit", sync);
    clearInterval(timer);
    tryTo(() => database?.close());
    database = undefined;
    unusable(error);
  };
  const sync = () => {
    if (database === undefined) return;
    const changes = memory.takeChanges();
    try {
      const hasChanges = changes.counters.length + changes.cooldowns.length + changes.limits.length > 0;
      if (hasChanges) write(database, changes, now());
      const version = versionOf(database);
      if (version !== dataVersion || dataVersion === undefined) memory.replace(readAll(database));
      dataVersion = version;
      failedSyncs = 0;
    } catch (error) {
      memory.giveBack(changes);
      failedSyncs += 1;
      // Another process may hold the file for a while; anything else will not pass.
      if (!isBusy(error) || failedSyncs > 60) giveUp(error);
    }
  };
  try {
    database = await openDatabase(file, now());
    memory.replace(readAll(database));
    dataVersion = versionOf(database);
    timer = setInterval(sync, syncEveryMs).unref();
    process.once("exit", sync);
  } catch (error) {
    giveUp(error);
  }
  const close = () => {
    sync();
    process.off("exit", sync);
    clearInterval(timer);
    tryTo(() => database?.close());
    database = undefined;
  };
  return { ...memory, sync, close };
}
