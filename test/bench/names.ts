// How well names are found without a model, against npm packages: `node test/bench/names.ts FOLDER`. The folder holds
// en.jsonl and pt.jsonl, a line `{ "text", "spans": [{ "start", "end" }] }`. Counted are pairs of sentence and name.
// The packages are installed into a temporary folder, or taken from `--packages FOLDER`.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { nameSpansOf } from "../support/names-of.ts";

interface Sentence {
  readonly text: string;
  readonly spans: readonly { readonly start: number; readonly end: number }[];
}

/** Names of each sentence, the sentences being one vault. */
type Finder = (texts: readonly string[]) => (readonly string[])[];

interface Score {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly megabytesPerSecond: number;
}

const small = 200;
const peers = ["compromise", "wink-nlp", "wink-eng-lite-web-model"];

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { packages: { type: "string" } },
});
const [folder] = positionals;
if (folder === undefined) {
  process.stderr.write("Usage: node test/bench/names.ts FOLDER [--packages FOLDER]\n");
  process.exit(2);
}

const finders = new Map<string, Finder>([["neo4j-langgraph", ours], ...peerFinders(values.packages)]);
for (const language of ["en", "pt"]) {
  const sentences = read(join(folder, `${language}.jsonl`));
  for (const part of [sentences, sentences.slice(0, small)]) {
    process.stdout.write(`\n${language}, ${part.length} sentences\n`);
    for (const [name, find] of finders) process.stdout.write(line(name, score(part, find)));
  }
}

function read(path: string): Sentence[] {
  const lines = readFileSync(path, "utf8").trim().split("\n");
  // A line is what the head of this file says; a wrong one fails at once.
  return lines.map((text) => JSON.parse(text) as Sentence);
}

function score(sentences: readonly Sentence[], find: Finder): Score {
  const texts = sentences.map((sentence) => sentence.text);
  find(texts.slice(0, small));
  const startedAt = performance.now();
  const found = find(texts);
  const seconds = (performance.now() - startedAt) / 1000;
  let right = 0;
  let given = 0;
  let marked = 0;
  for (const [index, sentence] of sentences.entries()) {
    const names = new Set(sentence.spans.map(({ start, end }) => sentence.text.slice(start, end)));
    const own = new Set(found[index]);
    right += own.intersection(names).size;
    given += own.size;
    marked += names.size;
  }
  const precision = right / given;
  const recall = right / marked;
  return {
    precision,
    recall,
    f1: (2 * precision * recall) / (precision + recall),
    megabytesPerSecond: Buffer.byteLength(texts.join("\n")) / 1e6 / seconds,
  };
}

function line(name: string, { precision, recall, f1, megabytesPerSecond }: Score): string {
  const figures = [precision, recall, f1].map((share) => share.toFixed(3)).join("  ");
  return `  ${name.padEnd(26)} ${figures}  ${megabytesPerSecond.toFixed(2)} MB/s\n`;
}

function ours(texts: readonly string[]): string[][] {
  return nameSpansOf(texts).map((names, index) =>
    names.map(({ start, end }) => texts[index]?.slice(start, end) ?? ""),
  );
}

/** The packages as their documentation says, and as runs of what they take for proper nouns. */
function peerFinders(installed: string | undefined): [string, Finder][] {
  const place = installed === undefined ? install() : resolve(installed);
  const load = createRequire(join(place, "package.json"));
  // Packages without a place in this project's types: what is used of them is written down here.
  const compromise = load("compromise") as (text: string) => {
    topics(): { out(as: "array"): string[] };
    match(pattern: string): { out(as: "array"): string[] };
  };
  const wink = (
    load("wink-nlp") as (model: unknown) => {
      its: { value: unknown; pos: unknown };
      readDoc(text: string): { tokens(): { out(what: unknown): string[] } };
    }
  )(load("wink-eng-lite-web-model"));
  const winkRuns = (text: string): string[] => {
    const tokens = wink.readDoc(text).tokens();
    const tags = tokens.out(wink.its.pos);
    const runs: string[][] = [];
    for (const [index, word] of tokens.out(wink.its.value).entries()) {
      if (tags[index] !== "PROPN") continue;
      if (index > 0 && tags[index - 1] === "PROPN") runs.at(-1)?.push(word);
      else runs.push([word]);
    }
    return runs.map((run) => run.join(" "));
  };
  if (installed === undefined) rmSync(place, { recursive: true });
  const each =
    (find: (text: string) => string[]): Finder =>
    (texts) =>
      texts.map((text) => find(text).map(bare));
  return [
    ["compromise, topics", each((text) => compromise(text).topics().out("array"))],
    ["compromise, proper nouns", each((text) => compromise(text).match("#ProperNoun+").out("array"))],
    ["wink-nlp, proper nouns", each(winkRuns)],
  ];
}

function install(): string {
  const place = mkdtempSync(join(tmpdir(), "names-bench-"));
  execFileSync("npm", ["install", "--silent", "--no-save", "--prefix", place, ...peers]);
  return place;
}

/** Without the punctuation that a package leaves at the ends of a name. */
function bare(name: string): string {
  return name.replaceAll(/^[^\p{L}\p{N}]+|(?:['’]s)?[^\p{L}\p{N}.]*\.?$/gu, "");
}
