import { isRealProperty, type NodeLabel } from "../knowledge/graph-rows.ts";
import { KnownError } from "../errors.ts";
import type { Patch } from "../knowledge/patch.ts";
import type { Neo4jConnection } from "./neo4j-connection.ts";
import { keptLabel } from "./neo4j-schema.ts";
import type { KeptNodes } from "./statement-texts.ts";
import { type FactGrouping, type Statement, type StatementRow, statementsOf } from "./statements.ts";

const writersAtOnce = 4;
/** With fewer in the database, a plan for relationships of any type would scan them all, and be kept for a while. */
const relationshipsForGoodPlans = 1_000;

/** Sends statements to one database, each as a transaction of its own. */
export class StatementWriter {
  readonly #connection: Neo4jConnection;
  readonly #planned = new Set<string>();
  #hasRelationships = false;
  #keptNodes: KeptNodes | undefined;

  constructor(connection: Neo4jConnection) {
    this.#connection = connection;
  }

  /** The statements for a patch, as what is in the database asks for; to be asked for just before they are sent. */
  async statementsOf(patch: Patch): Promise<Statement[]> {
    return statementsOf(patch, await this.#factGrouping(), await this.#keptNodesWith(patch));
  }

  async #factGrouping(): Promise<FactGrouping> {
    if (!this.#hasRelationships) {
      const [row] = await this.#connection.read("MATCH ()-[r]->() RETURN count(r) AS count");
      this.#hasRelationships = Number(row?.["count"]) >= relationshipsForGoodPlans;
    }
    return this.#hasRelationships ? "together" : "by type";
  }

  /** None come but by patches that take nodes away. */
  async #keptNodesWith(patch: Patch): Promise<KeptNodes> {
    if (this.#keptNodes === undefined) {
      const [row] = await this.#connection.read(`MATCH (n:${keptLabel}) RETURN count(n) AS count`);
      this.#keptNodes = Number(row?.["count"]) === 0 ? "none" : "some";
    }
    if (patch.deleteNodes.length + patch.rekeyNodes.length > 0) this.#keptNodes = "some";
    return this.#keptNodes;
  }

  /**
   * In the given order, but for those that cannot meet: statements that write nodes, since their rows are sorted by id,
   * and relationships between nodes of other labels. Two writers at the same nodes would meet in deadlocks.
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
      await this.#sendBeside(rest);
    }
  }

  async #sendBeside(statements: readonly Statement[]): Promise<void> {
    const waiting = [...statements];
    const locked = new Set<NodeLabel>();
    const running = new Set<Promise<void>>();
    const canStart = ({ locked: own = [] }: Statement) =>
      running.size < writersAtOnce && own.every((label) => !locked.has(label));
    while (waiting.length > 0 || running.size > 0) {
      for (let next = waiting.findIndex(canStart); next !== -1; next = waiting.findIndex(canStart)) {
        const [statement] = waiting.splice(next, 1) as [Statement];
        for (const label of statement.locked ?? []) locked.add(label);
        const sending = this.#send(statement.text, statement.rows).finally(() => {
          for (const label of statement.locked ?? []) locked.delete(label);
          running.delete(sending);
        });
        running.add(sending);
      }
      await Promise.race(running);
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

/** How many statements from here on may be sent beside each other. */
function runLength(statements: readonly Statement[], from: number): number {
  const kind = statements[from]?.kind;
  if (kind !== "upsertNodes" && kind !== "upsertRelationships") return 1;
  let length = 1;
  while (statements[from + length]?.kind === kind) length++;
  return length;
}
