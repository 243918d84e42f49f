import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder, writeNotes } from "../support/folder.ts";
import { emptyGraph, graphOf, type Graph, readGraph, takeIn } from "../support/graph.ts";

/** Names of the entities of a graph, in order. */
function entitiesOf(graph: Graph): unknown[] {
  return graph.rows
    .flatMap((row) => (row.kind === "node" && row.labels[0] === "Entity" ? [row.properties["name"]] : []))
    .toSorted();
}

/** A folder that is taken in again after every change. */
function livingFolder() {
  const folder = temporaryFolder();
  const workspace = emptyGraph();
  return {
    async after(notes: Readonly<Record<string, string>>, gone: readonly string[] = []): Promise<Graph> {
      writeNotes(folder, notes);
      for (const path of gone) rmSync(join(folder, path));
      await takeIn(folder, workspace, { prune: true });
      return readGraph(workspace);
    },
  };
}

describe("a name that no title and no alias covers", () => {
  test("is an entity that no note describes, mentioned as a guess, with the sentence it stands in", async () => {
    const text = "It rained. On the way we met Marta Brandão, and Marta Brandão laughed.";
    const graph = await graphOf({ "Log.md": text });
    expect(graph.entity("Marta Brandão")).toMatchObject({
      key: "marta brandão",
      type: "Person",
      mentionCount: 2,
      aliases: [],
      rawTypes: [],
    });
    expect(graph.properties("MENTIONS", text, "Marta Brandão")).toMatchObject({
      method: "heuristic",
      confidence: 0.5,
      count: 2,
      quote: "On the way we met Marta Brandão, and Marta Brandão laughed.",
    });
    expect(graph.relationships("DESCRIBES")).toEqual([]);
  });

  test("is called as most texts call it, and of the type that most of them tell", async () => {
    const graph = await graphOf({
      "A.md": "So we saw the band Quorith there.",
      "B.md": "So we saw the band QUORITH there.",
      "C.md": "It was by the singer Quorith.",
    });
    expect(graph.entity("Quorith")).toMatchObject({
      type: "Organization",
      aliases: ["QUORITH"],
      mentionCount: 3,
    });
  });

  test("is not looked for in templates, code and comments", async () => {
    const graph = await graphOf({
      "Templates/Day.md": "We met Quorith.",
      "Log.md": "See `the Quorith` and %% the Quorith %%.",
    });
    expect(entitiesOf(graph)).toEqual([]);
  });

  test("without accents joins its only accented spelling; two accents never join", async () => {
    const one = await graphOf({ "A.md": "We met Tomé Reis.", "B.md": "We met Tome Reis." });
    expect(entitiesOf(one)).toEqual(["Tomé Reis"]);
    expect(one.entity("Tomé Reis")).toMatchObject({ aliases: ["Tome Reis"], mentionCount: 2 });
    const two = await graphOf({ "A.md": "We met Tomé Reis.", "B.md": "We met Tome Reis and Tomê Reis." });
    expect(entitiesOf(two)).toEqual(["Tome Reis", "Tomê Reis", "Tomé Reis"].toSorted());
  });
});

describe("when notes change", () => {
  test("a guess is the note's own name once there is such a note, and a guess again when it is gone", async () => {
    const folder = livingFolder();
    const log = "We met Marta Brandão there.";
    await folder.after({ "Log.md": log });
    const described = await folder.after({ "People/Marta Brandão.md": "A friend." });
    expect(described.properties("MENTIONS", log, "Marta Brandão")?.["method"]).toBe("gazetteer");
    expect(described.relationships("DESCRIBES")).toEqual(["People/Marta Brandão.md -> Marta Brandão"]);
    const guessed = await folder.after({}, ["People/Marta Brandão.md"]);
    expect(guessed.properties("MENTIONS", log, "Marta Brandão")?.["method"]).toBe("heuristic");
    expect(guessed.relationships("DESCRIBES")).toEqual([]);
  });

  test("a word that turns out to be an ordinary one is no name any more, in notes that did not change either", async () => {
    const folder = livingFolder();
    const named = await folder.after({ "Log.md": "We planted Zumbari there." });
    expect(entitiesOf(named)).toEqual(["Zumbari"]);
    const ordinary = await folder.after({
      "Garden.md": "the zumbari grows, zumbari is green, zumbari, zumbari",
    });
    expect(entitiesOf(ordinary)).toEqual([]);
    const again = await folder.after({}, ["Garden.md"]);
    expect(entitiesOf(again)).toEqual(["Zumbari"]);
  });

  test("an alias that two notes share is a guess, until only one of them has it", async () => {
    const folder = livingFolder();
    const log = "We met Quorith there.";
    const called = "---\naliases: [Quorith]\n---\nx";
    const shared = await folder.after({ "A.md": called, "B.md": called, "Log.md": log });
    expect(shared.properties("MENTIONS", log, "Quorith")?.["method"]).toBe("heuristic");
    const own = await folder.after({ "B.md": "x" });
    expect(own.properties("MENTIONS", log, "A")?.["method"]).toBe("gazetteer");
    expect(own.entity("Quorith")).toBeUndefined();
    const again = await folder.after({ "B.md": called });
    expect(again.properties("MENTIONS", log, "Quorith")?.["method"]).toBe("heuristic");
  });

  test("an entity goes with the last text that names it", async () => {
    const folder = livingFolder();
    await folder.after({ "A.md": "We met Quorith.", "B.md": "We met Quorith." });
    const one = await folder.after({ "A.md": "We met nobody." });
    expect(one.entity("Quorith")?.["mentionCount"]).toBe(1);
    expect(entitiesOf(await folder.after({}, ["B.md"]))).toEqual([]);
  });
});

test("a field states its fact on the date that its line gives", async () => {
  const graph = await graphOf({
    "Book.md":
      "author:: [[Ada]], em 3 de maio de 2024\n\neditor:: [[Bob]]\n\nIsto é um livro que li devagar.",
  });
  expect(graph.properties("AUTHOR", "Book", "Ada")?.["statedOn"]).toEqual(["2024-05-03"]);
  expect(graph.properties("EDITOR", "Book", "Bob")?.["statedOn"]).toEqual([""]);
});
