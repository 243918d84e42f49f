import { type BlockContext, GFM, type Line, type MarkdownConfig, parser } from "@lezer/markdown";

const opening = 91; // [
const exclamation = 33;
const hash = 35;
const dollar = 36;
const percent = 37;

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
        if (match === null || !/[^\d/_-]/.test(match[0].slice(1))) return -1;
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

/** A formula over several lines, from a line that starts with `$$` to the next one that has it. */
function mathBlock(): MarkdownConfig {
  const name = "MathBlock";
  const mark = "$$";
  const opens = (line: Line) => line.text.slice(line.pos).startsWith(mark);
  return {
    defineNodes: [{ name, block: true }],
    parseBlock: [
      {
        name,
        before: "FencedCode",
        parse(context: BlockContext, line: Line) {
          if (!opens(line)) return false;
          if (line.text.slice(line.pos + mark.length).includes(mark)) return false;
          const start = context.lineStart + line.pos;
          while (context.nextLine()) {
            if (line.text.includes(mark)) {
              const end = context.lineStart + line.text.length;
              context.nextLine();
              context.addElement(context.elt(name, start, end));
              return true;
            }
          }
          context.addElement(context.elt(name, start, context.prevLineEnd()));
          return true;
        },
        endLeaf: (_context, line) => opens(line) && !line.text.slice(line.pos + mark.length).includes(mark),
      },
    ],
  };
}

const extensions = [GFM, wikiLink, tag, inlineAsides, mathBlock()];

/** Obsidian's dialect: CommonMark, GFM, wikilinks, tags, comments and math, with exact offsets. */
export const obsidianMarkdown = parser.configure(extensions);

/** Plain text: paragraphs with wikilinks and tags, nothing else means anything. */
export const plainText = parser.configure([
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
    ],
  },
]);
