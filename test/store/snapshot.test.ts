import { join } from "node:path";
import { expect, test } from "vitest";
import type { NodeRow } from "../../src/knowledge/graph-rows.ts";
import { openEmbedded } from "../../src/store/open.ts";
import { temporaryFolder } from "../support/folder.ts";

const tag = (name: string): NodeRow => ({
  kind: "node",
  labels: ["Tag"],
  id: name,
  properties: { name },
  owner: `#${name}`,
});
const patch = (...nodes: NodeRow[]) => ({
  deleteRelationships: [],
  rekeyNodes: [],
  upsertNodes: nodes,
  upsertRelationships: nodes.map(({ id }) => ({
    kind: "relationship" as const,
    type: "TAGGED",
    from: "n",
    to: id,
    properties: {},
    owner: "n",
  })),
  deleteNodes: [],
});

test("an export is of one moment, whatever another process writes meanwhile", async () => {
  const file = join(temporaryFolder(), "graph.sqlite");
  const [reader, writer] = [openEmbedded(file, { create: true }), openEmbedded(file, { create: true })];
  const note: NodeRow = { kind: "node", labels: ["Note"], id: "n", properties: { path: "n.md" }, owner: "n" };
  await writer.store.apply({ ...patch(), upsertNodes: [note] });
  await writer.store.apply(patch(tag("a")));
  const seen: string[] = [];
  for await (const row of reader.store.rows()) {
    seen.push(row.kind === "node" ? row.id : `${row.type} ${row.to}`);
    await writer.store.apply(patch(tag("b")));
  }
  expect(seen).toEqual(["n", "a", "TAGGED a"]);
  const after: string[] = [];
  for await (const row of reader.store.rows())
    after.push(row.kind === "node" ? row.id : `${row.type} ${row.to}`);
  expect(after).toEqual(["n", "a", "b", "TAGGED a", "TAGGED b"]);
  await reader.store.apply(patch(tag("c")));
  await reader.close();
  await writer.close();
});
