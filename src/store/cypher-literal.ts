/*
 * Everything but printable ASCII is written as `\uXXXX`, which Cypher turns into its character before it reads a
 * statement: cypher-shell decodes a script by the locale, and in many containers that is plain ASCII. For the same
 * reason a quote can never be written so: it would end its string.
 */

/** Half a surrogate pair is no text to Neo4j; it becomes U+FFFD here as it would there. */
export function cypherString(text: string): string {
  const quoted = text
    .toWellFormed()
    .replaceAll(/['\\]/g, String.raw`\$&`)
    .replaceAll("\n", String.raw`\n`)
    .replaceAll("\t", String.raw`\t`);
  return `'${quoted.replaceAll(/[^ -~]/g, unicodeEscape)}'`;
}

/** A label, type or property name in backticks, where a backslash is itself but must not come before a `u`. */
export function cypherName(name: string): string {
  const quoted = name.toWellFormed().replaceAll("`", "``");
  return `\`${quoted.replaceAll(/\\|[^ -~]/g, unicodeEscape)}\``;
}

function unicodeEscape(codeUnit: string): string {
  return String.raw`\u${codeUnit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
