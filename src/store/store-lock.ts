import { accessSync, constants } from "node:fs";
import { resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { KnownError } from "../errors.ts";
import { unusable } from "./database-problem.ts";

const busy = 5;

/**
 * Makes this process the only one that brings notes into a graph, and returns what ends that. Readers are not
 * kept out. An empty SQLite file beside the graph is locked, since such a lock ends with its process, however
 * that ends: nothing stale stays behind. The file stays, or two runs could each lock their own.
 */
export function lockStore(path: string): () => void {
  const file = `${path}.lock`;
  let sqlite: DatabaseSync | undefined;
  try {
    sqlite = new DatabaseSync(resolve(file));
    // Nothing is ever written, so there need not be a journal.
    sqlite.exec("PRAGMA busy_timeout=0; PRAGMA journal_mode=MEMORY; BEGIN EXCLUSIVE");
    // A file that may only be read is locked against nobody, and SQLite does not say so.
    accessSync(file, constants.W_OK);
    const held = sqlite;
    return () => held.close();
  } catch (error) {
    sqlite?.close();
    const isBusy = error instanceof Error && "errcode" in error && (Number(error.errcode) & 0xff) === busy;
    if (!isBusy) throw unusable(file, error);
    throw new KnownError(
      "STORE_LOCKED",
      `Another run is bringing notes into ${path}: wait for its end, or add --wait to this command.`,
      { cause: error, facts: { path } },
    );
  }
}
