/** A Dataview or Logseq field before a link: `key:: [[X]]` on its line, `[key:: [[X]]]`, `(key:: [[X]])`. */
const lineField =
  /^[\s>]*(?:(?:[-*+]|\d+[.)])\s+)?(?:\*\*|__|\*|_)?(\p{L}[\p{L}\p{N} _-]{0,60}?)(?:\*\*|__|\*|_)?::\s/u;
const bracketField = /[[(](\p{L}[\p{L}\p{N} _-]{0,60}?)::\s[^\])]*$/u;

/** Name of the field that the text at `position` is the value of; empty when there is none. */
export function fieldAt(text: string, position: number): string {
  const lineStart = text.lastIndexOf("\n", position - 1) + 1;
  const before = text.slice(Math.max(lineStart, position - 400), position);
  if (!before.includes("::")) return "";
  const bracket = bracketField.exec(withoutLinks(before));
  if (bracket) return bracket[1] ?? "";
  return lineField.exec(before)?.[1] ?? "";
}

/** Other links of the same value must not look like the end of its bracket. */
function withoutLinks(text: string): string {
  return text.replaceAll(/!?\[\[[^\]]*\]\]/g, "");
}
