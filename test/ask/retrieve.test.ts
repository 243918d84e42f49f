import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bestQuote } from "../../src/ask/best-quote.ts";
import { wordsToFind } from "../../src/ask/question.ts";
import { retrieve } from "../../src/ask/retrieve.ts";
import type { Workspace } from "../../src/store/open.ts";
import { emptyGraph, takeIn } from "../support/graph.ts";

const notes = join(import.meta.dirname, "../../examples/notes");

describe("asked about the sample notes", () => {
  let workspace: Workspace;
  beforeAll(async () => {
    workspace = emptyGraph();
    await takeIn(notes, workspace);
  });
  afterAll(async () => {
    await workspace.close();
  });
  const ask = (question: string) => retrieve(question, workspace.store);

  test.each([
    ["Who wrote The Lighthouse Ledger?", "Books/The Lighthouse Ledger.md", "Edda Marsh wrote"],
    ["Onde trabalha a Marta Brandão?", "Pessoas/Marta Brandão.md", "trabalha no Observatório da Ria"],
    ["onde trabalha a marta brandao", "Pessoas/Marta Brandão.md", "trabalha no Observatório da Ria"],
    ["What does Niamh Doyle lead?", "Pessoas/Niamh Doyle.md", "leads [[Tide Atlas]]"],
    ["lighthouse ledger Stroma", "Books/The Lighthouse Ledger.md", "Stroma"],
  ])("%s finds first what %s says", async (question, path, words) => {
    const [first] = (await ask(question)).evidence;
    expect(first?.path).toBe(path);
    expect(first?.quote).toContain(words);
  });

  test("every quote is verbatim in its note", async () => {
    for (const question of ["Caldeirada da Avó Rosa", "Tide Atlas gauges", "Galway em maio", "avó"]) {
      const { evidence } = await ask(question);
      expect(evidence.length).toBeGreaterThan(0);
      for (const { path, quote } of evidence)
        expect(readFileSync(join(notes, path), "utf8")).toContain(quote);
    }
  });

  test("the facts around what is named come with the note that says them, those that were asked for first", async () => {
    const { facts } = await ask("Who is the author of The Lighthouse Ledger?");
    expect(facts[0]).toEqual({
      source: "The Lighthouse Ledger",
      type: "AUTHOR",
      target: "Edda Marsh",
      evidence: 'author: "[[Edda Marsh]]"',
      path: "Books/The Lighthouse Ledger.md",
    });
  });

  test("of two people of one first name only the one who is named is meant", async () => {
    const { facts } = await ask("Marta Queirós");
    expect(facts.length).toBeGreaterThan(0);
    expect(facts.filter(({ source, target }) => ![source, target].includes("Marta Queirós"))).toEqual([]);
  });

  test("what nobody wrote about finds nothing", async () => {
    expect(await ask("xyzzy plugh")).toEqual({
      question: "xyzzy plugh",
      answer: null,
      evidence: [],
      facts: [],
      model: null,
    });
  });
});

test("words that only ask are not looked for, unless there are no others", () => {
  expect(wordsToFind("Who wrote the book about João?")).toEqual(["wrote", "book", "joao"]);
  expect(wordsToFind("Quem é você?")).toEqual(["quem", "e", "voce"]);
});

test("the sentence that has most of the words is quoted, a heading only where there is nothing else", () => {
  expect(
    bestQuote("# Ada Lovelace\n\nShe wrote. Ada wrote the first program! More.", ["ada", "program"]),
  ).toBe("Ada wrote the first program!");
  expect(bestQuote("# Ada Lovelace", ["ada"])).toBe("# Ada Lovelace");
});
