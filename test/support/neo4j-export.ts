import neo4j, { isInt, type Driver } from "neo4j-driver";
import { nodeLabels, type PropertyValue } from "../../src/knowledge/graph-rows.ts";
import type { ExportLine } from "../../src/store/export-jsonl.ts";

/** The graph in a Neo4j database as lines of an export; a value that no row could hold is an error. */
export async function exportOfNeo4j(driver: Driver, database: string): Promise<ExportLine[]> {
  const all = async (query: string) =>
    (await driver.executeQuery(query, {}, { database, routing: neo4j.routing.READ })).records;
  const nodes = await all("MATCH (n) RETURN labels(n) AS labels, properties(n) AS properties");
  const relationships = await all(
    "MATCH (a)-[r]->(b) RETURN type(r) AS type, coalesce(a.id, a.name) AS from, coalesce(b.id, b.name) AS to, properties(r) AS properties",
  );
  return [
    ...nodes.map((record): ExportLine => {
      const labels = (record.get("labels") as string[]).toSorted(byKindFirst);
      const { id, ...rest } = valuesOf(record.get("properties") as object);
      const isTag = labels[0] === "Tag";
      return { kind: "node", labels, id: String(isTag ? rest["name"] : id), properties: rest };
    }),
    ...relationships.map((record): ExportLine => ({
      kind: "relationship",
      type: String(record.get("type")),
      from: String(record.get("from")),
      to: String(record.get("to")),
      properties: valuesOf(record.get("properties") as object),
    })),
  ];
}

/** Lines in an order of their own, for comparing exactly; a database has none. */
export function sorted(lines: readonly ExportLine[]): ExportLine[] {
  const key = (line: ExportLine) =>
    line.kind === "node" ? `0 ${line.labels[0]} ${line.id}` : `1 ${line.type} ${line.from} ${line.to}`;
  return lines.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}

function valuesOf(properties: object): Record<string, PropertyValue> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]: [string, unknown]) => [name, valueOf(name, value)]),
  );
}

function valueOf(name: string, value: unknown): PropertyValue {
  if (isInt(value) && name !== "confidence") return value.toNumber();
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  if (Array.isArray(value) && value.every((item) => typeof item === "boolean")) return value;
  // The driver gives whole numbers as objects, so a plain number was stored as a real one.
  if (typeof value === "number" && name === "confidence") return value;
  throw new Error(`${name} has a value of a wrong type: ${JSON.stringify(value)}`);
}

/** What a node is comes first, its types follow by name. */
function byKindFirst(a: string, b: string): number {
  const rank = (label: string) => (nodeLabels.some((known) => known === label) ? 0 : 1);
  return rank(a) - rank(b) || (a < b ? -1 : 1);
}
