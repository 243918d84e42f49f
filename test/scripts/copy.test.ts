import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compareExports } from "../../src/store/compare-exports.ts";
import { exampleNotes, expectSentence, exported, ingestJson, prepare, run } from "../support/command.ts";
import { makeUnreadable, temporaryFolder, writeNotes } from "../support/folder.ts";
import { embeddedExport, lastChange } from "../support/neo4j-graph.ts";
import { emptyNeo4j, hasNeo4j } from "../support/neo4j-server.ts";

test("a graph is copied from one file to another, and a run goes on from the copy", async () => {
  const folder = temporaryFolder();
  cpSync(exampleNotes, join(folder, "notes"), { recursive: true });
  await prepare(folder, "notes");
  const copied = await run(["copy", "--from", ".neo4j-langgraph/graph.sqlite", "--to", "b.sqlite"], {
    in: folder,
  });
  expect(copied).toMatchObject({
    code: 0,
    stderr: "",
    stdout: expect.stringContaining("both say the same") as string,
  });
  expect(await exported({ in: folder }, "--store", "b.sqlite")).toEqual(await exported({ in: folder }));
  writeNotes(folder, { "notes/New.md": "[[Início]]" });
  const { notes } = await prepare(folder, "notes", { store: "b.sqlite" });
  expect(notes).toMatchObject({ new: 1, changed: 0, deleted: 0 });
  expect(
    compareExports(
      await exported({ in: folder }, "--store", "b.sqlite"),
      await embeddedExport(join(folder, "notes"), { vault: "notes" }),
    ),
  ).toEqual([]);
});

test("what holds another graph, is not there or is the same place is refused", async () => {
  const folder = temporaryFolder();
  writeNotes(folder, { "one/a.md": "[[b]]", "two/c.md": "[[d]]" });
  await prepare(folder, "one", { store: "one.sqlite" });
  await prepare(folder, "two", { store: "two.sqlite" });
  const before = await exported({ in: folder }, "--store", "two.sqlite");
  const copy = (from: string, to: string) => run(["copy", "--from", from, "--to", to], { in: folder });
  expectSentence(await copy("one.sqlite", "two.sqlite"), 2, "two.sqlite holds another graph");
  expectSentence(await copy("none.sqlite", "three.sqlite"), 2, "no graph at none.sqlite");
  expectSentence(await copy("one.sqlite", "one.sqlite"), 2, "must differ");
  expect(await exported({ in: folder }, "--store", "two.sqlite")).toEqual(before);
});

test("notes that cannot be read after a copy keep what the graph knows of them, until they can", async () => {
  const folder = temporaryFolder();
  const notes = {
    "a.md": "---\naliases: [Al]\n---\nSees [[b]] #tag",
    "b.md": "---\nauthor: '[[a]]'\n---\nAl wrote b.",
    "c.md": "[[b]] and Al",
  };
  writeNotes(join(folder, "notes"), notes);
  await prepare(folder, "notes");
  const copied = await run(["copy", "--from", ".neo4j-langgraph/graph.sqlite", "--to", "b.sqlite"], {
    in: folder,
  });
  expect(copied.code).toBe(0);
  const before = await exported({ in: folder });
  makeUnreadable(join(folder, "notes/b.md"));
  const { notes: counts } = await prepare(folder, "notes", { store: "b.sqlite" });
  expect(counts).toMatchObject({ failed: 1, deleted: 0 });
  const kept = await exported({ in: folder }, "--store", "b.sqlite");
  const keys = (lines: typeof kept) =>
    lines.map((line) => (line.kind === "node" ? line.id : `${line.type} ${line.from} ${line.to}`));
  expect(keys(kept)).toEqual(keys(before));
  rmSync(join(folder, "notes/b.md"));
  writeNotes(join(folder, "notes"), { ...notes, "c.md": "nothing" });
  await prepare(folder, "notes", { store: "b.sqlite" });
  expect(
    compareExports(
      await exported({ in: folder }, "--store", "b.sqlite"),
      await embeddedExport(join(folder, "notes"), { vault: "notes" }),
    ),
  ).toEqual([]);
});

describe.skipIf(!(await hasNeo4j()))("a graph that began in a file", () => {
  test("moves to Neo4j and back; runs go on in both places and write only what changed", async () => {
    const server = await emptyNeo4j({ keepsSchema: true });
    const { uri, username, password } = server;
    const env = { NEO4J_USERNAME: username, NEO4J_PASSWORD: password };
    const folder = temporaryFolder();
    cpSync(exampleNotes, join(folder, "notes"), { recursive: true });
    await prepare(folder, "notes");
    const there = await run(["copy", "--from", ".neo4j-langgraph/graph.sqlite", "--to", uri], {
      in: folder,
      env,
    });
    expect(there, there.stderr).toMatchObject({ code: 0, stderr: "" });
    const before = await lastChange(server);
    const inNeo4j = { in: folder, env: { ...env, NEO4J_URI: uri } };
    expect((await ingestJson(["notes"], inNeo4j)).notes).toMatchObject({ new: 0, changed: 0 });
    expect(await lastChange(server)).toBe(before);
    expect((await run(["ask", "Who wrote The Lighthouse Ledger?"], inNeo4j)).stdout).toContain("Edda Marsh");
    writeNotes(folder, { "notes/New.md": "[[Início]]" });
    await ingestJson(["notes"], inNeo4j);
    const back = await run(["copy", "--from", uri, "--to", "back.sqlite", "--json"], { in: folder, env });
    expect(back, back.stderr).toMatchObject({ code: 0, stderr: "" });
    expect(await exported({ in: folder }, "--store", "back.sqlite")).toEqual(await exported(inNeo4j));
    expect((await prepare(folder, "notes", { store: "back.sqlite" })).notes).toMatchObject({
      new: 0,
      changed: 0,
    });
  });
});
