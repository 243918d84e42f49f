import { KnownError } from "../errors.ts";
import type { Neo4jConnection } from "./neo4j-connection.ts";
import { markerLabel } from "./neo4j-schema.ts";

/** What the graph says of itself: the last patch that it got whole, and one that was begun. */
export interface Marker {
  readonly revision: string;
  readonly writing: string | undefined;
}

const marker = `(m:${markerLabel} {id: 'graph'})`;

/** Texts of the statements about the marker; see `test/store/plans.test.ts`. */
export const markerTexts = {
  read: `MATCH ${marker} RETURN coalesce(m.revision, '') AS revision, m.writing AS writing`,
  begin: `MERGE ${marker} WITH m WHERE coalesce(m.revision, '') = $revision SET m.writing = $patch RETURN 1 AS done`,
  end: `MATCH ${marker} WHERE m.writing = $patch SET m.revision = $patch, m.writing = null RETURN 1 AS done`,
  release: `MATCH ${marker} WHERE m.writing = $patch SET m.writing = null`,
} as const;

/** A graph without a marker was never written to by a run, or was wiped since. */
export async function readMarker(connection: Neo4jConnection): Promise<Marker | undefined> {
  const [row] = await connection.read(markerTexts.read);
  if (row === undefined) return undefined;
  const writing: unknown = row["writing"];
  return { revision: String(row["revision"]), writing: typeof writing === "string" ? writing : undefined };
}

/** Says that a patch is being written, if nobody else wrote since `revision`. */
export async function beginPatch(
  connection: Neo4jConnection,
  revision: string,
  patch: string,
): Promise<void> {
  const rows = await connection.write(markerTexts.begin, { revision, patch });
  if (rows.length === 0) throw changedMeanwhile(connection);
}

/** Says that the patch is in the graph as a whole. */
export async function endPatch(connection: Neo4jConnection, patch: string): Promise<void> {
  const rows = await connection.write(markerTexts.end, { patch });
  // Done twice after a lost answer, it finds itself done.
  if (rows.length === 0 && (await readMarker(connection))?.revision !== patch)
    throw changedMeanwhile(connection);
}

/** A patch that nobody will finish is no longer being written. */
export async function releasePatch(connection: Neo4jConnection, patch: string): Promise<void> {
  await connection.write(markerTexts.release, { patch });
}

function changedMeanwhile({ place }: Neo4jConnection): KnownError {
  return new KnownError(
    "GRAPH_CHANGED",
    `Another run is writing to the graph at ${place} at the same time: let it end, then run this again.`,
    { facts: { place } },
  );
}
