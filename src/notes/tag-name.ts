/**
 * Name of a tag in NFC, without `#` and a last `/`; empty when it is none: Obsidian wants something that is no
 * digit in it, so `#1984` is none and `#2024-05` is.
 */
export function tagName(written: string): string {
  const name = written.trim().replace(/^#+/, "").replace(/\/+$/, "").normalize("NFC");
  return /[^\d/_-]/.test(name) || /\d[/_-]|[/_-]\d/.test(name) ? name : "";
}
