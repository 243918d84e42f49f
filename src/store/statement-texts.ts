import { endLabels, type NodeLabel, ownRelationshipTypes } from "../knowledge/graph-rows.ts";
import { nodeProperties, relationshipProperties } from "../knowledge/own-properties.ts";
import { cypherName } from "./cypher-literal.ts";
import { identityProperty, keptLabel } from "./neo4j-schema.ts";

/*
 * Every Cypher text that changes a graph's rows. Values and names that come from notes are parameters. A node is
 * found by a label that stands in the text: by a computed one Neo4j would scan all nodes.
 */

const own = new Set<string>(ownRelationshipTypes);

/** Nodes are made or found by id, then become what their rows say; a former type is taken away. */
export function upsertNodesText(label: NodeLabel): string {
  const merge = `UNWIND $rows AS row\nMERGE (n:${label} {${identityProperty[label]}: row.id})\n`;
  if (label !== "Entity") return `${merge}REMOVE n:${keptLabel}\nSET n += row.properties`;
  return `${merge}WITH n, row, [former IN labels(n) WHERE former = n.type AND NOT former IN row.labels AND former <> 'Entity'] AS former
REMOVE n:$(former), n:${keptLabel}
SET n:$(row.labels), n += row.properties`;
}

/** For facts of many types in one statement: their type is a parameter. */
export const anyFact = "$(row.type)";

/** Whether the database may hold nodes that are kept for the user's sake: nothing of ours may hang on those. */
export type KeptNodes = "none" | "some";

/**
 * Relationships of a type of ours, of a fact type that stands in the text, or of any fact type. The last is one text
 * for all, and is planned well only once the database has some relationships: before, Neo4j would scan them all.
 */
export function upsertRelationshipsText(type: string, keptNodes: KeptNodes): string {
  const named = own.has(type) || type === anyFact ? type : cypherName(type);
  const set = relationshipProperties(type).length > 0 ? "\nSET r += row.properties" : "";
  const stand =
    keptNodes === "none" ? "" : `WITH a, b, row WHERE NOT a:${keptLabel} AND NOT b:${keptLabel}\n`;
  return `UNWIND $rows AS row\n${endsOf(type)}${stand}MERGE (a)-[r:${named} {id: row.id}]->(b)${set}`;
}

/** There is one relationship of ours for each type and pair of ends. */
export function deleteRelationshipsText(type: string): string {
  const isOurs = "r.id IS NOT NULL";
  const found = own.has(type)
    ? `MATCH (a)-[r:${type}]->(b) WHERE ${isOurs}`
    : `MATCH (a)-[r]->(b) WHERE type(r) = row.type AND ${isOurs}`;
  return `UNWIND $rows AS row\n${endsOf(type)}${found}\nDELETE r`;
}

/** The node goes on under the new id; relationships of ours are named by their ends and are made again. */
export function rekeyNodesText(label: NodeLabel): string {
  const id = identityProperty[label];
  return `UNWIND $rows AS row
${found("n", label, "row.from")}
WHERE NOT EXISTS { MATCH (:${label} {${id}: row.to}) }
SET n.${id} = row.to
WITH n
MATCH (n)-[r]-() WHERE r.id IS NOT NULL
DELETE r`;
}

/** A node that must go and carries something of the user's stays, as little more than its identity. */
export function keepNodesText(label: NodeLabel): string {
  const emptied = nodeProperties[label].filter((name) => !keptProperties.has(name));
  const values = [...emptied.filter((name) => name !== "stub").map((name) => `${name}: null`), "stub: true"];
  return `UNWIND $rows AS row
${found("n", label, "row.id")}
WHERE ${isTheUsersToo(label)}
SET n:${keptLabel}, n += {${values.join(", ")}}
WITH n
MATCH (n)-[r]-() WHERE r.id IS NOT NULL
DELETE r`;
}

export function deleteNodesText(label: NodeLabel): string {
  return `UNWIND $rows AS row
${found("n", label, "row.id")}
WHERE NOT (${isTheUsersToo(label)})
DETACH DELETE n`;
}

/** Kept nodes on which nothing of the user's is left. */
export function abandonedNodesText(label: NodeLabel): string {
  const id = identityProperty[label];
  return `MATCH (n:${keptLabel}) WHERE n:${label} AND NOT (${isTheUsersToo(label)}) RETURN n.${id} AS id ORDER BY id`;
}

/** By what a kept node is known when its note, entity or tag comes back. */
const keptProperties = new Set(["vault", "path", "title", "key", "name", "type"]);

/** Whether a node of ours carries a relationship, a property or a label that we did not write. */
function isTheUsersToo(label: NodeLabel): string {
  const names = ["id", "stub", ...nodeProperties[label]].map((name) => `'${name}'`).join(", ");
  const isType = label === "Entity" ? " AND label <> coalesce(n.type, '')" : "";
  return `EXISTS { MATCH (n)-[r]-() WHERE r.id IS NULL }
  OR any(name IN keys(n) WHERE NOT name IN [${names}])
  OR any(label IN labels(n) WHERE NOT label IN ['${label}', '${keptLabel}']${isType})`;
}

function endsOf(type: string): string {
  const [from, to] = endLabels(type);
  return `${found("a", from, "row.from")}\n${found("b", to, "row.to")}\n`;
}

/** With statistics of a moment ago, Neo4j can take an index for so small that it reads all of it: it is told not to. */
function found(variable: string, label: NodeLabel, id: string): string {
  const property = identityProperty[label];
  return `MATCH (${variable}:${label} {${property}: ${id}}) USING INDEX SEEK ${variable}:${label}(${property})`;
}
