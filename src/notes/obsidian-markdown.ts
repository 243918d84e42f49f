import { GFM, InlineContext, type MarkdownConfig, parser } from "@lezer/markdown";
import { bounds, inParts } from "./bounded-markdown.ts";
import { mathBlock } from "./math-block.ts";
import { tagName } from "./tag-name.ts";

const opening = 91; // [
const exclamation = 33;
const hash = 35;
const dollar = 36;
const percent = 37;
const closingBracket = 93;

/** `[[…]]` and `![[…]]`, on one line. */
const wikiLink: MarkdownConfig = {
  defineNodes: ["WikiLink", "WikiEmbed"],
  parseInline: [
    {
      name: "WikiLink",
      before: "Link",
      parse(context, next, position) {
        const embed = next === exclamation;
        if (!embed && next !== opening) return -1;
        const start = embed ? position + 1 : position;
        if (context.char(start) !== opening || context.char(start + 1) !== opening) return -1;
        const match = /^\[\[(?:[^[\]\n]|\[(?!\[)|\](?!\]))+\]\]/.exec(
          context.slice(start, Math.min(context.end, start + 1024)),
        );
        if (match === null) return -1;
        const end = start + match[0].length;
        return context.addElement(context.elt(embed ? "WikiEmbed" : "WikiLink", position, end));
      },
    },
  ],
};

/** `[a [b] c](d)` is one link: without an address of its own, `[b]` inside other brackets is text. */
const innerBrackets: MarkdownConfig = {
  parseInline: [
    {
      name: "InnerBrackets",
      before: "LinkEnd",
      parse(context, next, position) {
        if (next !== closingBracket || /[([]/.test(context.slice(position + 1, position + 2))) return -1;
        const opens = context.findOpeningDelimiter(InlineContext.linkStart);
        if (opens === null || (context.findOpeningDelimiter(InlineContext.imageStart) ?? -1) > opens)
          return -1;
        for (let outer = opens - 1; outer >= 0; outer--) {
          const type = context.getDelimiterAt(outer)?.type;
          if (type !== InlineContext.linkStart && type !== InlineContext.imageStart) continue;
          for (const element of context.takeContent(opens)) context.addElement(element);
          return position + 1;
        }
        return -1;
      },
    },
  ],
};

/** `[^1]: text` is a footnote, not the address of a reference; only its first line needs to be known. */
const footnote: MarkdownConfig = {
  parseBlock: [
    {
      name: "Footnote",
      before: "LinkReference",
      parse(context, line) {
        if (line.next !== opening) return false;
        const label = /^\[\^[^\]\s]{1,100}\]:/.exec(line.text.slice(line.pos, line.pos + 120))?.[0];
        if (label === undefined) return false;
        const from = context.lineStart + line.pos;
        const text = from + label.length;
        const inline = context.parser.parseInline(line.text.slice(line.pos + label.length), text);
        context.addElement(context.elt("Paragraph", from, context.lineStart + line.text.length, inline));
        context.nextLine();
        return true;
      },
    },
  ],
};

/** Obsidian's tags: after white space, not only digits, `/` for nesting. */
const tag: MarkdownConfig = {
  defineNodes: ["Tag"],
  parseInline: [
    {
      name: "Tag",
      parse(context, next, position) {
        if (next !== hash) return -1;
        if (position > context.offset && !/[\s>]/.test(context.slice(position - 1, position))) return -1;
        const match = /^#[^\u2000-\u206F\u2E00-\u2E7F'!"#$%&()*+,.:;<=>?@^`{|}~[\]\\\s]+/.exec(
          context.slice(position, Math.min(context.end, position + 256)),
        );
        if (match === null || tagName(match[0]) === "") return -1;
        return context.addElement(context.elt("Tag", position, position + match[0].length));
      },
    },
  ],
};

/**
 * The marks of `%%…%%` comments, and `$…$`, `$$…$$` inside a paragraph. A comment can span blocks, and what
 * stands in it is read all the same (Obsidian follows links in comments): only its marks are found here.
 */
const inlineAsides: MarkdownConfig = {
  defineNodes: ["AsideMark", "Math"],
  parseInline: [
    {
      name: "AsideMark",
      before: "Link",
      parse(context, next, position) {
        if (next !== percent || context.char(position + 1) !== percent) return -1;
        return context.addElement(context.elt("AsideMark", position, position + 2));
      },
    },
    {
      name: "Math",
      before: "Link",
      parse(context, next, position) {
        if (next !== dollar) return -1;
        const double = context.char(position + 1) === dollar;
        const rest = context.slice(position, Math.min(context.end, position + 4096));
        const match = (double ? /^\$\$[^]+?\$\$/ : /^\$[^\s$](?:[^$\n]*[^\s$\\])?\$(?!\d)/).exec(rest);
        if (match === null) return -1;
        return context.addElement(context.elt("Math", position, position + match[0].length));
      },
    },
  ],
};

// Nobody asks for hard breaks, and looking for them takes long in a long run of spaces.
const noHardBreaks: MarkdownConfig = { remove: ["HardBreak"] };
const extensions = [
  bounds,
  GFM,
  wikiLink,
  innerBrackets,
  tag,
  footnote,
  inlineAsides,
  mathBlock,
  noHardBreaks,
];

/** Obsidian's dialect: CommonMark, GFM, wikilinks, tags, comments and math, with exact offsets. */
export const obsidianMarkdown = inParts(parser.configure(extensions));

/** Plain text: paragraphs with wikilinks and tags, nothing else means anything. */
export const plainText = inParts(
  parser.configure([
    bounds,
    wikiLink,
    tag,
    {
      remove: [
        "ATXHeading",
        "SetextHeading",
        "FencedCode",
        "IndentedCode",
        "Blockquote",
        "BulletList",
        "OrderedList",
        "HorizontalRule",
        "HTMLBlock",
        "LinkReference",
        "Emphasis",
        "InlineCode",
        "HTMLTag",
        "Link",
        "Image",
        "Escape",
        "Entity",
        "HardBreak",
      ],
    },
  ]),
);
