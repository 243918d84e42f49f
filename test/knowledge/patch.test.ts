import { describe, expect, test } from "vitest";
import type { NodeRow, RelationshipRow } from "../../src/knowledge/graph-rows.ts";
import { type AppliedRow, contentOf, diff, isEmpty } from "../../src/knowledge/patch.ts";

const node = (id: string, name = id): NodeRow => ({
  kind: "node",
  labels: ["Entity", "Person"],
  id,
  properties: { name },
  owner: id,
});
const knows = (from: string, to: string, since = 1): RelationshipRow => ({
  kind: "relationship",
  type: "KNOWS",
  from,
  to,
  properties: { since },
  owner: from,
});
const standing = (row: NodeRow | RelationshipRow): AppliedRow => ({
  row:
    row.kind === "node"
      ? { kind: "node", label: row.labels[0], id: row.id }
      : { kind: "relationship", type: row.type, from: row.from, to: row.to },
  content: contentOf(row),
});

test("what stands already is not written again", () => {
  const rows = [node("ada"), knows("ada", "bob")];
  expect(isEmpty(diff(rows, rows.map(standing), []))).toBe(true);
});

test("what is new or other is written, what nobody says any more is removed", () => {
  const patch = diff(
    [node("ada", "Ada"), knows("ada", "cleo")],
    [node("ada"), knows("ada", "bob")].map(standing),
    [],
  );
  expect(patch.upsertNodes.map((row) => row.properties["name"])).toEqual(["Ada"]);
  expect(patch.upsertRelationships.map((row) => row.to)).toEqual(["cleo"]);
  expect(patch.deleteRelationships.map((row) => row.to)).toEqual(["bob"]);
  expect(patch.deleteNodes).toEqual([]);
});

test("a type that changes is a change of the node", () => {
  const other: NodeRow = { ...node("ada"), labels: ["Entity", "Work"] };
  expect(diff([other], [standing(node("ada"))], []).upsertNodes).toEqual([other]);
});

describe("a node that lives on under another id", () => {
  const rekey = { label: "Entity" as const, from: "ada", to: "lady ada" };

  test("is re-keyed, not deleted", () => {
    const patch = diff([node("lady ada")], [standing(node("ada"))], [rekey]);
    expect(patch.rekeyNodes).toEqual([rekey]);
    expect(patch.deleteNodes).toEqual([]);
    expect(patch.upsertNodes.map((row) => row.id)).toEqual(["lady ada"]);
  });

  test("goes when its heir is not there after all", () => {
    const patch = diff([], [standing(node("ada"))], [rekey]);
    expect(patch.rekeyNodes).toEqual([]);
    expect(patch.deleteNodes.map((row) => row.id)).toEqual(["ada"]);
  });

  test("stays when it is still wanted itself", () => {
    const patch = diff([node("ada"), node("lady ada")], [standing(node("ada"))], [rekey]);
    expect(patch.rekeyNodes).toEqual([]);
    expect(patch.upsertNodes.map((row) => row.id)).toEqual(["lady ada"]);
  });
});
