import { KnownError } from "../errors.ts";
import { fileCheckup } from "../store/file-checkup.ts";
import type { Neo4jAddress } from "../store/neo4j-address.ts";
import { neo4jCheckup } from "../store/neo4j-checkup.ts";
import { type Check, problem, problemOf, well } from "./check.ts";

const integrityMs = 6_000;
const again = "Move it away and run ingest again: everything in it comes from the notes.";

/** A file of ours: whether it can be read, is of this version, and is whole. */
export async function checkFile(check: string, path: string): Promise<Check> {
  const found = await fileCheckup(path, integrityMs);
  switch (found.kind) {
    case "missing":
      return well(check, `${path} is made by the first ingest`);
    case "ok":
      return well(
        check,
        `${path}, ${found.notes} notes${found.isWhole ? ", whole" : "; too big to be read through here"}`,
      );
    case "old":
      return problem(check, `${path} was written by an older version of this program`, again);
    case "new":
      return problem(check, `${path} was written by a newer version of this program`, "Update the program.");
    case "foreign":
      return problem(check, `${path} is a database of something else`, "Name another file with --store.");
    case "damaged":
      return problem(check, `${path} is damaged (${found.reason})`, again);
    case "unreadable":
      return problem(
        check,
        `${path} cannot be read (${found.reason})`,
        "Mend its permissions, or name another file with --store.",
      );
  }
}

/** A Neo4j that is configured: whether it answers, may be written to, and has what the graph needs. */
export async function checkNeo4j(
  address: Neo4jAddress,
  statePath: (place: { readonly place: string; readonly database: string }) => string,
): Promise<Check[]> {
  const check = "Neo4j";
  try {
    const { place, database, version, edition, notes, missing, obstacle } = await neo4jCheckup(address);
    const state = await checkFile("state file", statePath({ place, database }));
    const checks = [well(check, `${place}, ${version} ${edition}, database "${database}", ${notes} notes`)];
    checks.push(
      missing.length === 0
        ? well("Neo4j indexes", "all there")
        : notes === 0
          ? well("Neo4j indexes", "made by the first ingest")
          : problem(
              "Neo4j indexes",
              `without ${missing.join(", ")} every note is searched for slowly`,
              "Run ingest again: it makes them.",
            ),
    );
    checks.push(
      obstacle === undefined
        ? well("Neo4j rights", "this user may write")
        : problemOf("Neo4j rights", obstacle),
    );
    return [...checks, state];
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
    return [problemOf(check, error)];
  }
}
