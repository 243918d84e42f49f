import { KnownError } from "../errors.ts";
import {
  endLabels,
  isRealProperty,
  type NodeRow,
  type PropertyValue,
  relationshipId,
  type RelationshipRow,
  type Row,
} from "../knowledge/graph-rows.ts";
import { xmlAttribute, xmlText, xmlToken } from "./xml-text.ts";

type KeyType = "boolean" | "long" | "double" | "string";
/** Types of properties by the id of their key. */
type Keys = ReadonlyMap<string, KeyType>;

/**
 * The graph as GraphML, with labels and types as Neo4j writes them, lists as JSON, and ids that say what a node is
 * (`Entity:…`). Rows are read twice: what properties there are must be said before the first node.
 */
export async function* exportGraphml(rows: () => AsyncIterable<Row>): AsyncIterable<string> {
  const keys = await readKeys(rows());
  yield head(keys);
  for await (const row of rows()) {
    yield row.kind === "node" ? nodeElement(row, keys) : edgeElement(row, keys);
  }
  yield "</graph>\n</graphml>\n";
}

async function readKeys(rows: AsyncIterable<Row>): Promise<Keys> {
  const keys = new Map<string, KeyType>();
  for await (const row of rows) {
    for (const [name, value] of dataOf(row)) {
      const key = keyOf(row, name);
      keys.set(key, common(keys.get(key), typeOf(name, value)));
    }
  }
  return new Map([...keys].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function head(keys: Keys): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">',
    keyElement("labels", "node", "labels", "string"),
    keyElement("caption", "node", "label", "string"),
    keyElement("label", "edge", "label", "string"),
    ...[...keys].map(([key, type]) => {
      const [kind = "", ...name] = key.split(":");
      return keyElement(key, kind, name.join(":"), type);
    }),
    '<graph id="G" edgedefault="directed">\n',
  ].join("\n");
}

function keyElement(id: string, kind: string, name: string, type: KeyType): string {
  return `<key id="${xmlToken(id)}" for="${kind}" attr.name="${xmlAttribute(name)}" attr.type="${type}"/>`;
}

function nodeElement(row: NodeRow, keys: Keys): string {
  const labels = row.labels.map((label) => `:${label}`).join("");
  const data = dataElement("labels", labels) + dataElement("caption", caption(row)) + properties(row, keys);
  return `<node id="${nodeId(row.labels[0], row.id)}" labels="${xmlAttribute(labels)}">${data}</node>\n`;
}

function edgeElement(row: RelationshipRow, keys: Keys): string {
  const [from, to] = endLabels(row.type);
  const attributes = [
    `id="${xmlToken(relationshipId(row))}"`,
    `source="${nodeId(from, row.from)}"`,
    `target="${nodeId(to, row.to)}"`,
    `label="${xmlAttribute(row.type)}"`,
  ];
  return `<edge ${attributes.join(" ")}>${dataElement("label", row.type)}${properties(row, keys)}</edge>\n`;
}

function properties(row: Row, keys: Keys): string {
  return dataOf(row)
    .map(([name, value]) => {
      const key = keyOf(row, name);
      const declared = keys.get(key);
      if (declared === undefined || common(declared, typeOf(name, value)) !== declared) throw changed();
      return dataElement(xmlToken(key), typeof value === "object" ? JSON.stringify(value) : String(value));
    })
    .join("");
}

function dataElement(key: string, text: string): string {
  return `<data key="${key}">${xmlText(text)}</data>`;
}

/** Properties beside the id, which the element has as its own. */
function dataOf(row: Row): [string, PropertyValue][] {
  return Object.entries(row.properties).filter(([name]) => name !== "id");
}

function nodeId(label: string, id: string): string {
  return xmlToken(`${label}:${id}`);
}

function keyOf(row: Row, name: string): string {
  return `${row.kind === "node" ? "node" : "edge"}:${name}`;
}

/** What a drawing writes beside a node. */
function caption({ properties: { title, name, headings } }: NodeRow): string {
  const heading = typeof headings === "object" ? headings.at(-1) : undefined;
  return String(title ?? name ?? heading ?? "");
}

function typeOf(name: string, value: PropertyValue): KeyType {
  if (typeof value === "boolean") return "boolean";
  if (typeof value !== "number") return "string";
  return Number.isSafeInteger(value) && !isRealProperty(name) ? "long" : "double";
}

/** The narrowest type that holds both. */
function common(a: KeyType | undefined, b: KeyType): KeyType {
  if (a === undefined || a === b) return b;
  return [a, b].every((type) => type === "long" || type === "double") ? "double" : "string";
}

function changed(): KnownError {
  return new KnownError(
    "GRAPH_CHANGED",
    "The graph was changed while it was exported: run the export again.",
  );
}
