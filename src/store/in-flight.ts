import type { Patch } from "../knowledge/patch.ts";
import type { Database } from "./database.ts";
import type { DerivedFor } from "./state.ts";

/** A patch on its way into a graph that is elsewhere, and what is settled when it has arrived. */
export interface PatchInFlight {
  readonly id: string;
  /** Name of the vault it was derived for; empty for none. */
  readonly vault: string;
  readonly patch: Patch;
  readonly derived: readonly DerivedFor[];
}

const tables = `
CREATE TABLE IF NOT EXISTS in_flight (
  id TEXT PRIMARY KEY, vault TEXT NOT NULL, patch TEXT NOT NULL, derived TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS revision (only_one INTEGER PRIMARY KEY CHECK (only_one = 1), revision TEXT NOT NULL) STRICT;
`;

/** What ties a state file to a graph elsewhere: the last patch that both have, and the one on its way. */
export class Tie {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
    for (const statement of tables.split(";\n")) if (statement.trim() !== "") database.run(statement);
  }

  /** Undefined for a state that has never seen its graph. */
  revision(): string | undefined {
    return this.#database.get<{ revision: string }>("SELECT revision FROM revision")?.revision;
  }

  inFlight(): PatchInFlight | undefined {
    const row = this.#database.get<{ id: string; vault: string; patch: string; derived: string }>(
      "SELECT id, vault, patch, derived FROM in_flight",
    );
    if (row === undefined) return undefined;
    return {
      id: row.id,
      vault: row.vault,
      patch: JSON.parse(row.patch) as Patch,
      derived: JSON.parse(row.derived) as DerivedFor[],
    };
  }

  begin({ id, vault, patch, derived }: PatchInFlight): void {
    this.#database.run(
      "INSERT INTO in_flight (id, vault, patch, derived) VALUES (?, ?, ?, ?)",
      id,
      vault,
      JSON.stringify(patch),
      JSON.stringify(derived),
    );
  }

  /** Nothing is on its way, and this is the last patch that both have. */
  end(revision: string): void {
    this.#database.run("DELETE FROM in_flight");
    this.#database.run("INSERT OR REPLACE INTO revision (only_one, revision) VALUES (1, ?)", revision);
  }
}
