const property = /^(?:[-*+] )?(\p{L}[\p{L}\p{M}\p{N} _/-]{0,60}):: ?(.*)$/u;

/** Logseq's page properties: the run of `key:: value` lines that a note starts with. */
export function readPageProperties(text: string, bodyStart: number): Record<string, unknown> {
  const properties: Record<string, unknown> = {};
  for (let start = bodyStart; start < text.length;) {
    const newline = text.indexOf("\n", start);
    const end = newline === -1 ? text.length : newline;
    const match = property.exec(text.slice(start, end).trimEnd());
    if (match === null) break;
    const key = (match[1] ?? "").trim();
    properties[key] = /^(?:alias|aliases|tags?)$/i.test(key)
      ? splitList(match[2] ?? "")
      : (match[2] ?? "").trim();
    start = end + 1;
  }
  return properties;
}

function splitList(value: string): string[] {
  return value
    .split(",")
    .map((item) => item.trim().replace(/^#?\[\[(.*)\]\]$/, "$1"))
    .filter((item) => item !== "");
}
