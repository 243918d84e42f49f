import { KnownError } from "../errors.ts";
import type { Neo4jAddress } from "./neo4j-address.ts";
import { openNeo4j } from "./neo4j-connection.ts";
import { missingSchema } from "./neo4j-prepare.ts";

/** A server and a database, looked at and not changed. */
export interface Neo4jCheckup {
  readonly place: string;
  readonly database: string;
  readonly version: string;
  readonly edition: string;
  readonly notes: number;
  /** Names of constraints and indexes that are not there. */
  readonly missing: readonly string[];
  /** Why the graph could not be written. */
  readonly obstacle?: KnownError;
}

/** Looks at what a graph in Neo4j needs. Throws UsageError when the server cannot be reached. */
export async function neo4jCheckup(address: Neo4jAddress): Promise<Neo4jCheckup> {
  const connection = await openNeo4j(address);
  try {
    const [component] = await connection.read(
      "CALL dbms.components() YIELD name, versions, edition RETURN versions[0] AS version, edition LIMIT 1",
    );
    const [count] = await connection.read("MATCH (n:Note) RETURN count(n) AS notes");
    const [missing, obstacle] = [await missingOrNone(), await obstacleOf(() => connection.checkWritable())];
    return {
      place: connection.place,
      database: connection.database,
      version: String(component?.["version"] ?? "of an unknown version"),
      edition: String(component?.["edition"] ?? ""),
      notes: Number(count?.["notes"] ?? 0),
      missing: missing.names,
      ...((obstacle ?? missing.conflict) && { obstacle: obstacle ?? missing.conflict }),
    };
  } finally {
    void connection.close().catch(() => {});
  }

  async function missingOrNone(): Promise<{ names: readonly string[]; conflict?: KnownError }> {
    try {
      return { names: await missingSchema(connection) };
    } catch (error) {
      if (error instanceof KnownError) return { names: [], conflict: error };
      throw error;
    }
  }
}

async function obstacleOf(work: () => Promise<void>): Promise<KnownError | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof KnownError) return error;
    throw error;
  }
}
