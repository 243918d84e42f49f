import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters, styleText } from "node:util";

/** Options that every command has. */
export interface OutputOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

/** A result: stdout. */
export function print(text = ""): void {
  process.stdout.write(`${text}\n`);
}

/** A remark about the run: stderr, so that results can be piped. */
export function remark(text: string, options: OutputOptions = {}): void {
  if (options.quiet !== true) process.stderr.write(`${text}\n`);
}

/** Bold on a terminal that wants it. */
export function bold(text: string): string {
  return styleText("bold", plain(text), { stream: process.stdout });
}

export function dim(text: string): string {
  return styleText("dim", plain(text), { stream: process.stdout });
}

/** Text of notes and names of files, without what would steer a terminal. */
export function plain(text: string): string {
  // oxlint-disable-next-line eslint/no-control-regex -- control characters are what is taken out
  return text.replaceAll(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g, "\uFFFD");
}

/** At most so many columns of a text; what is cut off is marked. */
export function shortened(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let short = "";
  for (const { segment } of characters.segment(text)) {
    if (displayWidth(short + segment) >= columns) break;
    short += segment;
  }
  return `${short.trimEnd()}…`;
}

/** A paragraph set in from the left; on a terminal broken between words, elsewhere one line. */
export function paragraph(
  text: string,
  indent: string,
  columns = process.stdout.columns ?? Infinity,
): string {
  const lines: string[] = [];
  for (const word of plain(text).split(/\s+/)) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && displayWidth(indent + longer) > columns) lines.push(word);
    else lines[Math.max(0, lines.length - 1)] = longer;
  }
  return lines.map((line) => indent + line).join("\n");
}

/** Rows with their columns lined up; columns whose every cell is a number are set to the right. */
export function table(rows: readonly (readonly (string | number)[])[], indent = "  "): string {
  const widths: number[] = [];
  const numeric: boolean[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) {
      widths[index] = Math.max(widths[index] ?? 0, displayWidth(String(cell)));
      numeric[index] = (numeric[index] ?? true) && typeof cell === "number";
    }
  }
  const pad = (cell: string | number, index: number) => {
    const space = " ".repeat(Math.max(0, (widths[index] ?? 0) - displayWidth(String(cell))));
    return numeric[index] ? space + String(cell) : String(cell) + space;
  };
  return rows.map((row) => (indent + row.map(pad).join("  ")).trimEnd()).join("\n");
}

const characters = new Intl.Segmenter();
const wide =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|\p{Emoji_Presentation}|\uFE0F/u;

/** Columns that a text takes on a terminal: two for CJK and emoji, none for styles and combining marks. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const { segment } of characters.segment(stripVTControlCharacters(text))) {
    width += wide.test(segment) ? 2 : 1;
  }
  return width;
}

/** The command line that runs a command here: npm in a checkout, npx from the package. */
export function commandLine(command: string, ...words: readonly string[]): string {
  return [startOf(command), ...words.map((word) => quoted(plain(word)))].join(" ");
}

function startOf(command: string): string {
  if (!import.meta.url.endsWith(".ts")) return `npx neo4j-langgraph ${command}`;
  const checkout = fileURLToPath(new URL("..", import.meta.url));
  // npm would run it in the checkout's folder, and look for the graph there.
  return relative(checkout, process.cwd()) === ""
    ? `npm run --silent ${command} --`
    : `node ${quoted(relative(process.cwd(), `${checkout}/bin/neo4j-langgraph.js`))} ${command}`;
}

/** Double quotes work in every shell; single ones where a shell would read more into the text. */
function quoted(word: string): string {
  if (/^[\w./:@=-]+$/.test(word)) return word;
  return /["\\$`!]/.test(word) ? `'${word.replaceAll("'", String.raw`'\''`)}'` : `"${word}"`;
}
