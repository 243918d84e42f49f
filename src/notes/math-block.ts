import type { BlockContext, LeafBlock, Line, MarkdownConfig } from "@lezer/markdown";

const mark = "$$";
const longestFormula = 400;

/**
 * A formula over several lines, from a line that starts with `$$` to the next one that has it. Without an end
 * before the next heading it is no formula, and its links count.
 */
export const mathBlock: MarkdownConfig = {
  defineNodes: [{ name: "MathBlock", block: true }],
  parseBlock: [
    {
      name: "MathBlock",
      before: "FencedCode",
      parse(context: BlockContext, line: Line) {
        if (!opens(line)) return false;
        const start = context.lineStart + line.pos;
        const lines = [line.text.slice(line.pos)];
        while (context.nextLine()) {
          if (line.text.includes(mark)) {
            const end = context.lineStart + line.text.length;
            context.nextLine();
            context.addElement(context.elt("MathBlock", start, end));
            return true;
          }
          if (lines.length >= longestFormula || /^#{1,6}\s/.test(line.text)) break;
          lines.push(line.text);
        }
        const text = lines.join("\n");
        const inline = context.parser.parseInline(text, start);
        context.addElement(context.elt("Paragraph", start, start + text.length, inline));
        return true;
      },
      endLeaf: (_context, line, leaf) => opens(line) && !isOpen(leaf),
    },
  ],
};

function opens(line: Line): boolean {
  return (
    /^\$\$(?!\$)/.test(line.text.slice(line.pos)) && !line.text.slice(line.pos + mark.length).includes(mark)
  );
}

/** Whether the paragraph so far ends inside a formula that began in a line of text. */
function isOpen(leaf: LeafBlock): boolean {
  return leaf.content.split(mark).length % 2 === 0;
}
