import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { adoptRows, hasUnread, markAgainWhileUnread } from "./adopt-rows.ts";
import { Database } from "./database.ts";
import { EmbeddedStore } from "./embedded.ts";
import { GraphTables } from "./graph-tables.ts";
import { type DerivedFor, type KnownVault, knownVaults, recordedFiles, VaultState } from "./state.ts";
import type { RecordedFile } from "./state-notes.ts";
import { lockStore } from "./store-lock.ts";
import { type Statement, statementsOf } from "./statements.ts";
import type { Store } from "./store.ts";
import type { Row } from "../knowledge/graph-rows.ts";
import type { Patch } from "../knowledge/patch.ts";

/** A graph that can be kept up to date: the store, and what is known of the notes it was made from. */
export interface Workspace {
  readonly store: Store;
  readonly standing: GraphTables;
  knownVaults(): KnownVault[];
  /** Notes with a file that a vault of this name has, by path; none for an unknown vault. */
  recordedFiles(vaultName: string): Map<string, RecordedFile>;
  /** Whether the vault's rows came from a graph, and some of its notes were not read since. */
  hasUnread(vaultName: string): boolean;
  vault(name: string, root: string): VaultState;
  /** Everything that `work` writes is kept, or nothing of it. */
  transaction<Result>(work: () => Result): Result;
  /** Whether patches get into the graph as statements. */
  readonly writesCypher: boolean;
  /** What brings a patch into a graph in Neo4j; to be asked before the patch is settled. */
  statements(patch: Patch): Promise<Statement[]>;
  /** Brings a patch into the graph, by its statements, and marks what it was derived for as done. */
  settle(
    vault: VaultState,
    patch: Patch,
    derived: readonly DerivedFor[],
    statements?: readonly Statement[],
  ): Promise<void>;
  /** Takes over a graph from elsewhere, in place of what is here; the next run reads its notes. */
  adopt(rows: AsyncIterable<Row>): Promise<void>;
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
  return embeddedWorkspace(database, alone ? lockOrClose(database) : () => {});
}

/** The workspace over a file that is open; `onClose` is called when the file is closed. */
export function embeddedWorkspace(database: Database, onClose: () => void): Workspace {
  const store = new EmbeddedStore(database);
  return {
    store,
    standing: new GraphTables(database),
    knownVaults: () => knownVaults(database),
    recordedFiles: (name) => recordedFiles(database, name),
    hasUnread: (name) => hasUnread(database, name),
    vault: (name, root) => {
      const vault = new VaultState(database, name, root);
      markAgainWhileUnread(database, name);
      return vault;
    },
    transaction: (work) => database.transaction(work),
    writesCypher: false,
    statements: async (patch) => statementsOf(patch, "by type"),
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
    adopt: async (rows) => {
      database.begin();
      try {
        await adoptRows(database, rows, []);
        database.commit();
      } catch (error) {
        database.rollback();
        throw error;
      }
    },
    close: async () => {
      await store.close();
      onClose();
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

/** Opens a copy of a file, which is gone when it is closed: what a dry run works on. */
export function openCopy(path: string): Workspace {
  const { database, remove } = copyDatabase(path);
  return embeddedWorkspace(database, remove);
}

/** A copy of a file in a folder of its own, and what removes both. */
export function copyDatabase(path: string): { readonly database: Database; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "neo4j-langgraph-dry-run-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const copy = join(folder, "graph.sqlite");
    const original = new Database(path, { create: false });
    try {
      original.copyTo(copy);
    } finally {
      original.close();
    }
    return { database: new Database(copy, { create: true }), remove };
  } catch (error) {
    remove();
    throw error;
  }
}
