import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkout, startFile } from "../support/command.ts";
import { temporaryFolder, writeNotes } from "../support/folder.ts";

const root = join(import.meta.dirname, "../..");
const registered = (
  JSON.parse(readFileSync(join(root, "langgraph.json"), "utf8")) as { graphs: Record<string, string> }
).graphs;

test.each(Object.entries(registered))(
  "the graph %s of langgraph.json can be imported without keys and drawn",
  async (_name, target) => {
    const [file = "", exported = ""] = target.split(":");
    const module = (await import(join(root, file))) as Record<
      string,
      { lg_is_pregel: boolean; getGraphAsync(): Promise<Drawable> }
    >;
    const graph = module[exported];
    expect(graph?.lg_is_pregel).toBe(true);
    expect((await graph?.getGraphAsync())?.drawMermaid()).toContain("graph TD");
  },
);

test("the ingest graph shows its steps in their order, and the way back from write to derive", async () => {
  const { graph } = await import("../../graphs/ingest.ts");
  const { nodes, edges } = await graph.getGraphAsync();
  expect(Object.keys(nodes)).toEqual([
    "__start__",
    "parse",
    "chunk",
    "extractStructure",
    "record",
    "derive",
    "writeCypher",
    "write",
    "__end__",
  ]);
  expect(
    edges
      .map(({ source, target, conditional }) => `${source} ${conditional === true ? "?" : "-"}> ${target}`)
      .toSorted(),
  ).toEqual([
    "__start__ -> parse",
    "chunk -> extractStructure",
    "derive -> writeCypher",
    "extractStructure -> record",
    "parse -> chunk",
    "record -> derive",
    "write ?> __end__",
    "write ?> derive",
    "writeCypher -> write",
  ]);
});

test("in Studio the Cypher-writing step leaves its statements in the state, wherever the graph is kept", async () => {
  const folder = temporaryFolder();
  writeNotes(folder, { "notes/a.md": "[[b]]" });
  const look = `
    const { graph } = await import(${JSON.stringify(join(checkout, "graphs/ingest.ts"))});
    const kinds = [];
    for await (const update of await graph.stream({ files: ["notes/a.md"] }, { streamMode: "updates" }))
      kinds.push(...(update.writeCypher?.statements ?? []).map(({ kind, text, rows }) => [kind, text.includes("$rows"), rows.length]));
    console.log(JSON.stringify(kinds));`;
  const ended = await startFile(process.execPath, ["--input-type=module", "--eval", look], { in: folder })
    .ended;
  expect(ended.stderr).toBe("");
  const statements = JSON.parse(ended.stdout) as unknown[];
  expect(statements).toContainEqual(["upsertNodes", true, 2]);
  expect(statements).toContainEqual(["upsertRelationships", true, 1]);
});

interface Drawable {
  drawMermaid(): string;
}
