import type { BlockContext, LeafBlock, Line, MarkdownConfig, MarkdownParser } from "@lezer/markdown";
import { wholeCharacter } from "./whole-character.ts";

/** Text between two marks is looked at once for every mark: a part ends when that becomes too much. */
const mostWork = 500_000;
/** A part shorter than this is never too much work. */
const alwaysRead = 700;
/** The parser's own patterns run out of stack on a longer one. */
const longestPart = 16_000;
/** A paragraph ends at the end of a line once it is this long: tools of the parser look at all of it again. */
const longestParagraph = 8_000;
/** A table's rows are read one by one, so it may grow longer. */
const longestTable = 32_000;
/** Quotes and lists inside each other; no person goes so deep, and each level is looked at on every line. */
const deepest = 48;

/** Ends a paragraph that has grown too long at the end of a line, and nesting that has grown too deep. */
export const bounds: MarkdownConfig = {
  parseBlock: [
    {
      name: "TooDeep",
      before: "IndentedCode",
      parse(context: BlockContext, line: Line) {
        if (context.depth < deepest) return false;
        const from = context.lineStart + line.pos;
        const inline = context.parser.parseInline(line.text.slice(line.pos), from);
        context.addElement(context.elt("Paragraph", from, context.lineStart + line.text.length, inline));
        context.nextLine();
        return true;
      },
      endLeaf: (_context, _line, leaf) =>
        leaf.content.length > (isTable(leaf) ? longestTable : longestParagraph),
    },
  ],
};

/** The same parser, reading the inside of a very long line part by part. */
export function inParts(parser: MarkdownParser): MarkdownParser {
  const parseInline = parser.parseInline.bind(parser);
  parser.parseInline = (text, offset) => {
    if (text.length <= alwaysRead || isLittleWork(text)) return parseInline(text, offset);
    const elements = [];
    for (let start = 0; start < text.length;) {
      const end = endOfPart(text, start);
      for (const element of parseInline(text.slice(start, end), offset + start)) elements.push(element);
      start = end;
    }
    return elements;
  };
  return parser;
}

/**
 * As far as the work stays bounded: the last white space outside brackets and code, else the last white space,
 * else where it became too much.
 */
function endOfPart(text: string, start: number): number {
  let brackets = 0;
  let marks = 0;
  let inCode = false;
  let best = start;
  let fair = start;
  for (let index = start; index < text.length; index++) {
    const character = text[index] ?? "";
    const length = index - start;
    if (length >= longestPart || (length >= alwaysRead && marks * length >= mostWork))
      return best > start ? best : fair > start ? fair : wholeCharacter(text, index);
    if (isSpace(character)) {
      fair = index + 1;
      if (brackets === 0 && !inCode) best = fair;
      continue;
    }
    if (!isMark(character)) continue;
    if (character === "[" || character === "(") brackets++;
    else if (character === "]" || character === ")") brackets = Math.max(0, brackets - 1);
    else if (character === "`") inCode = !inCode;
    marks++;
  }
  return text.length;
}

/** Most paragraphs have so few marks that nothing has to be cut. */
function isLittleWork(text: string): boolean {
  if (text.length >= longestPart) return false;
  let marks = 0;
  for (let index = 0; index < text.length; index++) if (markUnits[text.charCodeAt(index)] === 1) marks++;
  return marks * text.length < mostWork;
}

function isSpace(character: string): boolean {
  return character === " " || character === "\n" || character === "\t";
}

const marks = "[]()<>`*_~$!:@&%\\";
const markUnits = Uint8Array.from({ length: 128 }, (_, unit) =>
  marks.includes(String.fromCharCode(unit)) ? 1 : 0,
);

function isMark(character: string): boolean {
  return markUnits[character.charCodeAt(0)] === 1;
}

function isTable(leaf: LeafBlock): boolean {
  return leaf.parsers.some((parser) => "rows" in parser && Array.isArray(parser.rows));
}
