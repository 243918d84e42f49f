import { type Document, isMap, isScalar, parseDocument, visit } from "yaml";
import { linksInYaml } from "./front-matter-links.ts";
import type { FrontMatter, WrittenLink } from "./note.ts";
import { tagName } from "./tag-name.ts";
import { keysOf, type YamlKey } from "./yaml-keys.ts";

export interface FrontMatterRead {
  readonly frontMatter: FrontMatter;
  readonly links: readonly WrittenLink[];
  readonly bodyStart: number;
  readonly warnings: readonly string[];
}

export const noFrontMatter: FrontMatter = {
  properties: {},
  aliases: [],
  tags: [],
  kinds: [],
  created: "",
  updated: "",
};

const opening = /^---[ \t]*\r?\n/;
const closing = /^(?:---|\.\.\.)[ \t]*(?:\r?\n|$)/gm;
/** YAML longer than this is no person's, and deeper nesting than this is not read either. */
const longestYaml = 500_000;
/** One value of broken YAML that is longer than this is kept as its text. */
const longestEntry = 20_000;
const createdKeys = [
  "created",
  "createdat",
  "date created",
  "created_at",
  "date",
  "data",
  "criado",
  "criado em",
];
const updatedKeys = [
  "updated",
  "updatedat",
  "modified",
  "date modified",
  "updated_at",
  "last modified",
  "atualizado",
  "modificado",
];
const kindKeys = ["type", "tipo", "kind", "category", "categories", "categoria", "categorias"];

/** Reads the YAML block at the head of a note, as far as it can be understood. Never throws. */
export function readFrontMatter(text: string): FrontMatterRead {
  const none = { frontMatter: noFrontMatter, links: [], bodyStart: 0 };
  const head = opening.exec(text)?.[0];
  if (head === undefined) return { ...none, warnings: [] };
  closing.lastIndex = head.length;
  const end = closing.exec(text);
  if (end === null) {
    const looksLikeYaml = /^[\p{L}_][^:\n]{0,60}:(?:\s|$)/u.test(text.slice(head.length, head.length + 200));
    return { ...none, warnings: looksLikeYaml ? ["front matter: no line of --- ends it"] : [] };
  }
  const yaml = text.slice(head.length, end.index);
  const read = readYaml(yaml);
  // What stands between two rules need not be YAML: it is text, and stays text.
  if (read === undefined) return { ...none, warnings: ["front matter: it is not a list of keys and values"] };
  return {
    frontMatter: frontMatterOf(read.properties),
    links: linksInYaml(yaml, head.length, read.document, read.keys),
    bodyStart: end.index + end[0].length,
    warnings: read.warnings,
  };
}

/** What a set of properties says, wherever they were written (YAML or Logseq's `key:: value`). */
export function frontMatterOf(properties: Readonly<Record<string, unknown>>): FrontMatter {
  const read = (...names: string[]) =>
    names.flatMap((name) => Object.entries(properties).filter(([key]) => key.toLowerCase() === name));
  const strings = (...names: string[]) => read(...names).flatMap(([, value]) => listOf(value));
  const first = (names: readonly string[]) => strings(...names).find((value) => !isPlaceholder(value)) ?? "";
  return {
    properties,
    aliases: unique(
      [
        ...strings("title"),
        ...read("aliases", "alias").flatMap(([, value]) =>
          typeof value === "string" ? value.split(",") : listOf(value),
        ),
      ].map(plainName),
    ),
    tags: unique(
      read("tags", "tag").flatMap(([, value]) =>
        (typeof value === "string" && !isPlaceholder(value) ? value.split(/[\s,]+/) : listOf(value))
          .flatMap((tag) => tag.split(","))
          .map((tag) => tagName(plainName(tag))),
      ),
    ),
    kinds: unique(strings(...kindKeys).map(plainName)),
    created: first(createdKeys),
    updated: first(updatedKeys),
  };
}

interface YamlRead {
  readonly properties: Record<string, unknown>;
  readonly document: Document | undefined;
  readonly keys: readonly YamlKey[];
  readonly warnings: readonly string[];
}

/** Undefined when it holds no keys and values at all. */
function readYaml(yaml: string): YamlRead | undefined {
  if (yaml.length > longestYaml) {
    const message = `front matter: more than ${longestYaml} characters; only its links are read`;
    return { properties: {}, document: undefined, keys: keysOf(yaml, undefined), warnings: [message] };
  }
  const { document, problem } = parse(yaml);
  if (problem === "" && document !== undefined) {
    if (document.contents === null) return { properties: {}, document, keys: [], warnings: [] };
    const keys = keysOf(yaml, document);
    const properties = propertiesOf(document);
    if (isMap(document.contents) && properties !== undefined)
      return { properties, document, keys, warnings: [] };
    if (!isMap(document.contents)) return undefined;
  }
  const keys = keysOf(yaml, undefined);
  if (keys.length === 0) return undefined;
  // One broken value must not take the others with it: each key is read by itself.
  const message = problem === "" ? "its YAML refers to itself too often" : problem;
  return {
    properties: Object.fromEntries(keys.map(({ key, start, end }) => [key, valueOf(yaml.slice(start, end))])),
    document: undefined,
    keys,
    warnings: [`front matter: ${message}`],
  };
}

function parse(yaml: string): { document?: Document; problem: string } {
  try {
    // Its own pretty messages look through the whole source for every error.
    const options = { logLevel: "silent", uniqueKeys: false, strict: false, prettyErrors: false } as const;
    const document = parseDocument(yaml, options);
    const [error] = document.errors;
    if (error === undefined) return { document, problem: "" };
    const line = yaml.slice(0, error.pos[0]).split("\n").length + 1;
    return { document, problem: `${firstLine(error.message)} (line ${line})` };
  } catch (error) {
    // Brackets inside brackets, thousands deep.
    return { problem: firstLine(error instanceof Error ? error.message : String(error)) };
  }
}

/** Plain data; numbers that would lose their spelling (`007`, `1.0`, an ISBN) stay as they are written. */
function propertiesOf(document: Document): Record<string, unknown> | undefined {
  try {
    visit(document, {
      Scalar(_key, node) {
        if (typeof node.value === "number" && String(node.value) !== node.source) node.value = node.source;
      },
    });
    const properties: unknown = JSON.parse(JSON.stringify(document.toJS({ maxAliasCount: 100 })));
    return properties as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** The value of one `key: value` that stands in broken YAML; what cannot be read is its text. */
function valueOf(entry: string): unknown {
  const attempts = entry.includes("\t") ? [entry, entry.replaceAll("\t", "  ")] : [entry];
  for (const attempt of entry.length > longestEntry ? [] : attempts) {
    const { document, problem } = parse(attempt);
    if (problem !== "" || document === undefined || !isMap(document.contents)) continue;
    const values = Object.values(propertiesOf(document) ?? {});
    if (values.length === 1 && isScalar(document.contents.items[0]?.key)) return values[0];
  }
  const text = entry.slice(entry.indexOf(":") + 1).trim();
  return /^\[(?!\[)/.test(text) ? text.slice(1).replace(/\]$/, "").split(",").map(trimmed) : text;
}

function trimmed(text: string): string {
  return text.trim();
}

/** Scalars of a value, however deep YAML put them. */
function listOf(value: unknown): string[] {
  if (value === null || value === undefined || value === "") return [];
  if (Array.isArray(value)) return value.flatMap(listOf);
  if (typeof value === "object") return [];
  return [String(value)];
}

/** `[[People|person]]` names People; `{{title}}` names nothing. */
function plainName(text: string): string {
  if (isPlaceholder(text)) return "";
  const inner = /^\s*!?\[\[([^\]]+)\]\]\s*$/.exec(text)?.[1];
  return (inner === undefined ? text : (inner.split(/[|#]/)[0] ?? "")).trim().normalize("NFC");
}

function isPlaceholder(text: string): boolean {
  return text.includes("{{") || text.includes("<%");
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names.filter((name) => name !== ""))];
}

function firstLine(message: string): string {
  return (message.split("\n")[0] ?? "").replace(/:$/, "");
}
