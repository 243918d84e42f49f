import { randomUUID } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import { UsageError } from "../errors.ts";
import { isEmpty, type Patch } from "../knowledge/patch.ts";
import { adoptRows, hasUnread, markAgainWhileUnread, patchesOf } from "./adopt-rows.ts";
import { Database } from "./database.ts";
import { EmbeddedStore } from "./embedded.ts";
import { GraphTables } from "./graph-tables.ts";
import { type PatchInFlight, Tie } from "./in-flight.ts";
import { Neo4jStore } from "./neo4j.ts";
import type { Neo4jAddress } from "./neo4j-address.ts";
import { type Neo4jConnection, openNeo4j } from "./neo4j-connection.ts";
import { beginPatch, endPatch, type Marker, readMarker, releasePatch } from "./neo4j-marker.ts";
import { keptLabel, markerLabel } from "./neo4j-schema.ts";
import { prepareNeo4j } from "./neo4j-prepare.ts";
import { keptNotes, neo4jRows, orphanChunks } from "./neo4j-rows.ts";
import { nodeLabels, type Row } from "../knowledge/graph-rows.ts";
import { StatementWriter } from "./neo4j-write.ts";
import type { Workspace } from "./open.ts";
import { knownVaults, recordedFiles, VaultState } from "./state.ts";
import { abandonedNodesText } from "./statement-texts.ts";
import { deleteNodes, type Statement } from "./statements.ts";
import { lockStore } from "./store-lock.ts";

const turnsToSend = 3;

export interface Neo4jOptions {
  /** The file that keeps what notes said and what the graph holds, for this server and database. */
  readonly statePath: (connection: Neo4jConnection) => string;
  readonly alone?: boolean;
}

/**
 * Opens a graph in Neo4j to bring notes into it. Beside the server there is a state file: what notes say, the rows
 * that are in the graph, and the patch on its way. When the two do not belong together, the state is made anew from
 * the graph. Throws UsageError before any file is made when the server cannot be used.
 */
export async function openNeo4jWorkspace(address: Neo4jAddress, options: Neo4jOptions): Promise<Workspace> {
  const connection = await openNeo4j(address);
  let state: Database | undefined;
  let unlock = () => {};
  try {
    await connection.checkWritable();
    await prepareNeo4j(connection);
    state = new Database(options.statePath(connection), { create: true });
    if (options.alone === true) unlock = lockStore(state.path);
    const graph = new TiedGraph(connection, state);
    await graph.catchUp();
    return workspaceOf(graph, connection, state, unlock);
  } catch (error) {
    state?.close();
    unlock();
    await connection.close();
    throw error;
  }
}

/** Opens a graph in Neo4j to read it: there is no state, and nothing can be brought into it. */
export async function readNeo4j(address: Neo4jAddress): Promise<Neo4jStore> {
  const connection = await openNeo4j(address);
  const [row] = await connection.read(
    `OPTIONAL MATCH (m:${markerLabel} {id: 'graph'}) RETURN m IS NOT NULL OR EXISTS { MATCH (n:Note) WHERE n.id IS NOT NULL } AS isThere`,
  );
  if (row?.["isThere"] !== true) {
    await connection.close();
    throw new UsageError(
      "STORE_MISSING",
      `There is no graph in the database "${connection.database}" at ${connection.place}: run \`ingest\` first, or name another with NEO4J_DATABASE.`,
      { facts: { place: connection.place, database: connection.database } },
    );
  }
  return new Neo4jStore(connection);
}

function workspaceOf(
  graph: TiedGraph,
  connection: Neo4jConnection,
  state: Database,
  unlock: () => void,
): Workspace {
  const here = new EmbeddedStore(state);
  const store = new Neo4jStore(connection, {
    write: (patch) => graph.bring(patch, "", []),
    counts: () => here.counts(),
  });
  return {
    store,
    standing: new GraphTables(state),
    knownVaults: () => knownVaults(state),
    recordedFiles: (name) => recordedFiles(state, name),
    hasUnread: (name) => hasUnread(state, name),
    vault: (name, root) => {
      const vault = new VaultState(state, name, root);
      markAgainWhileUnread(state, name);
      return vault;
    },
    transaction: (work) => state.transaction(work),
    writesCypher: true,
    statements: (patch) => graph.statements(patch),
    settle: (vault, patch, derived, statements) => graph.bring(patch, vault.name, derived, statements),
    adopt: (rows) => graph.fill(rows),
    close: async () => {
      state.close();
      unlock();
      await connection.close();
    },
  };
}

/** A graph on a server and the state file that says what is in it. */
class TiedGraph {
  readonly #connection: Neo4jConnection;
  readonly #state: Database;
  readonly #tie: Tie;
  readonly #writer: StatementWriter;

  constructor(connection: Neo4jConnection, state: Database) {
    this.#connection = connection;
    this.#state = state;
    this.#tie = new Tie(state);
    this.#writer = new StatementWriter(connection);
  }

  /** Brings a patch into the graph; killed anywhere, the next `catchUp` goes on. */
  async bring(
    patch: Patch,
    vault: string,
    derived: PatchInFlight["derived"],
    statements?: readonly Statement[],
  ): Promise<void> {
    // An earlier one that failed, and whose caller goes on all the same.
    if (this.#tie.inFlight() !== undefined) await this.catchUp();
    const flight: PatchInFlight = { id: randomUUID(), vault, patch, derived };
    if (isEmpty(patch)) return this.#settle(flight, this.#tie.revision() ?? "", async () => {});
    this.#state.transaction(() => this.#tie.begin(flight));
    await this.#send(flight, statements ?? (await this.statements(patch)));
  }

  /** Brings rows from elsewhere into the graph, then has the state know it as one of another machine. */
  async fill(rows: AsyncIterable<Row>): Promise<void> {
    const id = randomUUID();
    await beginPatch(this.#connection, this.#tie.revision() ?? "", id);
    for await (const patch of patchesOf(rows)) await this.#writer.write(await this.statements(patch));
    await endPatch(this.#connection, id);
    await this.#adopt(await readMarker(this.#connection));
  }

  async statements(patch: Patch): Promise<Statement[]> {
    return this.#writer.statementsOf(patch);
  }

  /** Finishes what was on its way; where the graph was changed by somebody else, the state follows it. */
  async catchUp(): Promise<void> {
    const marker = await readMarker(this.#connection);
    const flight = this.#tie.inFlight();
    const revision = marker?.revision ?? "";
    const isOursOrNobodys = marker?.writing === undefined || marker.writing === flight?.id;
    if (flight !== undefined && revision === flight.id && isOursOrNobodys) {
      await this.#settle(flight, revision, async () => {});
    } else if (flight !== undefined && revision === this.#tie.revision() && isOursOrNobodys) {
      await this.#send(flight, await this.statements(flight.patch));
    } else if (
      flight !== undefined ||
      !isOursOrNobodys ||
      marker === undefined ||
      revision !== this.#tie.revision()
    ) {
      await this.#adopt(marker);
    }
    await this.#removeAbandoned();
  }

  async #send(flight: PatchInFlight, statements: readonly Statement[]): Promise<void> {
    await beginPatch(this.#connection, this.#tie.revision() ?? "", flight.id);
    const written = this.#writer.write(statements);
    written.catch(() => {});
    // The first statements are on their way before this process is busy with its own tables.
    for (let turn = 0; turn < turnsToSend; turn++) await nextTurn();
    await this.#settle(flight, flight.id, async () => {
      await written;
      await endPatch(this.#connection, flight.id);
    });
  }

  /**
   * The state's rows become the graph's, and what the patch was derived for is done: tables are changed while the
   * server works, and kept when it `hasAll`.
   */
  async #settle(
    { vault, patch, derived }: PatchInFlight,
    revision: string,
    hasAll: () => Promise<void>,
  ): Promise<void> {
    const known = knownVaults(this.#state).find(({ name }) => name === vault);
    this.#state.begin();
    try {
      if (!isEmpty(patch)) await new EmbeddedStore(this.#state).apply(patch);
      if (known !== undefined) new VaultState(this.#state, known.name, known.root).settle(derived);
      await hasAll();
      this.#tie.end(revision);
      this.#state.commit();
    } catch (error) {
      this.#state.rollback();
      throw error;
    }
  }

  async #adopt(marker: Marker | undefined): Promise<void> {
    this.#state.begin();
    try {
      await adoptRows(this.#state, neo4jRows(this.#connection), await keptNotes(this.#connection));
      this.#tie.end(marker?.revision ?? "");
      this.#state.commit();
    } catch (error) {
      this.#state.rollback();
      throw error;
    }
    const orphans = await orphanChunks(this.#connection);
    await this.#writer.write(deleteNodes(orphans.map((id) => ({ kind: "node", label: "Chunk", id }))));
    if (marker?.writing !== undefined) await releasePatch(this.#connection, marker.writing);
  }

  /** What was kept for the user goes when nothing of the user's is left on it. */
  async #removeAbandoned(): Promise<void> {
    const [kept] = await this.#connection.read(`MATCH (n:${keptLabel}) RETURN count(n) AS count`);
    if (Number(kept?.["count"] ?? 0) === 0) return;
    for (const label of nodeLabels) {
      const rows = await this.#connection.read(abandonedNodesText(label));
      await this.#writer.write(
        deleteNodes(rows.map((row) => ({ kind: "node", label, id: String(row["id"]) }))),
      );
    }
  }
}
