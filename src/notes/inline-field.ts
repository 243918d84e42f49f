/** A Dataview or Logseq field before a link: `key:: [[X]]` on its line, `[key:: [[X]]]`, `(key:: [[X]])`. */
const lineField =
  /^[\s>]*(?:(?:[-*+]|\d+[.)])\s+)?(?:\[.\]\s+)?(?:\*\*|__|\*|_)?(\p{L}[\p{L}\p{M}\p{N} _/-]{0,60}?)(?:\*\*|__|\*|_)?::/u;
const bracketField = /[[(](\p{L}[\p{L}\p{M}\p{N} _/-]{0,60}?)::[^\])]*$/u;
const longestKey = 200;
/** A value in brackets is not looked for further back than this. */
const longestValue = 1_000;

/**
 * Tells the name of the field that a place is in the value of, empty when there is none. Places are asked for
 * in their order, so that a line is looked at once, however many links it has.
 */
export function fieldReader(text: string): (position: number) => string {
  let seen = 0;
  let lineStart = 0;
  let fieldOfLine = "";
  return (position) => {
    const newline = text.slice(seen, position).lastIndexOf("\n");
    if (newline !== -1 || seen === 0) {
      lineStart = seen + newline + 1;
      const field = lineField.exec(text.slice(lineStart, Math.min(position, lineStart + longestKey)));
      fieldOfLine = field?.[1] ?? "";
    }
    seen = position;
    const before = text.slice(Math.max(lineStart, position - longestValue), position);
    if (!before.includes("::")) return fieldOfLine;
    return bracketField.exec(withoutLinks(before))?.[1] ?? fieldOfLine;
  };
}

/** Other links of the same value must not look like the end of its bracket. */
function withoutLinks(text: string): string {
  return text.replaceAll(/!?\[\[[^\]]*\]\]/g, "");
}
