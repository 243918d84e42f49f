import type { FactFound } from "../src/store/store.ts";
import { bold, dim, paragraph, plain } from "./output.ts";

/** A fact as a person reads it: what it says, the words it was read from, and the note. */
export function describeFact({ source, type, target, evidence, path }: FactFound): string {
  return [
    `  ${bold(source)} —${plain(type)}→ ${bold(target)}`,
    ...(evidence === "" ? [] : [paragraph(`“${evidence}”`, "    ")]),
    dim(`    ${path}`),
  ].join("\n");
}
