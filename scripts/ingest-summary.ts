import { defaultStorePath } from "../src/app.ts";
import { sampleQuestion } from "../src/ask/sample-question.ts";
import type { IngestResult } from "../src/ingest/result.ts";
import { withoutCredentials } from "../src/store/neo4j-address.ts";
import type { GraphCounts, Store } from "../src/store/store.ts";
import { describeFact } from "./describe-fact.ts";
import type { IngestCommandOptions } from "./ingest.ts";
import { bold, commandLine, dim, plain, print, remark, shortened, table } from "./output.ts";

const nameColumns = 32;
const aliasColumns = 26;

/** What a person wants to know after a run: what was done, what the graph holds, what to try next. */
export async function printSummary(
  result: IngestResult,
  store: Store,
  location: string,
  options: IngestCommandOptions,
): Promise<void> {
  const isDry = options.dryRun === true;
  print(bold(whatWasDone(result, isDry)));
  print();
  print(isDry ? "The graph would hold" : `The graph in ${plain(withoutCredentials(location))} holds`);
  print(table(contents(result.graph)));
  // Who takes in a change knows the graph: it is introduced once.
  if (isUnchanged(result) || result.notes.unchanged > 0) return;
  await printMostMentioned(store);
  const question = await sampleQuestion(store);
  if (question === undefined) return;
  if (question.fact !== undefined) {
    print();
    print("A fact");
    print(describeFact(question.fact));
  }
  if (isDry) return;
  print();
  print("Ask it something");
  print(`  ${bold(commandLine("ask", question.text, ...storeOption(location)))}`);
  remark(
    "\nNo model read the notes: names without a note are guessed by their capitals, and facts come from front matter and fields alone.",
    options,
  );
}

function whatWasDone(result: IngestResult, isDry: boolean): string {
  const { notes, seconds } = result;
  const time = `in ${inSeconds(seconds)}`;
  if (isUnchanged(result)) {
    return notes.seen === 0
      ? `No notes were found ${time}.`
      : `Nothing has changed in ${counted(notes.seen, "note")}, looked at ${time}.`;
  }
  const done = [
    ...changesOf(result),
    ...counts([
      [notes.unchanged, "unchanged"],
      [notes.failed, "not readable"],
    ]),
  ].join(", ");
  const said = isDry ? "Would take in" : "Took in";
  return notes.seen === 0
    ? `${said} the folder ${time}: ${done}.`
    : `${said} ${counted(notes.seen, "note")} ${time}: ${done}.`;
}

/** A time as a person reads it: "0.12 s", "3.4 s". */
export function inSeconds(seconds: number): string {
  return `${seconds.toFixed(seconds < 1 ? 2 : 1)} s`;
}

/** "1 new", "2 changed" …: what a run did to the graph. */
export function changesOf({ notes }: IngestResult): string[] {
  return counts([
    [notes.new, "new"],
    [notes.changed, "changed"],
    [notes.renamed, "moved or renamed"],
    [notes.deleted, "deleted"],
  ]);
}

function counts(pairs: readonly (readonly [number, string])[]): string[] {
  return pairs.filter(([count]) => count !== 0).map(([count, word]) => `${count} ${word}`);
}

function isUnchanged({ notes }: IngestResult): boolean {
  return notes.new + notes.changed + notes.renamed + notes.deleted + notes.failed === 0;
}

function contents(graph: GraphCounts): (string | number)[][] {
  return [
    [graph.notes, "notes", dim("with those that links ask for and nobody wrote yet")],
    [graph.chunks, "chunks", dim("the pieces that are searched and quoted")],
    [graph.entities, "entities", dim("people, places, works … that notes describe")],
    [graph.facts, "facts", dim("from front matter and fields whose values are links")],
    [graph.mentions, "mentions", dim("entities linked or named in a chunk")],
    [graph.links, "links", dim("from note to note")],
    [graph.tags, "tags", ""],
  ];
}

async function printMostMentioned(store: Store): Promise<void> {
  const entities = await store.findEntities([], 8);
  if (entities.length === 0) return;
  print();
  print("Most mentioned");
  print(
    table(
      entities.map(({ name, type, mentionCount, aliases }) => [
        plain(shortened(name, nameColumns)),
        plain(type),
        `${String(mentionCount).padStart(4)} ×`,
        dim(shortened(aliases.slice(0, 3).join(", "), aliasColumns)),
      ]),
    ),
  );
}

function storeOption(location: string): string[] {
  return location === defaultStorePath ? [] : ["--store", withoutCredentials(location)];
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
