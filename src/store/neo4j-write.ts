import pLimit from "p-limit";
import { isRealProperty } from "../knowledge/graph-rows.ts";
import { KnownError } from "../errors.ts";
import type { Neo4jConnection } from "./neo4j-connection.ts";
import type { Statement, StatementRow } from "./statements.ts";

const nodeWritersAtOnce = 4;
/** Below this many relationships in the database a plan made for an empty one would scan them all, and be kept. */
const relationshipsForGoodPlans = 1_000;

/** Sends statements to one database, each as a transaction of its own. */
export class StatementWriter {
  readonly #connection: Neo4jConnection;
  #arePlansGood = false;

  constructor(connection: Neo4jConnection) {
    this.#connection = connection;
  }

  /**
   * In the given order; statements that write nodes may run beside each other, since their rows are sorted by id.
   * Relationships of two writers would meet in deadlocks, whatever their order.
   */
  async write(statements: readonly Statement[]): Promise<void> {
    for (let index = 0; index < statements.length;) {
      const length = runLength(statements, index);
      const limit = pLimit(nodeWritersAtOnce);
      const run = statements.slice(index, index + length);
      await Promise.all(run.map((statement) => limit(() => this.#send(statement))));
      index += length;
    }
  }

  async #send({ kind, text, rows }: Statement): Promise<void> {
    const planned =
      kind.endsWith("Relationships") && !(await this.#plansAreGood()) ? `CYPHER replan=force\n${text}` : text;
    await this.#sendRows(planned, rows);
  }

  async #sendRows(text: string, rows: readonly StatementRow[]): Promise<void> {
    try {
      await this.#connection.write(text, { rows: rows.map((row) => this.#sent(row)) });
    } catch (error) {
      const isTooMuch =
        error instanceof KnownError && error.code === "NEO4J_OUT_OF_MEMORY" && rows.length > 1;
      if (!isTooMuch) throw error;
      const half = Math.ceil(rows.length / 2);
      await this.#sendRows(text, rows.slice(0, half));
      await this.#sendRows(text, rows.slice(half));
    }
  }

  async #plansAreGood(): Promise<boolean> {
    if (this.#arePlansGood) return true;
    const [row] = await this.#connection.read("MATCH ()-[r]->() RETURN count(r) AS count");
    this.#arePlansGood = Number(row?.["count"]) >= relationshipsForGoodPlans;
    return this.#arePlansGood;
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
