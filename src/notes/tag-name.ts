/** In UTF-16 units. */
const longestName = 1_000;

/**
 * Name of a tag in NFC, without `#` and a last `/`; empty when it is none: Obsidian wants something that is no
 * digit in it, so `#1984` is none and `#2024-05` is. What is longer than any tag is text: a database cannot
 * look up a name of some thousand bytes.
 */
export function tagName(written: string): string {
  const name = written.trim().replace(/^#+/, "").replace(/\/+$/, "").normalize("NFC");
  if (name.length > longestName) return "";
  return /[^\d/_-]/.test(name) || /\d[/_-]|[/_-]\d/.test(name) ? name : "";
}
