import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

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

interface Drawable {
  drawMermaid(): string;
}
