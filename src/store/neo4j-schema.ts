import type { NodeLabel } from "../knowledge/graph-rows.ts";

/** The property by which a node is found; a tag is its name. */
export const identityProperty: Readonly<Record<NodeLabel, "id" | "name">> = {
  Note: "id",
  Chunk: "id",
  Entity: "id",
  Tag: "name",
};

/** A node of ours that had to go and carries something of the user's: no row, no part of any export. */
export const keptLabel = "KeptStub";

/** The one node that says which patch the graph was last changed by: no row either. */
export const markerLabel = "NotesGraphState";

/**
 * What a Neo4j database needs before rows are written: without the constraints every MERGE would scan all nodes.
 * Doing it twice changes nothing. `standard-folding` finds text without its accents.
 */
export const neo4jSchema: readonly string[] = [
  "CREATE CONSTRAINT note_id IF NOT EXISTS FOR (n:Note) REQUIRE n.id IS UNIQUE",
  "CREATE CONSTRAINT chunk_id IF NOT EXISTS FOR (n:Chunk) REQUIRE n.id IS UNIQUE",
  "CREATE CONSTRAINT entity_id IF NOT EXISTS FOR (n:Entity) REQUIRE n.id IS UNIQUE",
  "CREATE CONSTRAINT tag_name IF NOT EXISTS FOR (n:Tag) REQUIRE n.name IS UNIQUE",
  fullText("chunk_text", "Chunk", "n.text"),
  fullText("entity_name", "Entity", "n.name, n.aliases"),
];

/** What is found again when the graph is opened must be one. */
export const markerSchema = `CREATE CONSTRAINT notes_graph_state IF NOT EXISTS FOR (n:${markerLabel}) REQUIRE n.id IS UNIQUE`;

function fullText(name: string, label: NodeLabel, properties: string): string {
  return (
    `CREATE FULLTEXT INDEX ${name} IF NOT EXISTS FOR (n:${label}) ON EACH [${properties}] ` +
    "OPTIONS {indexConfig: {`fulltext.analyzer`: 'standard-folding'}}"
  );
}
