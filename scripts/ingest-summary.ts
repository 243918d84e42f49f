import { defaultStorePath } from "../src/app.ts";
import { sampleQuestion } from "../src/ask/sample-question.ts";
import type { IngestResult } from "../src/ingest/result.ts";
import type { FactFound, Store } from "../src/store/store.ts";
import type { IngestCommandOptions } from "./ingest.ts";
import { bold, commandLine, dim, print, remark, table } from "./output.ts";

/** What a person wants to know after a run: what was done, what the graph holds, what to try next. */
export async function printSummary(
  result: IngestResult,
  store: Store,
  location: string,
  options: IngestCommandOptions,
): Promise<void> {
  const { notes, graph } = result;
  const done = [
    [notes.new, "new"],
    [notes.changed, "changed"],
    [notes.renamed, "moved or renamed"],
    [notes.deleted, "deleted"],
    [notes.unchanged, "unchanged"],
    [notes.failed, "not readable"],
  ].filter(([count]) => count !== 0);
  const what = done.map(([count, word]) => `${count} ${word}`).join(", ");
  print(
    bold(
      `${options.dryRun === true ? "Would take in" : "Took in"} ${counted(notes.seen, "note")} in ${result.seconds.toFixed(1)} s${what === "" ? "" : `: ${what}`}.`,
    ),
  );
  print();
  print(
    `The graph ${options.dryRun === true ? "would hold" : `in ${location}`}${options.dryRun === true ? "" : " holds"}`,
  );
  print(
    table([
      [graph.notes, "notes", dim("with those that links ask for and nobody wrote yet")],
      [graph.chunks, "chunks", dim("the pieces that are searched and quoted")],
      [graph.entities, "entities", dim("people, places, works … that notes describe")],
      [graph.facts, "facts", dim("from front matter and fields whose values are links")],
      [graph.mentions, "mentions", dim("entities linked or named in a chunk")],
      [graph.links, "links", dim("from note to note")],
      [graph.tags, "tags", ""],
    ]),
  );
  const entities = await store.findEntities([], 8);
  if (entities.length === 0) return;
  print();
  print("Most mentioned");
  print(
    table(
      entities.map(({ name, type, mentionCount, aliases }) => [
        name,
        type,
        `${mentionCount} ×`,
        dim(aliases.slice(0, 3).join(", ")),
      ]),
    ),
  );
  const { facts } = await store.around(
    (await store.findEntities([], 200)).map((entity) => entity.id),
    200,
  );
  const question = sampleQuestion(facts, entities);
  if (question.fact !== undefined) {
    print();
    print("A fact");
    print(describeFact(question.fact));
  }
  if (options.dryRun === true) return;
  print();
  print("Ask it something");
  print(`  ${bold(commandLine("ask", question.text, ...storeOption(location)))}`);
  remark(
    "\nNo model read the notes: names that no note is called or lists as an alias are not found yet.",
    options,
  );
}

export function describeFact(fact: FactFound): string {
  return [
    `  ${bold(fact.source)} —${fact.type}→ ${bold(fact.target)}`,
    ...(fact.evidence === "" ? [] : [`    “${fact.evidence}”`]),
    dim(`    ${fact.path}`),
  ].join("\n");
}

function storeOption(location: string): string[] {
  return location === defaultStorePath ? [] : ["--store", location];
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
