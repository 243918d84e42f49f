import { frontMatterOf, readFrontMatter } from "./front-matter.ts";
import { detectLanguage } from "./language.ts";
import type { FrontMatter, ParsedNote } from "./note.ts";
import { readPageProperties } from "./page-properties.ts";
import { readMarkdown } from "./read-markdown.ts";

/** Reads one note from its decoded text. Never throws: what is not understood is a warning. */
export function parseNote(text: string, format: "markdown" | "text" = "markdown"): ParsedNote {
  const head = format === "markdown" ? readFrontMatter(text) : undefined;
  const bodyStart = head?.bodyStart ?? 0;
  const body = readMarkdown(text, bodyStart, format);
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

/** Logseq keeps a page's properties in its first block; YAML wins where both speak. */
function withPageProperties(yaml: FrontMatter, page: Readonly<Record<string, unknown>>): FrontMatter {
  if (Object.keys(page).length === 0) return yaml;
  return frontMatterOf({ ...page, ...yaml.properties });
}
