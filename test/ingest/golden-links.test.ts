import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { decode } from "../../src/notes/decode.ts";
import type { WrittenLink } from "../../src/notes/note.ts";
import { parseNote } from "../../src/notes/parse-note.ts";
import { emptyGraph, type Graph, readGraph, takeIn } from "../support/graph.ts";

interface GoldenLink {
  readonly note: string;
  readonly link: string;
  readonly line: number;
  /** Path of the note it means; null for a note that is not there; else what it is instead. */
  readonly target: string | null;
  readonly heading: string;
  readonly block?: string;
}

const root = join(import.meta.dirname, "../..");
const vaults = [
  { name: "the sample notes", golden: "example-notes-links.json", folder: join(root, "examples/notes") },
  {
    name: "the documentation of obsidian-tasks",
    golden: "obsidian-tasks-links.json",
    folder: join(root, "../shared/vaults/obsidian-tasks/docs"),
  },
  {
    name: "the demo vault of obsidian-tasks",
    golden: "tasks-demo-links.json",
    folder: join(root, "../shared/vaults/obsidian-tasks/resources/sample_vaults/Tasks-Demo"),
  },
  { name: "kepano's vault", golden: "kepano-links.json", folder: join(root, "../shared/vaults/kepano") },
];

describe.each(vaults)("in $name", ({ golden, folder }) => {
  const links = JSON.parse(readFileSync(join(root, "test/fixtures", golden), "utf8")) as GoldenLink[];
  const isThere = existsSync(folder);
  if (!isThere)
    console.warn(`SKIPPED: the golden links of ${golden}, since ${folder} is not on this machine`);

  test.runIf(isThere)("every link goes where a person says it goes", async () => {
    const workspace = emptyGraph();
    const result = await takeIn(folder, workspace);
    expect(result.notes.failed).toBe(0);
    const graph = await readGraph(workspace);
    const wrong = links.flatMap((expected) => {
      const actual = whereItGoes(folder, expected, graph);
      return actual === "as expected"
        ? []
        : [`${expected.note}:${expected.line} ${expected.link} → ${expected.target}: ${actual}`];
    });
    expect(wrong).toEqual([]);
    await workspace.close();
  });
});

function whereItGoes(folder: string, expected: GoldenLink, graph: Graph): string {
  const text = decode(readFileSync(join(folder, expected.note)));
  const written = parseNote(text, expected.note.endsWith(".txt") ? "text" : "markdown").links.filter(
    (link) =>
      text.slice(link.start, link.end) === expected.link && lineAt(text, link.start) === expected.line,
  );
  const isLink = expected.target !== "attachment" && expected.target !== "not-a-link";
  const [link] = written;
  if (link === undefined) return isLink ? "not read as a link" : "as expected";
  if (!isLink) return "read as a link to a note";
  if (link.heading !== expected.heading || link.block !== (expected.block ?? "")) {
    return `heading ${JSON.stringify(link.heading)}, block ${JSON.stringify(link.block)}`;
  }
  const targets = graph
    .relationships("LINKS_TO")
    .filter((pair) => pair.startsWith(`${expected.note} -> `))
    .map((pair) => pair.slice(expected.note.length + 4))
    .filter((target) => hasLink(graph.properties("LINKS_TO", expected.note, target), link));
  if (expected.target !== null)
    return targets.includes(expected.target) ? "as expected" : `one of ${targets.join(", ")}`;
  const stub = link.target.replace(/\.md$/, "").toLowerCase();
  return targets.some((target) => target.toLowerCase() === stub)
    ? "as expected"
    : `no stub among ${targets.join(", ")}`;
}

/** Whether one of the links between two notes is written like this one. */
function hasLink(properties: Readonly<Record<string, unknown>> | undefined, link: WrittenLink): boolean {
  const list = (name: string) => (properties?.[name] ?? []) as unknown[];
  return list("alias").some(
    (alias, index) =>
      alias === link.alias &&
      list("heading")[index] === link.heading &&
      list("block")[index] === link.block &&
      list("embed")[index] === link.embed,
  );
}

function lineAt(text: string, position: number): number {
  return text.slice(0, position).split("\n").length;
}
