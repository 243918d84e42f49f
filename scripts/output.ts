import { styleText } from "node:util";

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
  return styleText("bold", text, { stream: process.stdout });
}

export function dim(text: string): string {
  return styleText("dim", text, { stream: process.stdout });
}

/** Rows with their columns lined up; columns whose every cell is a number are set to the right. */
export function table(rows: readonly (readonly (string | number)[])[], indent = "  "): string {
  const widths: number[] = [];
  const numeric: boolean[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) {
      widths[index] = Math.max(widths[index] ?? 0, [...String(cell)].length);
      numeric[index] = (numeric[index] ?? true) && typeof cell === "number";
    }
  }
  const pad = (cell: string | number, index: number) => {
    const space = " ".repeat(Math.max(0, (widths[index] ?? 0) - [...String(cell)].length));
    return numeric[index] ? space + String(cell) : String(cell) + space;
  };
  return rows.map((row) => (indent + row.map(pad).join("  ")).trimEnd()).join("\n");
}

/** The command line that runs a command here: npm in a checkout, npx from the package. */
export function commandLine(command: string, ...words: readonly string[]): string {
  const isCheckout = import.meta.url.endsWith(".ts");
  const quoted = words.map((word) =>
    /^[\w./:@=-]+$/.test(word) ? word : `"${word.replaceAll(/(["\\$`])/g, "\\$1")}"`,
  );
  const start = isCheckout ? `npm run --silent ${command} --` : `npx neo4j-langgraph ${command}`;
  return [start, ...quoted].join(" ");
}
