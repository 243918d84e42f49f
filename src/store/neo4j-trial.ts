import { existsSync } from "node:fs";
import { adoptRows } from "./adopt-rows.ts";
import { Database } from "./database.ts";
import { Tie } from "./in-flight.ts";
import type { Neo4jAddress } from "./neo4j-address.ts";
import { type Neo4jConnection, openNeo4j } from "./neo4j-connection.ts";
import { readMarker } from "./neo4j-marker.ts";
import { keptNotes, neo4jRows } from "./neo4j-rows.ts";
import { copyDatabase, embeddedWorkspace, type Workspace } from "./open.ts";

/** Opens what a graph in Neo4j would become: nothing is written to the server, and what is done is gone at the end. */
export async function openNeo4jTrial(
  address: Neo4jAddress,
  statePath: (connection: Neo4jConnection) => string,
): Promise<Workspace> {
  const connection = await openNeo4j(address);
  const path = statePath(connection);
  const { database, remove } = existsSync(path)
    ? copyDatabase(path)
    : { database: new Database(":memory:", { create: true }), remove: () => {} };
  try {
    const tie = new Tie(database);
    const marker = await readMarker(connection);
    const isInStep =
      marker !== undefined &&
      marker.writing === undefined &&
      tie.inFlight() === undefined &&
      tie.revision() === marker.revision;
    if (!isInStep) {
      database.begin();
      await adoptRows(database, neo4jRows(connection), await keptNotes(connection));
      database.commit();
    }
    return embeddedWorkspace(database, remove);
  } catch (error) {
    database.close();
    remove();
    throw error;
  } finally {
    await connection.close();
  }
}
