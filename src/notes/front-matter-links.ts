import { type Document, visit } from "yaml";
import { parseWikiTarget } from "./link-target.ts";
import type { Span, WrittenLink } from "./note.ts";
import type { YamlKey } from "./yaml-keys.ts";

const wikiLink = /(!?)\[\[((?:[^[\]\n]|\[(?!\[)|\](?!\])){1,1024})\]\]/g;
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

interface LinkInYaml extends Span {
  readonly inner: string;
  readonly embed: boolean;
}

/**
 * Links in a YAML block, quoted or not: `[[X]]` unquoted is a list in a list for YAML. `yamlStart` is where the
 * block stands in the note.
 */
export function linksInYaml(
  yaml: string,
  yamlStart: number,
  document: Document | undefined,
  keys: readonly YamlKey[],
): WrittenLink[] {
  const links: WrittenLink[] = [];
  let index = 0;
  for (const { inner, embed, start, end } of written(yaml, document)) {
    while (index + 1 < keys.length && (keys[index + 1]?.start ?? 0) <= start) index++;
    const parsed = parseWikiTarget(inner);
    if (parsed === undefined) continue;
    const key = keys[index];
    const name = key === undefined || start < key.start ? "" : key.key.trim();
    links.push({
      ...parsed,
      style: "wiki",
      embed,
      field: notFields.has(name.toLowerCase()) ? "" : name,
      inFrontMatter: true,
      start: yamlStart + start,
      end: yamlStart + end,
    });
  }
  return links;
}

/** In the order of the source. What is quoted or folded over lines is read as YAML reads it. */
function written(yaml: string, document: Document | undefined): LinkInYaml[] {
  const texts = document === undefined ? [] : textsOf(document);
  const links: LinkInYaml[] = [];
  let from = 0;
  for (const { value, start, end } of texts) {
    for (const link of plainLinks(yaml, from, start)) links.push(link);
    for (const link of linksIn(value, yaml, start, end)) links.push(link);
    from = end;
  }
  return links.concat(plainLinks(yaml, from, yaml.length));
}

interface YamlText extends Span {
  readonly value: string;
}

function textsOf(document: Document): YamlText[] {
  const texts: YamlText[] = [];
  visit(document, {
    Scalar(_key, { type, value, range }) {
      if (typeof value !== "string" || !range || type === "PLAIN" || !value.includes("[[")) return;
      texts.push({ value, start: range[0], end: range[1] });
    },
  });
  return texts.toSorted((a, b) => a.start - b.start);
}

/** A link's place in the source is found by its brackets, which no quoting changes. */
function linksIn(value: string, yaml: string, start: number, end: number): LinkInYaml[] {
  let position = start;
  return Array.from(value.matchAll(wikiLink), (match) => {
    const opens = yaml.indexOf("[[", position);
    const closes = yaml.indexOf("]]", opens);
    const span =
      opens === -1 || closes === -1 || closes >= end ? { start, end } : { start: opens, end: closes + 2 };
    position = span.end;
    const embed = match[1] === "!";
    return {
      inner: match[2] ?? "",
      embed,
      start: embed && span.start > start ? span.start - 1 : span.start,
      end: span.end,
    };
  });
}

function plainLinks(yaml: string, from: number, to: number): LinkInYaml[] {
  return Array.from(yaml.slice(from, to).matchAll(wikiLink), (match) => ({
    inner: match[2] ?? "",
    embed: match[1] === "!",
    start: from + match.index,
    end: from + match.index + match[0].length,
  }));
}
