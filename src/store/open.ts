import { Database } from "./database.ts";
import { EmbeddedStore } from "./embedded.ts";
import { GraphTables } from "./graph-tables.ts";
import { type DerivedFor, type KnownVault, knownVaults, recordedFiles, VaultState } from "./state.ts";
import type { RecordedFile } from "./state-notes.ts";
import { lockStore } from "./store-lock.ts";
import type { Store } from "./store.ts";
import type { Patch } from "../knowledge/patch.ts";

/** A graph that can be kept up to date: the store, and what is known of the notes it was made from. */
export interface Workspace {
  readonly store: Store;
  readonly standing: GraphTables;
  knownVaults(): KnownVault[];
  /** Notes with a file that a vault of this name has, by path; none for an unknown vault. */
  recordedFiles(vaultName: string): Map<string, RecordedFile>;
  vault(name: string, root: string): VaultState;
  /** Everything that `work` writes is kept, or nothing of it. */
  transaction<Result>(work: () => Result): Result;
  /** Brings a patch into the graph and marks what it was derived for as done. */
  settle(vault: VaultState, patch: Patch, derived: readonly DerivedFor[]): Promise<void>;
  close(): Promise<void>;
}

export interface OpenOptions {
  /** Make a graph that is not there; else a missing one is wrong usage. */
  readonly create: boolean;
  /** Be the only process that brings notes into it, or throw a STORE_LOCKED error. */
  readonly alone?: boolean;
}

/** Opens an embedded graph: one file for the graph and the state, one transaction for both. */
export function openEmbedded(path: string, { create, alone = false }: OpenOptions): Workspace {
  const database = new Database(path, { create });
  const unlock = alone ? lockOrClose(database) : () => {};
  const store = new EmbeddedStore(database);
  return {
    store,
    standing: new GraphTables(database),
    knownVaults: () => knownVaults(database),
    recordedFiles: (name) => recordedFiles(database, name),
    vault: (name, root) => new VaultState(database, name, root),
    transaction: (work) => database.transaction(work),
    settle: async (vault, patch, derived) => {
      database.begin();
      try {
        await store.apply(patch);
        vault.settle(derived);
        database.commit();
      } catch (error) {
        database.rollback();
        throw error;
      }
    },
    close: async () => {
      await store.close();
      unlock();
    },
  };
}

function lockOrClose(database: Database): () => void {
  try {
    return lockStore(database.path);
  } catch (error) {
    database.close();
    throw error;
  }
}

/** A copy of an embedded graph that can be thrown away: what a dry run works on. */
export function copyEmbedded(path: string, copy: string): void {
  const database = new Database(path, { create: false });
  try {
    database.copyTo(copy);
  } finally {
    database.close();
  }
}
