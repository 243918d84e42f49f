import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { exampleNotes, exported, expectSentence, prepare, run } from "../support/command.ts";
import { temporaryFolder } from "../support/folder.ts";

async function folderWithGraph(): Promise<string> {
  const folder = temporaryFolder();
  await prepare(folder, exampleNotes);
  return folder;
}

test("export writes one object a line: nodes by label and id, then relationships by type and ends", async () => {
  const lines = await exported({ in: await folderWithGraph() });
  const labels = ["Note", "Chunk", "Entity", "Tag"];
  const keys = lines.map((line) => {
    if (line.kind === "node") {
      expect(Object.keys(line)).toEqual(["kind", "labels", "id", "properties"]);
      return ["0", String(labels.indexOf(line.labels[0] ?? "")), line.id];
    }
    expect(Object.keys(line)).toEqual(["kind", "type", "from", "to", "properties"]);
    expect(line.properties["id"]).toBeTypeOf("string");
    return ["1", line.type, line.from, line.to];
  });
  const byCodeUnit = (a: readonly string[], b: readonly string[]): number => {
    const index = a.findIndex((part, place) => part !== b[place]);
    return index === -1 ? 0 : (a[index] ?? "") < (b[index] ?? "") ? -1 : 1;
  };
  expect(keys).toEqual(keys.toSorted(byCodeUnit));
  expect(lines.filter((line) => line.kind === "node").length).toBeGreaterThan(100);
});

test("export gives the same bytes again, to stdout and to a file", async () => {
  const folder = await folderWithGraph();
  const first = await run(["export"], { in: folder });
  const second = await run(["export", "--out", "graph.jsonl"], { in: folder });
  expect(second).toMatchObject({ code: 0, stdout: "", stderr: "Wrote graph.jsonl.\n" });
  const hash = (text: string) => createHash("sha256").update(text).digest("hex");
  expect(hash(readFileSync(join(folder, "graph.jsonl"), "utf8"))).toBe(hash(first.stdout));
  expect(readdirSync(folder).toSorted()).toEqual([".neo4j-langgraph", "graph.jsonl"]);
  expect(await run(["export", "--out", "graph.jsonl", "--quiet"], { in: folder })).toMatchObject({
    stderr: "",
  });
});

test("export to a place that cannot be written is wrong usage, and leaves what is there", async () => {
  const folder = await folderWithGraph();
  mkdirSync(join(folder, "sub"));
  expectSentence(await run(["export", "--out", "sub"], { in: folder }), 2, "it is a folder");
  expectSentence(await run(["export", "--out", "none/graph.jsonl"], { in: folder }), 2, "no folder none");
  writeFileSync(join(folder, "file"), "x");
  expectSentence(await run(["export", "--out", "file/graph.jsonl"], { in: folder }), 2, "no folder file");
  expectSentence(await run(["export", "--out", "/proc/graph.jsonl"], { in: folder }), 1, "/proc/graph.jsonl");
  expect(readdirSync(folder).toSorted()).toEqual([".neo4j-langgraph", "file", "sub"]);
});

test("export writes a script for Neo4j, and a file for programs that draw graphs", async () => {
  const folder = await folderWithGraph();
  const cypher = await run(["export", "--format", "cypher"], { in: folder });
  expect(cypher).toMatchObject({ code: 0, stderr: "" });
  expect(cypher.stdout).toMatch(/^CREATE CONSTRAINT note_id IF NOT EXISTS /);
  const graphml = await run(["export", "--format", "graphml"], { in: folder });
  expect(graphml).toMatchObject({ code: 0, stderr: "" });
  expect(graphml.stdout).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?>\n<graphml [^]*<\/graphml>\n$/);
  expectSentence(await run(["export", "--format", "xml"], { in: folder }), 2, "jsonl, cypher, graphml");
});
