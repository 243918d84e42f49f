/** Values a property can have: what Neo4j and JSON both know. Absent means absent, never null. */
export type PropertyValue = string | number | boolean | readonly string[] | readonly boolean[];
export type Properties = Readonly<Record<string, PropertyValue>>;

export const nodeLabels = ["Note", "Chunk", "Entity", "Tag"] as const;
export type NodeLabel = (typeof nodeLabels)[number];

/** A node as it should stand in the graph. `labels[0]` is what it is; more are its types. */
export interface NodeRow {
  readonly kind: "node";
  readonly labels: readonly [NodeLabel, ...string[]];
  readonly id: string;
  readonly properties: Properties;
  /** The note, entity or tag it is derived for: rows of one owner are compared and replaced together. */
  readonly owner: string;
}

/** A relationship as it should stand in the graph; there is one for each (type, from, to). */
export interface RelationshipRow {
  readonly kind: "relationship";
  readonly type: string;
  readonly from: string;
  readonly to: string;
  readonly properties: Properties;
  readonly owner: string;
}

export type Row = NodeRow | RelationshipRow;

/** Relationship types with a meaning of their own; a fact never has one of these names. */
export const ownRelationshipTypes = [
  "HAS_CHUNK",
  "NEXT_CHUNK",
  "LINKS_TO",
  "TAGGED",
  "DESCRIBES",
  "MENTIONS",
] as const;

/** Labels of a relationship's ends: each type of ours says by itself what they are, and facts stand between entities. */
export function endLabels(type: string): readonly [from: NodeLabel, to: NodeLabel] {
  return ownEndLabels.get(type) ?? ["Entity", "Entity"];
}

const ownEndLabels = new Map<string, readonly [NodeLabel, NodeLabel]>([
  ["HAS_CHUNK", ["Note", "Chunk"]],
  ["NEXT_CHUNK", ["Chunk", "Chunk"]],
  ["LINKS_TO", ["Note", "Note"]],
  ["TAGGED", ["Note", "Tag"]],
  ["DESCRIBES", ["Note", "Entity"]],
  ["MENTIONS", ["Chunk", "Entity"]],
]);

/** Whether a property's numbers are real ones even when they are whole: a confidence of 1 is 1.0. */
export function isRealProperty(name: string): boolean {
  return name === "confidence";
}

/** Natural identity of a row among all rows. */
export function rowKey(row: Row): string {
  return row.kind === "node" ? `${row.labels[0]} ${row.id}` : `${row.type} ${row.from} ${row.to}`;
}

/** Id of a relationship of ours, made from its ends; facts carry their own. */
export function relationshipId(row: Pick<RelationshipRow, "type" | "from" | "to" | "properties">): string {
  const own = row.properties["id"];
  return typeof own === "string" ? own : `${row.type}:${row.from}:${row.to}`;
}
