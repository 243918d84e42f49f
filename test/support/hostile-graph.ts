import fc from "fast-check";
import type { NodeRow, Properties, RelationshipRow, Row } from "../../src/knowledge/graph-rows.ts";

/** Texts that are code, ends of strings, separators or nonsense to somebody. */
export const hostileTexts: readonly string[] = [
  "",
  " ",
  "`",
  "``",
  "'",
  '"',
  "\\",
  "\\\\",
  "\\'",
  "\\u0060",
  "\\\\u0060",
  "\\u0027}) DETACH DELETE n //",
  "a`]->() WITH 1 AS x MATCH (n) DETACH DELETE n //",
  "A\\u0060 {id:1}]->(b) WITH 1 AS x MATCH (n) DETACH DELETE n //",
  "'; MATCH (n) DETACH DELETE n; //",
  ";\n",
  "a;\n:exit\n",
  ":begin",
  "// no comment",
  "/* no comment",
  "$(x) $x {x} :X",
  '<a href="x">&amp;</a> ]]> <!-- \' --> <?x ?>',
  "line\nline\r\nline\rline",
  "tab\ttab|bar~\t~|~~\t~~|",
  "~",
  "|",
  "\t",
  "\u0000\u0001\u0008\u001B\u001F\u007F\u0085\u2028\u2029\uFEFF\uFFFE\uFFFF",
  "\u202Eright to left\u202C",
  "\u{1F469}\u200D\u{1F469}\u200D\u{1F467} \u{1F600} e\u0301 é 東京 שלום",
  "x".repeat(20_000),
];

/** A small graph in which every text is hostile, and every property has every shape. */
export function hostileGraph(): Row[] {
  // Any characters in any order; the same in every run.
  const random = fc.sample(fc.string({ unit: "binary", maxLength: 40 }), { numRuns: 150, seed: 4 });
  const texts = [...new Set([...hostileTexts, ...random])];
  // Neo4j refuses these names: empty ones, and those with a NUL.
  const names = hostileTexts.filter((text) => text !== "" && text.length < 100 && !text.includes("\u0000"));
  const entities = texts.map((text, index) =>
    node(["Entity", names[index % names.length] ?? "X"], `e${index}`, {
      name: text,
      aliases: index % 3 === 0 ? [] : [text, "", texts[index - 1] ?? ""],
      mentionCount: index,
      ...(index % 2 === 0 ? { description: text, confidence: 1 } : { stub: true, confidence: 0.1 * index }),
    }),
  );
  // What an index holds has at most 8 KB.
  const tags = texts.filter((text) => text.length < 1_000).map((text) => node(["Tag"], text, { name: text }));
  const notes = [
    node(["Note"], "n1", { path: "a.md", title: "", position: Number.MAX_SAFE_INTEGER, stub: false }),
  ];
  const tagged = tags.map((tag) => relationship("TAGGED", "n1", tag.id, {}));
  const facts = texts.map((text, index) =>
    relationship(names[index % names.length] ?? "X", `e${index}`, `e${(index * 7) % texts.length}`, {
      id: `fact${index}`,
      evidence: [text, texts[index + 1] ?? ""],
      models: [],
      flags: [index % 2 === 0, true],
      confidence: index % 2,
    }),
  );
  const byType = facts.toSorted((a, b) => (a.type < b.type ? -1 : 1));
  return [...notes, ...entities, ...tags, ...tagged, ...byType];
}

function node(labels: NodeRow["labels"], id: string, properties: Properties): NodeRow {
  return { kind: "node", labels, id, properties, owner: "n1" };
}

function relationship(type: string, from: string, to: string, properties: Properties): RelationshipRow {
  return { kind: "relationship", type, from, to, properties, owner: "n1" };
}
