import { UsageError } from "../errors.ts";
import type { Neo4jConnection } from "./neo4j-connection.ts";
import { markerSchema, neo4jSchema } from "./neo4j-schema.ts";

const awaitSeconds = 300;
const wholeSchema = [...neo4jSchema, markerSchema];
const schemaNames = new Set(wholeSchema.map(nameIn));

/** Makes the constraints and indexes that are not there; one that is there under its name must be what we need. */
export async function prepareNeo4j(connection: Neo4jConnection): Promise<void> {
  const present = await indexesOf(connection);
  check(present, present, connection);
  const missing = wholeSchema.filter((statement) => !present.has(nameIn(statement)));
  for (const statement of missing) await connection.write(statement);
  if (missing.length > 0) await connection.read(`CALL db.awaitIndexes(${awaitSeconds})`);
  if (missing.length > 0) check(schemaNames, await indexesOf(connection), connection);
}

/** Names of what is not there. Throws UsageError for what is there under its name and is something else. */
export async function missingSchema(connection: Neo4jConnection): Promise<string[]> {
  const present = await indexesOf(connection);
  check(present, present, connection);
  return [...schemaNames].filter((name) => !present.has(name));
}

interface Index {
  readonly type: string;
  readonly label: string;
  readonly properties: string;
  readonly analyzer: string;
  readonly isUnique: boolean;
}

async function indexesOf(connection: Neo4jConnection): Promise<Map<string, Index>> {
  const rows = await connection.read(
    "SHOW INDEXES YIELD name, type, labelsOrTypes, properties, options, owningConstraint " +
      "RETURN name, type, labelsOrTypes, properties, options, owningConstraint",
  );
  return new Map(
    rows.map((row): [string, Index] => {
      const options = row["options"] as { indexConfig?: Record<string, unknown> } | null;
      return [
        String(row["name"]),
        {
          type: String(row["type"]),
          label: ((row["labelsOrTypes"] ?? []) as string[]).join(),
          properties: ((row["properties"] ?? []) as string[]).join(", "),
          analyzer: String(options?.indexConfig?.["fulltext.analyzer"] ?? ""),
          isUnique: row["owningConstraint"] !== null,
        },
      ];
    }),
  );
}

/** `IF NOT EXISTS` is content with anything of the same name. */
function check(
  names: { has(name: string): boolean },
  present: ReadonlyMap<string, Index>,
  { place }: Neo4jConnection,
): void {
  for (const statement of wholeSchema) {
    const name = nameIn(statement);
    if (!names.has(name)) continue;
    const found = present.get(name);
    const label = /FOR \(n:(\w+)\)/.exec(statement)?.[1];
    const properties = /(?:REQUIRE|ON EACH \[)\s*([^\]]+?)(?: IS UNIQUE|\])/.exec(statement)?.[1];
    const isFullText = statement.startsWith("CREATE FULLTEXT");
    const fits =
      found !== undefined &&
      found.label === label &&
      found.properties === properties?.replaceAll("n.", "") &&
      (isFullText ? found.type === "FULLTEXT" && statement.includes(`'${found.analyzer}'`) : found.isUnique);
    if (fits) continue;
    throw new UsageError(
      "NEO4J_SCHEMA_CONFLICT",
      found === undefined
        ? `Neo4j at ${place} has an index in the way of ${name} (${label}: ${properties}): drop it (SHOW INDEXES shows its name), then run again.`
        : `Neo4j at ${place} has an index ${name} that is not what the graph needs: DROP ${found.isUnique ? "CONSTRAINT" : "INDEX"} ${name}, then run again.`,
      { facts: { place, name } },
    );
  }
}

function nameIn(statement: string): string {
  return /(?:CONSTRAINT|INDEX) (\w+)/.exec(statement)?.[1] ?? "";
}
