import {
  endLabels,
  type NodeLabel,
  nodeLabels,
  ownRelationshipTypes,
  relationshipId,
} from "../knowledge/graph-rows.ts";
import type { NodeRow, PropertyValue, RelationshipRow } from "../knowledge/graph-rows.ts";
import { nodeProperties, relationshipProperties } from "../knowledge/own-properties.ts";
import type { NodeReference, Patch, RelationshipReference, Rekey } from "../knowledge/patch.ts";
import {
  anyFact,
  deleteNodesText,
  deleteRelationshipsText,
  type KeptNodes,
  keepNodesText,
  rekeyNodesText,
  upsertNodesText,
  upsertRelationshipsText,
} from "./statement-texts.ts";

export type StatementKind =
  | "deleteRelationships"
  | "rekeyNodes"
  | "upsertNodes"
  | "upsertRelationships"
  | "keepNodes"
  | "deleteNodes";

/** A null takes the property away. */
export type StatementProperties = Readonly<Record<string, PropertyValue | null>>;

/** One row of a statement: plain values, as the statement's text names them. */
export type StatementRow = Readonly<Record<string, PropertyValue | StatementProperties>>;

/** What is sent to Neo4j: a text of a closed set, and the rows it is done for. */
export interface Statement {
  readonly kind: StatementKind;
  readonly text: string;
  readonly rows: readonly StatementRow[];
  /** Labels of the nodes that are locked while relationships are written. */
  readonly locked?: readonly NodeLabel[];
}

/** Rows of one statement, which is one transaction. */
const mostWideRows = 500;
const mostNarrowRows = 1_000;
const mostDeleted = 2_000;

/**
 * Whether facts of all types go together, as is quickest, or type by type, as is planned well in a database that has
 * no relationships yet.
 */
export type FactGrouping = "together" | "by type";

/** The statements that bring a patch about, in this order; they are the same for the same patch. */
export function statementsOf(patch: Patch, facts: FactGrouping, keptNodes: KeptNodes = "some"): Statement[] {
  return [
    ...deleteRelationships(patch.deleteRelationships),
    ...rekeyNodes(patch.rekeyNodes),
    ...upsertNodes(patch.upsertNodes),
    ...upsertRelationships(patch.upsertRelationships, facts, keptNodes),
    ...deleteNodes(patch.deleteNodes),
  ];
}

/** Nodes go, or stay for what the user attached to them. */
export function deleteNodes(references: readonly NodeReference[]): Statement[] {
  return nodeLabels.flatMap((label) => {
    const rows = references.filter((node) => node.label === label).map(({ id }) => ({ id }));
    return batches(rows.toSorted(byId), mostDeleted).flatMap((batch): Statement[] => [
      { kind: "keepNodes", text: keepNodesText(label), rows: batch },
      { kind: "deleteNodes", text: deleteNodesText(label), rows: batch },
    ]);
  });
}

function deleteRelationships(references: readonly RelationshipReference[]): Statement[] {
  return byType(references).flatMap(([type, ofType]) =>
    statements(
      "deleteRelationships",
      deleteRelationshipsText(type),
      ofType.map(({ type, from, to }) => (own.has(type) ? { from, to } : { from, to, type })),
      mostNarrowRows,
    ),
  );
}

/** Where the new id is taken, by a node kept for the user, that one is revived and the old one goes. */
function rekeyNodes(rekeys: readonly Rekey[]): Statement[] {
  return nodeLabels.flatMap((label) => {
    const ofLabel = rekeys.filter((rekey) => rekey.label === label);
    const rows = ofLabel.map(({ from, to }) => ({ from, to }));
    return [
      ...statements("rekeyNodes", rekeyNodesText(label), rows, mostNarrowRows),
      ...deleteNodes(ofLabel.map(({ from }) => ({ kind: "node", label, id: from }))),
    ];
  });
}

function upsertNodes(rows: readonly NodeRow[]): Statement[] {
  const byLabel = Map.groupBy(rows, (row) => row.labels[0]);
  return nodeLabels.flatMap((label) => {
    const ofLabel = (byLabel.get(label) ?? []).map((row) => nodeRow(label, row)).toSorted(byId);
    const isWide = label === "Note" || label === "Chunk";
    return statements("upsertNodes", upsertNodesText(label), ofLabel, isWide ? mostWideRows : mostNarrowRows);
  });
}

function nodeRow(label: NodeLabel, { id, labels, properties }: NodeRow): StatementRow & { id: string } {
  const all: Record<string, PropertyValue | null> = { stub: null };
  for (const name of nodeProperties[label]) all[name] = properties[name] ?? null;
  return label === "Entity" ? { id, labels: labels.slice(1), properties: all } : { id, properties: all };
}

function upsertRelationships(
  rows: readonly RelationshipRow[],
  facts: FactGrouping,
  keptNodes: KeptNodes,
): Statement[] {
  return byType(rows).flatMap(([type, ofType]) => {
    const groups =
      own.has(type) || facts === "together"
        ? new Map([[own.has(type) ? type : anyFact, ofType]])
        : Map.groupBy(ofType, (row) => (isPlainName.test(row.type) ? row.type : anyFact));
    return [...groups].flatMap(([name, group]) =>
      statements(
        "upsertRelationships",
        upsertRelationshipsText(name, keptNodes),
        group.map((row) => relationshipRow(row, name === anyFact)),
        mostNarrowRows,
      ).map((statement) => ({ ...statement, locked: endLabels(type) })),
    );
  });
}

/** A name without anything that Cypher could read as more than a name. */
const isPlainName = /^[\p{L}_][\p{L}\p{N}\p{M}_]{0,63}$/u;

function relationshipRow(row: RelationshipRow, isTypeGiven: boolean): StatementRow {
  const { type, from, to } = row;
  const ends = { id: relationshipId(row), from, to, ...(isTypeGiven && { type }) };
  const names = relationshipProperties(type).filter((name) => name !== "id");
  if (names.length === 0) return ends;
  return {
    ...ends,
    properties: Object.fromEntries(names.map((name) => [name, row.properties[name] ?? null])),
  };
}

const own = new Set<string>(ownRelationshipTypes);

/** Our types in their order, then all facts together under the type of the first. */
function byType<Item extends { readonly type: string }>(
  items: readonly Item[],
): [type: string, items: Item[]][] {
  const groups = Map.groupBy(items, ({ type }) => (own.has(type) ? type : ""));
  return [...ownRelationshipTypes, ""].flatMap((name): [string, Item[]][] => {
    const group = groups.get(name);
    return group?.[0] === undefined ? [] : [[group[0].type, group]];
  });
}

function statements(
  kind: StatementKind,
  text: string,
  rows: readonly StatementRow[],
  mostRows: number,
): Statement[] {
  return batches(rows, mostRows).map((batch) => ({ kind, text, rows: batch }));
}

function batches<Item>(items: readonly Item[], most: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / most) }, (_, index) =>
    items.slice(index * most, (index + 1) * most),
  );
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
