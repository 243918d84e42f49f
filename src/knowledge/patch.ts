import { type NodeLabel, type NodeRow, type RelationshipRow, type Row, rowKey } from "./graph-rows.ts";

/** A row that stands in the graph already; `content` is what it was made of. */
export interface AppliedRow {
  readonly row: NodeReference | RelationshipReference;
  readonly content: string;
}

export interface NodeReference {
  readonly kind: "node";
  readonly label: NodeLabel;
  readonly id: string;
}

export interface RelationshipReference {
  readonly kind: "relationship";
  readonly type: string;
  readonly from: string;
  readonly to: string;
}

/** A node that lives on under another id: what users attached to it by hand stays. */
export interface Rekey {
  readonly label: NodeLabel;
  readonly from: string;
  readonly to: string;
}

/** What must happen to the graph, in this order; applying it twice changes nothing. */
export interface Patch {
  readonly deleteRelationships: readonly RelationshipReference[];
  readonly rekeyNodes: readonly Rekey[];
  readonly upsertNodes: readonly NodeRow[];
  readonly upsertRelationships: readonly RelationshipRow[];
  readonly deleteNodes: readonly NodeReference[];
}

/** Whether a patch changes nothing. */
export function isEmpty(patch: Patch): boolean {
  return (
    patch.rekeyNodes.length + patch.upsertNodes.length + patch.upsertRelationships.length === 0 &&
    patch.deleteRelationships.length + patch.deleteNodes.length === 0
  );
}

/** What a patch adds, while not all that is declared is known: what stands may still be somebody's. */
export function withoutLosses(patch: Patch): Patch {
  return { ...patch, deleteRelationships: [], rekeyNodes: [], deleteNodes: [] };
}

/** Everything a row consists of beside its identity, as one comparable text; a chunk's own text stands in its hash. */
export function contentOf(row: Row): string {
  if (row.kind === "relationship") return JSON.stringify(row.properties);
  if (row.labels[0] !== "Chunk") return JSON.stringify([row.labels, row.properties]);
  const { text: _, ...properties } = row.properties;
  return JSON.stringify([row.labels, properties]);
}

/**
 * The difference between the rows that should be there and those that are, both of the same owners. A node
 * that is re-keyed is not deleted; its relationships are, since they are named by their ends.
 */
export function diff(
  derived: readonly Row[],
  applied: readonly AppliedRow[],
  rekeys: readonly Rekey[],
): Patch {
  const present = new Map(applied.map((entry) => [referenceKey(entry.row), entry]));
  const wanted = new Set(derived.map(rowKey));
  const moved = rekeys.filter(
    ({ label, from, to }) =>
      present.has(`${label} ${from}`) && wanted.has(`${label} ${to}`) && !wanted.has(`${label} ${from}`),
  );
  const movedFrom = new Set(moved.map((rekey) => `${rekey.label} ${rekey.from}`));
  const upsertNodes: NodeRow[] = [];
  const upsertRelationships: RelationshipRow[] = [];
  for (const row of derived) {
    const key = rowKey(row);
    const standing = present.get(key);
    present.delete(key);
    if (standing !== undefined && standing.content === contentOf(row)) continue;
    if (row.kind === "node") upsertNodes.push(row);
    else upsertRelationships.push(row);
  }
  const gone = [...present].filter(([key]) => !movedFrom.has(key)).map(([, entry]) => entry.row);
  return {
    deleteRelationships: gone.filter((row) => row.kind === "relationship"),
    rekeyNodes: moved,
    upsertNodes,
    upsertRelationships,
    deleteNodes: gone.filter((row) => row.kind === "node"),
  };
}

function referenceKey(row: NodeReference | RelationshipReference): string {
  return row.kind === "node" ? `${row.label} ${row.id}` : `${row.type} ${row.from} ${row.to}`;
}
