import pLimit from "p-limit";
import { isRealProperty } from "../knowledge/graph-rows.ts";
import { KnownError } from "../errors.ts";
import type { Neo4jConnection } from "./neo4j-connection.ts";
import type { FactGrouping, Statement, StatementRow } from "./statements.ts";

const nodeWritersAtOnce = 4;
/** With fewer in the database, a plan for relationships of any type would scan them all, and be kept for a while. */
const relationshipsForGoodPlans = 1_000;

/** Sends statements to one database, each as a transaction of its own. */
export class StatementWriter {
  readonly #connection: Neo4jConnection;
  readonly #planned = new Set<string>();
  #hasRelationships = false;

  constructor(connection: Neo4jConnection) {
    this.#connection = connection;
  }

  /** How facts are to be put into statements now. */
  async factGrouping(): Promise<FactGrouping> {
    if (!this.#hasRelationships) {
      const [row] = await this.#connection.read("MATCH ()-[r]->() RETURN count(r) AS count");
      this.#hasRelationships = Number(row?.["count"]) >= relationshipsForGoodPlans;
    }
    return this.#hasRelationships ? "together" : "by type";
  }

  /**
   * In the given order; statements that write nodes may run beside each other, since their rows are sorted by id.
   * Relationships of two writers would meet in deadlocks, whatever their order.
   */
  async write(statements: readonly Statement[]): Promise<void> {
    for (let index = 0; index < statements.length;) {
      const run = statements.slice(index, index + runLength(statements, index));
      index += run.length;
      const rest: Statement[] = [];
      for (const statement of run) {
        if (this.#planned.has(statement.text)) rest.push(statement);
        else await this.#send(statement.text, statement.rows);
        // Sent by several at once, a new text would be planned by each of them.
        this.#planned.add(statement.text);
      }
      const limit = pLimit(nodeWritersAtOnce);
      await Promise.all(rest.map(({ text, rows }) => limit(() => this.#send(text, rows))));
    }
  }

  async #send(text: string, rows: readonly StatementRow[]): Promise<void> {
    try {
      await this.#connection.write(text, { rows: rows.map((row) => this.#sent(row)) });
    } catch (error) {
      const isTooMuch =
        error instanceof KnownError && error.code === "NEO4J_OUT_OF_MEMORY" && rows.length > 1;
      if (!isTooMuch) throw error;
      const half = Math.ceil(rows.length / 2);
      await this.#send(text, rows.slice(0, half));
      await this.#send(text, rows.slice(half));
    }
  }

  /** Plain numbers would all become real ones. */
  #sent(row: StatementRow): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name,
        typeof value === "object" && value !== null && !Array.isArray(value)
          ? this.#sent(value as StatementRow)
          : typeof value === "number" && Number.isSafeInteger(value) && !isRealProperty(name)
            ? this.#connection.int(value)
            : value,
      ]),
    );
  }
}

/** How many statements from here on may be sent at once. */
function runLength(statements: readonly Statement[], from: number): number {
  if (statements[from]?.kind !== "upsertNodes") return 1;
  let length = 1;
  while (statements[from + length]?.kind === "upsertNodes") length++;
  return length;
}
