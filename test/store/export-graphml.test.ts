import { execFile, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { endLabels, type Row } from "../../src/knowledge/graph-rows.ts";
import { exportGraphml } from "../../src/store/export-graphml.ts";
import { exportLine, type ExportLine } from "../../src/store/export-jsonl.ts";
import { temporaryFolder } from "../support/folder.ts";
import { emptyGraph, takeIn } from "../support/graph.ts";
import { hostileGraph } from "../support/hostile-graph.ts";

const examples = join(import.meta.dirname, "../../examples/notes");

/** What networkx holds, as plain data. */
interface Read {
  readonly directed: boolean;
  readonly nodes: readonly [id: string, data: Record<string, unknown>][];
  readonly edges: readonly [from: string, to: string, id: string, data: Record<string, unknown>][];
}

describe.skipIf(!hasNetworkx())("networkx", () => {
  test("reads the graph of the example notes as the other export has it", async () => {
    const rows = await exampleRows();
    const read = await readByNetworkx(await graphmlOf(rows));
    expect(read.directed).toBe(true);
    const lines = rows.map(exportLine);
    expect(read.nodes.map(withoutCaption)).toEqual(lines.flatMap(expectedNode));
    expect(byId(read.edges)).toEqual(byId(lines.flatMap(expectedEdge)));
    expect(read.nodes.find(([, data]) => data["title"] === "Início")?.[1]["label"]).toBe("Início");
  });

  test("reads hostile names and texts as they are, but for what XML cannot say", async () => {
    const rows = hostileGraph();
    const read = await readByNetworkx(await graphmlOf(rows));
    const lines = rows.map(exportLine);
    expect(read.nodes.map(withoutCaption)).toEqual(lines.flatMap(expectedNode));
    expect(byId(read.edges)).toEqual(byId(lines.flatMap(expectedEdge)));
  });
});

test("a key is declared for every property, with the narrowest type that holds all its values", async () => {
  const graphml = await graphmlOf([
    entity("e1", { mentionCount: 1, confidence: 1, stub: true, aliases: ["a", "b"], weight: 1, odd: 1 }),
    entity("e2", { weight: 0.5, odd: "text" }),
  ]);
  const keys = [
    ...graphml.matchAll(/<key id="node:\w+" for="node" attr\.name="(\w+)" attr\.type="(\w+)"\/>/g),
  ];
  expect(keys.map(([, name, type]) => `${name} ${type}`)).toEqual([
    "aliases string",
    "confidence double",
    "mentionCount long",
    "odd string",
    "stub boolean",
    "weight double",
  ]);
  expect(graphml).toContain('<data key="node:aliases">["a","b"]</data>');
  expect(graphml).toContain('<node id="Entity:e1" labels=":Entity:Person">');
});

test("ids are name tokens, and nodes of two kinds or of two names never have the same", async () => {
  const names = ["a b", "a.20.b", "ab", "a\u0001b", "Entity:x", "é/ü", "a\nb", "😀", '"<&>'];
  const graphml = await graphmlOf([
    ...names.map((name): Row => ({ ...entity(name, {}), labels: ["Entity"] })),
    ...names.map((name): Row => ({ ...entity(name, { name }), labels: ["Tag"] })),
  ]);
  const ids = [...graphml.matchAll(/<node id="([^"]*)"/g)].map(([, id]) => id ?? "");
  expect(new Set(ids).size).toBe(names.length * 2);
  expect(ids.filter((id) => !/^[-.:_\p{L}\p{M}\p{N}\p{So}]+$/u.test(id))).toEqual([]);
});

test("half a surrogate pair is left out", async () => {
  expect(await graphmlOf([entity("e1", { name: "a\uD83Db" })])).toContain(">ab<");
});

test("the same graph gives the same file", async () => {
  expect(await graphmlOf(hostileGraph())).toBe(await graphmlOf(hostileGraph()));
});

test("the file is written while rows are read, an element at a time", async () => {
  let read = 0;
  const rows = async function* (): AsyncIterable<Row> {
    for (read = 0; read < 10_000; read++) yield entity(`e${read}`, { mentionCount: read });
  };
  let written = 0;
  for await (const text of exportGraphml(rows)) {
    if (!text.startsWith("<node")) continue;
    written++;
    expect(read - written).toBeLessThan(2);
  }
  expect(written).toBe(10_000);
});

test("a graph that changes while it is exported gives an error, not half a file", async () => {
  let pass = 0;
  const rows = async function* (): AsyncIterable<Row> {
    pass++;
    yield entity("e1", pass === 1 ? { name: "Ada" } : { name: "Ada", born: 1815 });
  };
  const whole = async () => {
    for await (const _text of exportGraphml(rows));
  };
  await expect(whole()).rejects.toMatchObject({ code: "GRAPH_CHANGED" });
});

function hasNetworkx(): boolean {
  const { status } = spawnSync("python3", ["-c", "import networkx"]);
  if (status !== 0) {
    console.warn("SKIPPED: tests that read GraphML. python3 cannot import networkx: pip install networkx.");
  }
  return status === 0;
}

async function readByNetworkx(graphml: string): Promise<Read> {
  const file = join(temporaryFolder(), "graph.graphml");
  writeFileSync(file, graphml);
  const script = join(import.meta.dirname, "../support/read-graphml.py");
  const { stdout } = await promisify(execFile)("python3", [script, file], { maxBuffer: 100_000_000 });
  const { directed, nodes, edges } = JSON.parse(stdout) as Read;
  return {
    directed,
    nodes: nodes.map(([id, data]) => [plain(id), data]),
    edges: edges.map(([from, to, id, data]) => [plain(from), plain(to), plain(id), data]),
  };
}

async function exampleRows(): Promise<Row[]> {
  const workspace = emptyGraph();
  await takeIn(examples, workspace);
  const rows: Row[] = [];
  for await (const row of workspace.store.rows()) rows.push(row);
  await workspace.close();
  return rows;
}

async function graphmlOf(rows: readonly Row[]): Promise<string> {
  const all = async function* () {
    yield* rows;
  };
  let graphml = "";
  for await (const text of exportGraphml(all)) graphml += text;
  return graphml;
}

function expectedNode(line: ExportLine): Read["nodes"] {
  if (line.kind !== "node") return [];
  const labels = visible(line.labels.map((label) => `:${label}`).join(""));
  return [[`${line.labels[0]}:${line.id}`, { labels, ...expectedData(line) }]];
}

function expectedEdge(line: ExportLine): Read["edges"] {
  if (line.kind !== "relationship") return [];
  const [from, to] = endLabels(line.type);
  const { id, ...data } = { ...expectedData(line), id: line.properties["id"] };
  return [[`${from}:${line.from}`, `${to}:${line.to}`, String(id), { label: visible(line.type), ...data }]];
}

function expectedData(line: ExportLine): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(line.properties).map(([name, value]) => [
      name,
      typeof value === "object"
        ? visible(JSON.stringify(value))
        : typeof value === "string"
          ? visible(value)
          : value,
    ]),
  );
}

/** What is left of a text in XML 1.0, character by character. */
function visible(text: string): string {
  return [...text]
    .filter((character) => {
      const code = character.codePointAt(0) ?? 0;
      return code >= 0x20
        ? (code < 0xd800 || code > 0xdfff) && code !== 0xfffe && code !== 0xffff
        : [0x09, 0x0a, 0x0d].includes(code);
    })
    .join("");
}

/** An id without its escapes: `.20.` is a space. */
function plain(id: string): string {
  return id.replaceAll(/\.([0-9a-f]+)\./g, (_escape, code: string) =>
    String.fromCodePoint(Number.parseInt(code, 16)),
  );
}

function withoutCaption([id, { label: _label, ...data }]: Read["nodes"][number]): Read["nodes"][number] {
  return [id, data];
}

/** networkx groups edges by their source. */
function byId(edges: Read["edges"]): Read["edges"] {
  return edges.toSorted(([, , a], [, , b]) => (a < b ? -1 : 1));
}

function entity(id: string, properties: Row["properties"]): Extract<Row, { kind: "node" }> {
  return { kind: "node", labels: ["Entity", "Person"], id, properties, owner: id };
}
