import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { problemsOf } from "../support/check-graph.ts";
import { emptyGraph, exportOf, graphOf, takeIn } from "../support/graph.ts";

describe("a note describes an entity", () => {
  test("when another note links to it", async () => {
    const graph = await graphOf({ "Ada.md": "She wrote.", "Log.md": "Read [[Ada]]." });
    expect(graph.relationships("DESCRIBES")).toEqual(["Ada.md -> Ada"]);
  });

  test("when another note names it in prose", async () => {
    const graph = await graphOf({ "Ada.md": "She wrote.", "Log.md": "I read ada today." });
    expect(graph.relationships("DESCRIBES")).toEqual(["Ada.md -> Ada"]);
  });

  test("when it has an alias, a front matter title being one", async () => {
    const graph = await graphOf({
      "Ada.md": "---\naliases: Countess\n---\nx",
      "Bob.md": "---\ntitle: Robert\n---\nx",
    });
    expect(graph.entity("Ada")?.["aliases"]).toEqual(["Countess"]);
    expect(graph.entity("Bob")?.["aliases"]).toEqual(["Robert"]);
  });

  test("when its front matter states a fact", async () => {
    const graph = await graphOf({ "Notes on Engines.md": "---\nauthor: '[[Ada]]'\n---\nx" });
    expect(graph.relationships("AUTHOR")).toEqual(["Notes on Engines -> Ada"]);
  });

  test("but not when only it speaks of itself, nor when it is a day or a template", async () => {
    const graph = await graphOf({
      "Ada.md": "Ada is Ada. See [[Ada]] and [[#Part]].",
      "2024-05-03.md": "A day.",
      "Templates/Person.md": "---\naliases: Somebody\n---\n[[Bob]]",
      "Log.md": "[[2024-05-03]] and [[Person]].",
    });
    expect(graph.relationships("DESCRIBES").filter((pair) => !pair.startsWith("Bob"))).toEqual([]);
    expect(graph.entity("Bob")).toBeUndefined();
  });
});

describe("a mention", () => {
  test("is the author's when it is a link, a known name's when it is prose; the stronger counts", async () => {
    const graph = await graphOf({ "Ada.md": "x", "Log.md": "First Ada. Then [[Ada|her]]. Ada again." });
    const mention = graph.properties("MENTIONS", "First Ada. Then [[Ada|her]]. Ada again.", "Ada");
    expect(mention).toMatchObject({
      count: 3,
      method: "structure",
      confidence: 1,
      quote: "Then [[Ada|her]].",
    });
    expect(graph.entity("Ada")?.["mentionCount"]).toBe(3);
  });

  test("is not found in code, comments, formulas and addresses", async () => {
    const graph = await graphOf({
      "Ada.md": "---\nalias: Countess\n---\n",
      "Log.md": "`Ada` $Ada$ %% Ada %% <!-- Ada --> https://x.org/Ada\n\n```\nAda\n```\n",
    });
    expect(graph.relationships("MENTIONS")).toEqual([]);
  });

  test("is found in the note's own text too, once the note describes something", async () => {
    const graph = await graphOf({ "Ada.md": "Ada was born.", "Log.md": "[[Ada]]" });
    expect(graph.relationships("MENTIONS")).toEqual(["Ada was born. -> Ada", "[[Ada]] -> Ada"]);
  });
});

describe("a link", () => {
  test("is one relationship a pair, with an entry for each time it is written", async () => {
    const graph = await graphOf({
      "Ada.md": "x",
      "Log.md": "[[Ada|her]] [[Ada#Life]] ![[Ada#^b1]] [md](Ada.md)",
    });
    expect(graph.properties("LINKS_TO", "Log.md", "Ada.md")).toEqual({
      count: 4,
      alias: ["her", "", "", "md"],
      heading: ["", "Life", "", ""],
      block: ["", "", "b1", ""],
      embed: [false, false, true, false],
    });
  });

  test("to a note that nobody wrote yet points at a stub, called as it is first written by code point", async () => {
    const graph = await graphOf({ "A.md": "[[nobody]]", "B.md": "[[Nobody]]" });
    expect(graph.note("Nobody")).toMatchObject({ stub: true, title: "Nobody" });
    expect(graph.relationships("LINKS_TO")).toEqual(["A.md -> Nobody", "B.md -> Nobody"]);
  });
});

describe("a fact", () => {
  test("comes from a front matter key whose value is links, with the line that says so", async () => {
    const graph = await graphOf({
      "Book.md": "---\nwritten by:\n  - '[[Ada]]'\n  - \"[[Bob|B.]]\"\nyear: 1843\n---\n",
    });
    expect(graph.relationships("WRITTEN_BY")).toEqual(["Book -> Ada", "Book -> Bob"]);
    expect(graph.properties("WRITTEN_BY", "Book", "Ada")).toMatchObject({
      rawType: "written by",
      evidence: ["- '[[Ada]]'"],
      chunkIds: [""],
      methods: ["structure"],
      models: [""],
      statedOn: [""],
      confidence: 1,
    });
  });

  test("comes from a Dataview field, said by its chunk", async () => {
    const graph = await graphOf({ "Book.md": "Intro.\n\nauthor:: [[Ada]]\n" });
    expect(graph.properties("AUTHOR", "Book", "Ada")?.["evidence"]).toEqual(["author:: [[Ada]]"]);
  });

  test("is one however many places say it, with each of them", async () => {
    const graph = await graphOf({
      "Book.md": "---\nauthor: '[[Ada]]'\n---\nauthor:: [[Ada]]\n\n# Later\n\nauthor:: [[ada]]\n",
    });
    expect(graph.relationships("AUTHOR")).toEqual(["Book -> Ada"]);
    expect(graph.properties("AUTHOR", "Book", "Ada")?.["evidence"]).toHaveLength(3);
  });

  test("does not join a note with itself, nor with a day", async () => {
    const graph = await graphOf({
      "Book.md": "---\nabout: '[[Book]]'\nread: '[[2024-05-03]]'\n---\n",
      "2024-05-03.md": "x",
    });
    expect(graph.relationships("ABOUT")).toEqual([]);
    expect(graph.relationships("READ")).toEqual([]);
  });
});

describe("an entity's type", () => {
  test("comes from the note's type, else its tags, else its folder", async () => {
    const graph = await graphOf({
      "People/Ada.md": "---\nalias: A\n---\n",
      "People/Rio.md": "---\nalias: R\ntags: [place]\n---\n",
      "People/Play.md": "---\nalias: P\ntype: book\ntags: [place]\n---\n",
      "Thing.md": "---\nalias: T\n---\n",
    });
    const types = ["Ada", "Rio", "Play", "Thing"].map((name) => graph.entity(name)?.["type"]);
    expect(types).toEqual(["Person", "Place", "Work", "Concept"]);
    expect(graph.entity("Ada")?.["rawTypes"]).toEqual(["People"]);
  });
});

test("tags of text and front matter are one list, nested ones keep their path", async () => {
  const graph = await graphOf({ "A.md": "---\ntags: [x, '#y/z']\n---\n#x and #new" });
  expect(graph.relationships("TAGGED")).toEqual(["A.md -> new", "A.md -> x", "A.md -> y/z"]);
});

const vaults = ["examples/notes", "../shared/vaults/obsidian-tasks", "../shared/vaults/kepano"].map((path) =>
  join(import.meta.dirname, "../..", path),
);

test.each(vaults)("the graph of %s keeps every promise of its model", async (folder) => {
  if (!existsSync(folder)) return console.warn(`SKIPPED: ${folder} is not on this machine`);
  const workspace = emptyGraph();
  const result = await takeIn(folder, workspace);
  expect(result.notes.failed).toBe(0);
  expect(problemsOf(await exportOf(workspace))).toEqual([]);
  await workspace.close();
});
