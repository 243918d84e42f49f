import { describe, expect, test } from "vitest";
import { retrieve } from "../../src/ask/retrieve.ts";
import { sampleQuestion } from "../../src/ask/sample-question.ts";
import { exampleNotes, prepare, run } from "../support/command.ts";
import { temporaryFolder, writeNotes } from "../support/folder.ts";
import { emptyGraph, takeIn } from "../support/graph.ts";

async function folderWithGraph(): Promise<string> {
  const folder = temporaryFolder();
  await prepare(folder, exampleNotes);
  return folder;
}

test("ask --json is one document of the shape that other programs rely on", async () => {
  const folder = await folderWithGraph();
  const ended = await run(["ask", "Who wrote The Lighthouse Ledger?", "--json"], { in: folder });
  expect(ended.code).toBe(0);
  const answer = JSON.parse(ended.stdout) as { evidence: unknown[]; facts: unknown[] };
  expect(Object.keys(answer)).toEqual(["question", "answer", "evidence", "facts", "model"]);
  expect(answer).toMatchObject({ question: "Who wrote The Lighthouse Ledger?", answer: null, model: null });
  expect(answer.evidence[0]).toEqual({
    note: "The Lighthouse Ledger",
    path: "Books/The Lighthouse Ledger.md",
    headings: ["The Lighthouse Ledger"],
    quote: expect.stringContaining("Edda Marsh wrote The Lighthouse Ledger") as string,
    score: expect.any(Number) as number,
  });
  expect(answer.facts).toContainEqual({
    source: "The Lighthouse Ledger",
    type: "AUTHOR",
    target: "Edda Marsh",
    evidence: 'author: "[[Edda Marsh]]"',
    path: "Books/The Lighthouse Ledger.md",
  });
});

describe("the answer is found for a question", () => {
  test.each([
    ["in English", ["Who wrote The Lighthouse Ledger?"], "Edda Marsh"],
    ["in Portuguese", ["Onde trabalha a Marta Brandão?"], "Observatório da Ria"],
    ["without its accents", ["onde trabalha marta brandao"], "Observatório da Ria"],
    ["that was given without quotes", ["Who", "wrote", "The", "Lighthouse", "Ledger?"], "Edda Marsh"],
  ])("%s", async (_name, words, part) => {
    const folder = await folderWithGraph();
    const { code, stdout } = await run(["ask", ...words], { in: folder });
    expect(code).toBe(0);
    expect(stdout.split("\n").slice(0, 3).join("\n") + stdout.slice(stdout.indexOf("\nFacts"))).toContain(
      part,
    );
  });
});

test("without a model it says so on stderr, once; not with --evidence, which asks for that, nor with --quiet", async () => {
  const folder = await folderWithGraph();
  const plain = await run(["ask", "Niamh"], { in: folder });
  expect(plain.stderr.match(/No model is asked/g)).toHaveLength(1);
  for (const option of ["--evidence", "--quiet"]) {
    const ended = await run(["ask", "Niamh", option], { in: folder });
    expect(ended).toMatchObject({ code: 0, stderr: "", stdout: plain.stdout });
  }
  const verbose = await run(["ask", "Niamh", "--verbose"], { in: folder });
  expect(verbose.stdout.length).toBeGreaterThan(plain.stdout.length);
});

test("a question that nothing in the notes speaks of is no error", async () => {
  const folder = await folderWithGraph();
  const said = await run(["ask", "xylophone?"], { in: folder });
  expect(said).toMatchObject({ code: 0, stdout: "Nothing in the notes speaks of that.\n" });
  const json = await run(["ask", "xylophone?", "--json"], { in: folder });
  expect(JSON.parse(json.stdout)).toMatchObject({ evidence: [], facts: [], answer: null });
});

test("words that are syntax elsewhere are only words", async () => {
  const workspace = emptyGraph();
  await takeIn(exampleNotes, workspace);
  for (const question of [
    '"',
    "NEAR(a b)",
    "x OR * NOT (",
    "'; DROP TABLE node; --",
    "a:b^2",
    "\u0000",
    "😀",
  ]) {
    expect(await retrieve(question, workspace.store)).toMatchObject({ question });
  }
  const { facts } = await retrieve('"Lighthouse" AND (Ledger*', workspace.store);
  expect(facts).toContainEqual(expect.objectContaining({ target: "Edda Marsh" }));
});

describe("the question that a summary proposes", () => {
  test("is about what the notes mention most, and its answer names both ends of the fact", async () => {
    const workspace = emptyGraph();
    await takeIn(exampleNotes, workspace);
    const question = await sampleQuestion(workspace.store);
    const mostMentioned = (await workspace.store.findEntities([], 8)).map(({ name }) => name);
    expect(mostMentioned).toContain(question?.fact?.source);
    expect(question?.text).toBe("Where was Niamh Doyle born?");
    const { facts, evidence } = await retrieve(question?.text ?? "", workspace.store);
    expect(facts).toContainEqual(question?.fact);
    const { source = "", target = "" } = question?.fact ?? {};
    expect(
      evidence.some(({ quote, path }) => quote.includes(target) && (quote + path).includes(source)),
    ).toBe(true);
  });

  test("leaves out facts that a question does not bring back", async () => {
    const workspace = emptyGraph();
    const folder = temporaryFolder();
    // "Who" and "What" are words that a search leaves out.
    writeNotes(folder, {
      "Who.md": '---\naliases: [x]\nauthor: "[[What]]"\n---\n',
      "What.md": "---\naliases: [y]\n---\n",
      "Log.md": "[[Who]] [[Who]] [[What]] [[Ledger]]",
      "Ledger.md": '---\nauthor: "[[Edda]]"\n---\nEdda wrote the Ledger.',
      "Edda.md": "[[Ledger]]",
    });
    await takeIn(folder, workspace);
    const question = await sampleQuestion(workspace.store);
    const { facts } = await retrieve(question?.text ?? "", workspace.store);
    expect(facts).toContainEqual(question?.fact);
  });

  test("is there in a graph without facts, and not in an empty one", async () => {
    const workspace = emptyGraph();
    expect(await sampleQuestion(workspace.store)).toBeUndefined();
    const folder = temporaryFolder();
    writeNotes(folder, { "Ada.md": "", "b.md": "[[Ada]]" });
    await takeIn(folder, workspace);
    expect(await sampleQuestion(workspace.store)).toEqual({
      text: "What do I know about Ada?",
      fact: undefined,
    });
  });
});
