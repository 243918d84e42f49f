import { frontMatterOf, type FrontMatterRead, readFrontMatter } from "./front-matter.ts";
import { detectLanguage } from "./language.ts";
import type { FrontMatter, ParsedNote } from "./note.ts";
import { readPageProperties } from "./page-properties.ts";
import { type MarkdownRead, readMarkdown } from "./read-markdown.ts";

/** Reads one note from its decoded text. Never throws: what is not understood is a warning. */
export function parseNote(text: string, format: "markdown" | "text" = "markdown"): ParsedNote {
  const head = format === "markdown" ? readFrontMatter(text) : undefined;
  const bodyStart = head?.bodyStart ?? 0;
  const body = readMarkdown(text, bodyStart, format);
  if (head !== undefined && isDrawing(head.frontMatter)) return drawing(text, head, body);
  const page = format === "markdown" ? readPageProperties(text, bodyStart) : {};
  const frontMatter = withPageProperties(head?.frontMatter ?? frontMatterOf({}), page);
  return {
    text,
    bodyStart,
    frontMatter,
    headings: body.headings,
    blockEnds: body.blockEnds,
    links: [...(head?.links ?? []), ...body.links],
    tags: [...new Set([...frontMatter.tags, ...body.tags])],
    masked: body.masked,
    language: detectLanguage(text.slice(bodyStart), body.masked, bodyStart),
    warnings: [...(head?.warnings ?? []), ...body.warnings],
  };
}

/** The Excalidraw plugin keeps its drawings in Markdown files that say so. */
function isDrawing(frontMatter: FrontMatter): boolean {
  return Object.hasOwn(frontMatter.properties, "excalidraw-plugin");
}

/** A drawing is coordinates, not prose: it has its place among the notes, its links and tags, and no text. */
function drawing(text: string, head: FrontMatterRead, body: MarkdownRead): ParsedNote {
  return {
    text,
    bodyStart: text.length,
    frontMatter: head.frontMatter,
    headings: [],
    blockEnds: [],
    links: [...head.links, ...body.links],
    tags: [...new Set([...head.frontMatter.tags, ...body.tags])],
    masked: [],
    language: "und",
    warnings: [...head.warnings, "an Excalidraw drawing: only its links and its front matter are read"],
  };
}

/** Logseq keeps a page's properties in its first block; YAML wins where both speak. */
function withPageProperties(yaml: FrontMatter, page: Readonly<Record<string, unknown>>): FrontMatter {
  if (Object.keys(page).length === 0) return yaml;
  return frontMatterOf({ ...page, ...yaml.properties });
}
