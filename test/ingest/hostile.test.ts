import { execFileSync } from "node:child_process";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { IngestResult } from "../../src/ingest/result.ts";
import type { Row } from "../../src/knowledge/graph-rows.ts";
import { temporaryFolder, writeNotes } from "../support/folder.ts";
import { emptyGraph, type Graph, readGraph, takeIn } from "../support/graph.ts";

type Notes = Readonly<Record<string, string | Uint8Array>>;

/** What people would write to break a graph database, a shell, a regular expression or a screen. */
const hostile: Readonly<Record<string, string>> = {
  backticks: "a`b``c`",
  quotes: `it's "quoted" \\" \\'`,
  "an escaped backtick": String.raw`x\u0060) DETACH DELETE n //`,
  Cypher: "X`}) DETACH DELETE n RETURN (n:`Y",
  "Cypher in a line": ") DETACH DELETE n //",
  SQL: "'; DROP TABLE note; --",
  braces: "${process.exit(1)} {{x}} $1 $& %s %n",
  brackets: "a [b] (c) {d} <e> *f* _g_",
  "a wildcard": "A*",
  HTML: "<script>alert(1)<∕script>",
  Chinese: "数据库删除命令",
  "right to left": "مرحبا\u202Eevil\u202C שלום",
  "control characters": "a\u0001b\u0007c\u001B[31md\u007F\u0085e",
  "joined by nothing": "a\u200Bb\u200Dc\uFEFFd\u2060e",
  "combining marks": `Z${"\u0301\u0316\u0489".repeat(20)}algo`,
  emoji: "👩‍👩‍👧‍👦🇧🇷👍🏽",
  "a word of JavaScript": "__proto__",
  "another word of JavaScript": "constructor",
  "a word of Cypher": "MATCH",
  "a type of ours": "LINKS_TO",
  dots: "...",
  "a percent sign": "100% %00 %2e%2e",
};
const entries = Object.entries(hostile);

async function take(notes: Notes): Promise<{ graph: Graph; result: IngestResult; folder: string }> {
  const folder = temporaryFolder();
  writeNotes(folder, notes);
  const workspace = emptyGraph();
  const result = await takeIn(folder, workspace);
  const graph = await readGraph(workspace);
  await workspace.close();
  return { graph, result, folder };
}

const labels = new Set(["Note", "Chunk", "Entity", "Tag"]);
const ownTypes = new Set(["HAS_CHUNK", "NEXT_CHUNK", "LINKS_TO", "TAGGED", "DESCRIBES", "MENTIONS"]);

/** Types and labels hold letters, digits and underscores only, whatever the notes say; text is well formed. */
function expectNothingInjected(rows: readonly Row[]): void {
  for (const row of rows) {
    const names = row.kind === "node" ? row.labels : [row.type];
    for (const name of names) {
      expect(name).toMatch(/^[\p{L}_][\p{L}\p{M}\p{N}_]*$/u);
      expect([...name].length).toBeLessThanOrEqual(64);
    }
    if (row.kind === "node") expect(labels).toContain(row.labels[0]);
    expect(JSON.stringify(row.properties)).not.toMatch(/\\ud[89a-f]/i);
    expect(Object.keys(Object.prototype)).toEqual([]);
  }
}

function factsOf(rows: readonly Row[]): Extract<Row, { kind: "relationship" }>[] {
  return rows.filter((row) => row.kind === "relationship").filter((row) => !ownTypes.has(row.type));
}

function noteRows(graph: Graph): Row[] {
  return graph.rows.filter(
    (row) => row.kind === "node" && row.labels[0] === "Note" && row.properties["stub"] !== true,
  );
}

test("hostile titles are titles, and links find them", async () => {
  const names = entries.map(([, text]) => text.replaceAll("/", "∕").replace(/^\.+/, "dots"));
  const notes: Record<string, string> = {};
  for (const [index, name] of names.entries()) notes[`${name}.md`] = `Note number ${index}.`;
  // In a link a backslash is a slash, as on Windows.
  const linkable = names.filter((name) => !/[[\]|#^{}<\\]/.test(name));
  notes["index.md"] = linkable.map((name) => `- [[${name}]]`).join("\n");
  const { graph, result } = await take(notes);
  expect(result.failures).toEqual([]);
  expect(noteRows(graph)).toHaveLength(names.length + 1);
  for (const name of names)
    expect(graph.note(`${name}.md`.normalize("NFC"))?.["title"]).toBe(name.normalize("NFC"));
  expect(graph.relationships("LINKS_TO")).toEqual(
    linkable.map((name) => `index.md -> ${name.normalize("NFC")}.md`).toSorted(),
  );
  expectNothingInjected(graph.rows);
});

test("hostile aliases, tags and values of the front matter are kept as text", async () => {
  const notes = Object.fromEntries(
    entries.map(([, text], index) => [
      `${index}.md`,
      `---\naliases: [${JSON.stringify(text)}]\ntags: [${JSON.stringify(`t${text}`)}]\nvalue: ${JSON.stringify(text)}\n---\nText of ${index}.`,
    ]),
  );
  const { graph, result } = await take(notes);
  expect(result.failures).toEqual([]);
  expect(result.warnings).toEqual([]);
  for (const [index, [, text]] of entries.entries()) {
    const note = graph.note(`${index}.md`);
    if (!text.includes("{{")) expect(note?.["aliases"]).toEqual([text.normalize("NFC").trim()]);
    expect(JSON.parse(String(note?.["frontmatter"]))).toMatchObject({ value: text });
  }
  expectNothingInjected(graph.rows);
});

test("fields with hostile names state facts whose types are words", async () => {
  const long = "a very long name of a field that goes on and on ".repeat(7).slice(0, 300).trim();
  const fields = [
    ...entries.map(([, text]) => text),
    long,
    "名前".repeat(100),
    "é".repeat(300),
    "1984",
    "a:b",
    "NEXT_CHUNK",
  ];
  const yaml = fields.map((field, index) => `${JSON.stringify(field)}: "[[Target ${index}]]"`).join("\n");
  const { graph, result } = await take({ "Source.md": `---\n${yaml}\n---\nText.` });
  expect(result.failures).toEqual([]);
  expectNothingInjected(graph.rows);
  const facts = factsOf(graph.rows);
  expect(facts.length).toBeGreaterThan(20);
  expect(
    facts.map(({ properties }) => String(properties["rawType"])).filter((type) => !fields.includes(type)),
  ).toEqual([]);
  expect(graph.relationships("LINKS_TO")).toHaveLength(fields.length);
});

test("Dataview fields with hostile values state facts about text", async () => {
  const body = entries
    // What ends in a slash names a folder.
    .filter(([, text]) => !/[[\]|#^{}<`*_$%]|\/$/.test(text))
    .map(([, text]) => `related to:: [[${text}]]`);
  const { graph } = await take({ "Source.md": body.join("\n\n") });
  expectNothingInjected(graph.rows);
  expect(new Set(factsOf(graph.rows).map((row) => row.type))).toEqual(new Set(["RELATED_TO"]));
  expect(factsOf(graph.rows)).toHaveLength(body.length);
});

test("hostile prose and headings are kept to the letter", async () => {
  const text = entries.map(([name, value]) => `## ${name}\n\n${value.replaceAll("\n", " ")}`).join("\n\n");
  const { graph } = await take({ "Prose.md": text });
  const chunks = graph.rows
    .filter((row) => row.kind === "node")
    .filter((row) => row.labels[0] === "Chunk")
    .toSorted((a, b) => Number(a.properties["position"]) - Number(b.properties["position"]));
  expect(chunks.map((row) => row.properties["text"]).join("\n\n")).toBe(text);
  expectNothingInjected(graph.rows);
});

test("notes of every encoding, NUL and lone surrogates included, are all there", async () => {
  const { graph, result } = await take({
    "utf8.md": "Ana said olá.",
    "utf8 with a mark.md": "\uFEFF---\naliases: [Marked]\n---\nAna said olá.",
    "utf16.md": Buffer.from("\uFEFFAna said olá to [[latin1]].", "utf16le"),
    "utf16 without a mark.md": Buffer.from("Ana said olá to [[latin1]].", "utf16le"),
    "latin1.md": Buffer.from("Ana said olá.", "latin1"),
    "nul.md": "Ana\0 said\0 [[la\0tin1]].",
    "surrogates.md": Buffer.from("\uFEFFa \uD800 b \uDFFF [[latin1]]", "utf16le"),
    "random.md": Uint8Array.from({ length: 4_000 }, (_, index) => (index * 7_919 + (index >> 3)) % 256),
    "empty.md": "",
    "blank.md": " \n\t\n",
  });
  expect(result.failures).toEqual([]);
  expect(noteRows(graph)).toHaveLength(10);
  expect(graph.note("utf8 with a mark.md")?.["aliases"]).toEqual(["Marked"]);
  const linking = ["nul.md", "surrogates.md", "utf16 without a mark.md", "utf16.md"];
  const links = graph.relationships("LINKS_TO").filter((pair) => pair.endsWith("-> latin1.md"));
  expect(links).toEqual(linking.map((path) => `${path} -> latin1.md`));
  expectNothingInjected(graph.rows);
});

test("broken front matter loses nothing that can be read, and is reported by the note's name", async () => {
  const { graph, result } = await take({
    "unclosed.md": "---\ntitle: X\nauthor: [[Ana]]\n\nProse.",
    "list.md": "---\n- a\n- [[Ana]]\n---\nProse.",
    "colon.md": "---\ntitle: Ana: a life\nauthor: [[Ana]]\ntags: [work]\n---\nProse.",
    "tabs.md": "---\nkey:\n\t- [[Ana]]\n---\nProse.",
    "deep.md": `---\nkey: ${"[".repeat(5_000)}\nauthor: [[Ana]]\n---\nProse.`,
    "bomb.md": `---\na: &a [x, x]\n${[..."bcdefghij"].map((key, index) => `${key}: &${key} [${Array(9).fill(`*${"abcdefghij"[index]}`).join(", ")}]`).join("\n")}\nauthor: [[Ana]]\n---\nProse.`,
    "fine.md": "---\nauthor: [[Ana]]\n---\nProse.",
  });
  expect(result.failures).toEqual([]);
  expect(result.warnings.map(({ path }) => path).toSorted()).toEqual([
    "bomb.md",
    "colon.md",
    "deep.md",
    "list.md",
    "tabs.md",
    "unclosed.md",
  ]);
  expect(graph.relationships("LINKS_TO")).toHaveLength(7);
  expect(graph.relationships("TAGGED")).toEqual(["colon.md -> work"]);
  expectNothingInjected(graph.rows);
});

test("what cannot be read is named, and everything else is read", { timeout: 60_000 }, async () => {
  const folder = temporaryFolder();
  writeNotes(folder, { "a.md": "See [[b]].", "x/b.md": "B.", "drawing.canvas": "{}" });
  symlinkSync("..", join(folder, "x/up"));
  symlinkSync("missing.md", join(folder, "dangling.md"));
  if (process.platform !== "win32") execFileSync("mkfifo", [join(folder, "pipe.md")]);
  const workspace = emptyGraph();
  const result = await takeIn(folder, workspace);
  await workspace.close();
  expect(result.notes).toMatchObject({ new: 2, failed: 0 });
  expect(result.skipped.map(({ path }) => path)).toEqual([
    "dangling.md",
    "drawing.canvas",
    "pipe.md",
    "x/up",
  ]);
});

test("5 MB in one note, on one line or in many, are taken in", { timeout: 240_000 }, async () => {
  const size = process.env["SOAK"] === undefined ? 1_500_000 : 5_000_000;
  const fill = (part: string) => part.repeat(Math.ceil(size / part.length));
  const { graph, result } = await take({
    "line.md": fill("Ana Souza walked to the river and came back. "),
    "word.md": fill("abcdefghij"),
    "openings.md": fill("[["),
    "Ana Souza.md": "A person. See [[line]].",
  });
  expect(result.failures).toEqual([]);
  expect(noteRows(graph)).toHaveLength(4);
  const texts = graph.rows.filter((row) => row.kind === "node" && row.labels[0] === "Chunk");
  const characters = texts.reduce((sum, row) => sum + String(row.properties["text"]).length, 0);
  expect(characters).toBeGreaterThan(3 * size * 0.99);
  expect(graph.relationships("MENTIONS").some((pair) => pair.endsWith("-> Ana Souza"))).toBe(true);
  expectNothingInjected(graph.rows);
});

test("taking hostile notes in again changes nothing", async () => {
  const folder = temporaryFolder();
  writeNotes(
    folder,
    Object.fromEntries(entries.map(([, text], index) => [`${index}.md`, `#t${text}\n\n[[${text}]] ${text}`])),
  );
  const workspace = emptyGraph();
  const first = await takeIn(folder, workspace);
  const second = await takeIn(folder, workspace, { rehash: true });
  await workspace.close();
  expect(second.graph).toEqual(first.graph);
  expect(second.notes).toMatchObject({ new: 0, changed: 0, deleted: 0, unchanged: entries.length });
});
