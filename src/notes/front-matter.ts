import { type Document, isMap, isScalar, parseDocument } from "yaml";
import type { FrontMatter, Span, WrittenLink } from "./note.ts";
import { parseWikiTarget } from "./link-target.ts";

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

const fence = /^---[ \t]*\r?\n(?:([^]*?)\r?\n)?(?:---|\.\.\.)[ \t]*(?:\r?\n|$)/;
const wikiLinkInYaml = /(!?)\[\[((?:[^[\]\n]|\[(?!\[)|\](?!\]))+)\]\]/g;
/** Keys that are about the file, not about what it describes. */
const notFields = new Set([
  "alias",
  "aliases",
  "tag",
  "tags",
  "title",
  "cssclass",
  "cssclasses",
  "publish",
  "type",
]);

/** Reads the YAML block at the head of a note, as far as it can be understood. */
export function readFrontMatter(text: string): FrontMatterRead {
  const match = fence.exec(text);
  if (match === null) return { frontMatter: noFrontMatter, links: [], bodyStart: 0, warnings: [] };
  const yaml = match[1] ?? "";
  const yamlStart = match[0].indexOf("\n") + 1;
  const document = parseDocument(yaml, { logLevel: "silent", uniqueKeys: false, strict: false });
  const warnings = document.errors.slice(0, 1).map((error) => `front matter: ${firstLine(error.message)}`);
  const properties = toProperties(document, warnings);
  return {
    frontMatter: frontMatterOf(properties),
    links: linksOf(yaml, yamlStart, document),
    bodyStart: match[0].length,
    warnings,
  };
}

/** What a set of properties says, wherever they were written (YAML or Logseq's `key:: value`). */
export function frontMatterOf(properties: Readonly<Record<string, unknown>>): FrontMatter {
  const read = (...names: string[]) =>
    names.flatMap((name) => Object.entries(properties).filter(([key]) => key.toLowerCase() === name));
  const strings = (...names: string[]) => read(...names).flatMap(([, value]) => listOf(value));
  const first = (...names: string[]) => strings(...names)[0] ?? "";
  return {
    properties,
    aliases: unique([...strings("title"), ...strings("aliases", "alias")].map(plainName)),
    tags: unique(
      read("tags", "tag").flatMap(([, value]) =>
        (typeof value === "string" ? value.split(/[\s,]+/) : listOf(value)).map((tag) =>
          plainName(tag).replace(/^#+/, ""),
        ),
      ),
    ).filter((tag) => /[^\d/_-]/.test(tag)),
    kinds: unique(
      strings("type", "tipo", "kind", "category", "categories", "categoria", "categorias").map(plainName),
    ),
    created: first(
      "created",
      "createdat",
      "date created",
      "created_at",
      "date",
      "data",
      "criado",
      "criado em",
    ),
    updated: first(
      "updated",
      "updatedat",
      "modified",
      "date modified",
      "updated_at",
      "last modified",
      "atualizado",
      "modificado",
    ),
  };
}

function toProperties(document: Document, warnings: string[]): Record<string, unknown> {
  if (!isMap(document.contents)) {
    if (document.contents !== null && warnings.length === 0)
      warnings.push("front matter: it is not a list of keys and values");
    return {};
  }
  try {
    const properties = document.toJS({ maxAliasCount: 100 }) as Record<string, unknown>;
    return JSON.parse(JSON.stringify(properties)) as Record<string, unknown>;
  } catch (error) {
    warnings.push(`front matter: ${firstLine(error instanceof Error ? error.message : String(error))}`);
    return {};
  }
}

/** Links stand in the source, quoted or not: `[[X]]` unquoted is a list in a list for YAML. */
function linksOf(yaml: string, yamlStart: number, document: Document): WrittenLink[] {
  const keys = keySpans(yaml, document);
  const links: WrittenLink[] = [];
  for (const match of yaml.matchAll(wikiLinkInYaml)) {
    const parsed = parseWikiTarget(match[2] ?? "");
    if (parsed === undefined) continue;
    const key =
      keys.findLast((candidate) => candidate.start <= match.index && match.index < candidate.end)?.key ?? "";
    links.push({
      ...parsed,
      style: "wiki",
      embed: match[1] === "!",
      field: notFields.has(key.toLowerCase()) ? "" : key,
      inFrontMatter: true,
      start: yamlStart + match.index,
      end: yamlStart + match.index + match[0].length,
    });
  }
  return links;
}

function keySpans(yaml: string, document: Document): (Span & { key: string })[] {
  if (document.errors.length === 0 && isMap(document.contents)) {
    return document.contents.items.flatMap((pair, index, items) => {
      if (!isScalar(pair.key) || !pair.key.range) return [];
      const next = items[index + 1]?.key;
      const end = isScalar(next) && next.range ? next.range[0] : yaml.length;
      return [{ key: String(pair.key.value), start: pair.key.range[0], end }];
    });
  }
  // Broken YAML: a key is what starts a line and ends in a colon.
  const starts = [...yaml.matchAll(/^([^\s#:[\]{}"'-][^:\n]*):(?=\s|$)/gm)];
  return starts.map((match, index) => ({
    key: (match[1] ?? "").trim(),
    start: match.index,
    end: starts[index + 1]?.index ?? yaml.length,
  }));
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
  if (text.includes("{{") || text.includes("<%")) return "";
  const inner = /^\s*!?\[\[([^\]]+)\]\]\s*$/.exec(text)?.[1];
  return (inner === undefined ? text : (inner.split(/[|#]/)[0] ?? "")).trim().normalize("NFC");
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names.filter((name) => name !== ""))];
}

function firstLine(message: string): string {
  return (message.split("\n")[0] ?? "").replace(/:$/, "");
}
