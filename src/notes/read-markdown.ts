import type { SyntaxNode, Tree } from "@lezer/common";
import { fieldReader } from "./inline-field.ts";
import { tagName } from "./tag-name.ts";
import { parseMarkdownTarget, parseWikiTarget } from "./link-target.ts";
import type { Heading, Span, WrittenLink } from "./note.ts";
import { obsidianMarkdown, plainText } from "./obsidian-markdown.ts";

export interface MarkdownRead {
  readonly headings: Heading[];
  readonly blockEnds: number[];
  readonly links: WrittenLink[];
  readonly tags: string[];
  readonly masked: Span[];
  readonly warnings: string[];
}

/** What is no prose; links are masked too, since a link is a mention by itself. */
const notProse = new Set([
  "FencedCode",
  "CodeBlock",
  "InlineCode",
  "HTMLBlock",
  "HTMLTag",
  "Comment",
  "CommentBlock",
  "ProcessingInstruction",
  "ProcessingInstructionBlock",
  "Math",
  "MathBlock",
  "URL",
  "Autolink",
  "Tag",
  "LinkReference",
  "WikiLink",
  "WikiEmbed",
]);
/** No note of a person takes this long; text built to be slow must not stop the others. */
const slowestParseMs = 30_000;

/** Headings, blocks, links, tags and masked ranges of a note's body, with offsets into the whole text. */
export function readMarkdown(text: string, bodyStart: number, format: "markdown" | "text"): MarkdownRead {
  const body = (bodyStart === 0 ? text : text.slice(bodyStart)).replaceAll(/\r(?!\n)/g, "\n");
  const read: MarkdownRead = { headings: [], blockEnds: [], links: [], tags: [], masked: [], warnings: [] };
  const tree = parsed(format === "text" ? plainText : obsidianMarkdown, body, read.warnings);
  if (tree === undefined) return read;
  const references = referencesOf(tree, body);
  for (let block = tree.topNode.firstChild; block; block = block.nextSibling) {
    read.blockEnds.push(bodyStart + block.to);
    const heading = headingOf(block, body, bodyStart);
    if (heading) read.headings.push(heading);
  }
  const asideMarks: number[] = [];
  const fieldAt = fieldReader(text);
  tree.iterate({
    enter(node) {
      const name = node.name;
      if (name === "AsideMark") asideMarks.push(bodyStart + node.from);
      else if (name === "WikiLink" || name === "WikiEmbed")
        addWikiLink(read, text, bodyStart + node.from, bodyStart + node.to, fieldAt);
      else if (name === "Link" || name === "Image")
        addMarkdownLink(read, body, bodyStart, node.node, references);
      else if (name === "Tag") read.tags.push(tagName(body.slice(node.from, node.to)));
      if (!notProse.has(name)) return true;
      read.masked.push({ start: bodyStart + node.from, end: bodyStart + node.to });
      return false;
    },
  });
  return { ...read, masked: mergeSpans([...read.masked, ...asidesBetween(asideMarks)]) };
}

/** `%%` opens a comment and the next one closes it. */
function asidesBetween(marks: readonly number[]): Span[] {
  const asides: Span[] = [];
  for (let index = 0; index + 1 < marks.length; index += 2) {
    asides.push({ start: marks[index] ?? 0, end: (marks[index + 1] ?? 0) + 2 });
  }
  return asides;
}

/** Sorted and without overlaps: an outer link covers what stands inside it. */
function mergeSpans(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last && span.start < last.end)
      merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, span.end) };
    else merged.push(span);
  }
  return merged;
}

/** Undefined when the parser gives up, so that the note is still kept as text. */
function parsed(parser: typeof obsidianMarkdown, body: string, warnings: string[]): Tree | undefined {
  try {
    return parseInTime(parser, body, warnings);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    warnings.push(`its Markdown cannot be read (${reason}); it is kept as plain text without links`);
    return undefined;
  }
}

/** Parses step by step, so that input made to be slow ends; the rest then counts as plain text. */
function parseInTime(parser: typeof obsidianMarkdown, body: string, warnings: string[]): Tree {
  const parse = parser.startParse(body);
  const deadline = body.length > 200_000 ? performance.now() + slowestParseMs : Infinity;
  for (;;) {
    const tree = parse.advance();
    if (tree) return tree;
    if (parse.stoppedAt === null && performance.now() > deadline) {
      warnings.push("its Markdown takes too long to read; links after the first part are not followed");
      parse.stopAt(parse.parsedPos);
    }
  }
}

function headingOf(block: SyntaxNode, body: string, bodyStart: number): Heading | undefined {
  const level = /^(?:ATX|Setext)Heading(\d)$/.exec(block.name)?.[1];
  if (level === undefined) return undefined;
  const raw = body.slice(block.from, block.to);
  const text = block.name.startsWith("ATX")
    ? raw.replace(/^#+/, "").replace(/(?:^|\s)#+\s*$/, "")
    : raw.replace(/\s*\n[^\n]*$/, "");
  return {
    level: Number(level),
    text: text.trim(),
    start: bodyStart + block.from,
    end: bodyStart + block.to,
  };
}

function addWikiLink(
  read: MarkdownRead,
  text: string,
  start: number,
  end: number,
  fieldAt: (position: number) => string,
): void {
  const embed = text[start] === "!";
  const parsed = parseWikiTarget(text.slice(start + (embed ? 3 : 2), end - 2));
  if (parsed === undefined) return;
  // Logseq writes a tag of several words as `#[[…]]`: it is the link and the tag.
  if (text[start - 1] === "#" && parsed.alias === "") {
    const tag = tagName(parsed.target);
    if (tag !== "") read.tags.push(tag);
  }
  read.links.push({
    ...parsed,
    style: "wiki",
    embed,
    field: fieldAt(start),
    inFrontMatter: false,
    start,
    end,
  });
}

function addMarkdownLink(
  read: MarkdownRead,
  body: string,
  bodyStart: number,
  node: SyntaxNode,
  references: ReadonlyMap<string, string>,
): void {
  const marks = node.getChildren("LinkMark");
  const close = marks[1];
  if (!close) return;
  const label = body.slice(marks[0]?.to ?? node.from, close.from);
  const url = node.getChild("URL");
  const reference = node.getChild("LinkLabel");
  const address = url
    ? body.slice(url.from, url.to)
    : references.get(labelKey(reference ? body.slice(reference.from + 1, reference.to - 1) || label : label));
  const parsed = address === undefined ? undefined : parseMarkdownTarget(address);
  if (parsed === undefined) return;
  const start = bodyStart + node.from;
  read.links.push({
    ...parsed,
    style: "markdown",
    alias: label.trim(),
    embed: node.name === "Image",
    field: "",
    inFrontMatter: false,
    start,
    end: bodyStart + node.to,
  });
  read.masked.push({ start, end: bodyStart + node.to });
}

function referencesOf(tree: Tree, body: string): Map<string, string> {
  const references = new Map<string, string>();
  tree.iterate({
    enter(node) {
      if (node.name !== "LinkReference") return node.name !== "Paragraph";
      const label = node.node.getChild("LinkLabel");
      const url = node.node.getChild("URL");
      if (label && url)
        references.set(labelKey(body.slice(label.from + 1, label.to - 1)), body.slice(url.from, url.to));
      return false;
    },
  });
  return references;
}

function labelKey(label: string): string {
  return label.trim().replaceAll(/\s+/g, " ").toLowerCase();
}
