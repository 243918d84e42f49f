// What taking notes in costs: `node test/bench/ingest.ts [notes]`. A generated vault, every figure a process of its own
// from start to end, the median of the rounds, beside the least that Node can do on the same files in the same run.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { generateVault, largeVault } from "./generate-vault.ts";
import { measured, type Measured } from "./measured-process.ts";

const rounds = 3;
/** A file that was saved a moment ago is read again by the next run, whatever its time says. */
const untilStampsCountMs = 2_100;
const mentioning = 1_000;

const shape = { ...largeVault, notes: Number(process.argv[2] ?? largeVault.notes) };
const folder = mkdtempSync(join(tmpdir(), "neo4j-langgraph-bench-"));
const vault = join(folder, "vault");
try {
  const megabytes = generateVault(vault, shape) / 1e6;
  const newTitle = "Quarterly Lantern Review";
  for (let index = 0; index < mentioning; index++) {
    writeFileSync(join(vault, `Mentions ${index}.md`), `We spoke of the ${newTitle} on day ${index}.\n`);
  }
  console.log(
    `${shape.notes} notes, ${megabytes.toFixed(1)} MB: ${shape.sections} sections of ${shape.wordsInSection} words, ` +
      `${shape.linksInNote} links and ${shape.mentionsInNote} mentions a note; and ${mentioning} short notes.\n`,
  );
  await sleep(untilStampsCountMs);

  const store = (round: number) => join(folder, `graph-${round}.sqlite`);
  const take = (round: number) =>
    measured(["bin/neo4j-langgraph.js", "ingest", vault, "--store", store(round), "--quiet"]);
  const skeleton: Measured[] = [];
  const first: Measured[] = [];
  const hashes: Measured[] = [];
  const unchanged: Measured[] = [];
  for (let round = 0; round < rounds; round++) {
    const database = join(folder, `skeleton-${round}.sqlite`);
    skeleton.push(await measured(["test/bench/ingest-skeleton.ts", vault, database]));
    first.push(await take(round));
    hashes.push(await measured(["test/bench/ingest-hashes.ts", vault]));
    unchanged.push(await take(round));
  }
  const edited: Measured[] = [];
  const titled: Measured[] = [];
  for (let round = 0; round < rounds; round++) {
    writeFileSync(join(vault, "Mentions 7.md"), `Edited in round ${round}.\n`);
    edited.push(await take(0));
    await sleep(untilStampsCountMs);
    await take(0);
    writeFileSync(join(vault, `${newTitle}.md`), `Written in round ${round}.\n`);
    titled.push(await take(0));
    rmSync(join(vault, `${newTitle}.md`));
    await take(0);
    await sleep(untilStampsCountMs);
  }
  const [least, all, hashed, nothing, one, title] = [skeleton, first, hashes, unchanged, edited, titled].map(
    (runs) => median(runs.map((run) => run.seconds)),
  ) as [number, number, number, number, number, number];
  const rate = (seconds: number) => `${(megabytes / seconds).toFixed(2)} MB/s`;
  const memory = Math.max(...first.map((run) => run.megabytes));
  print([
    ["skeleton: parser, links, SQLite with full text", `${least.toFixed(1)} s`, rate(least)],
    [
      "first run",
      `${all.toFixed(1)} s`,
      `${rate(all)}, ${(least / all).toFixed(2)} of the skeleton, ${memory.toFixed(0)} MB`,
    ],
    ["reading and hashing all files", `${hashed.toFixed(2)} s`, ""],
    ["nothing changed", `${nothing.toFixed(2)} s`, `${(nothing / hashed).toFixed(2)} times the hashing`],
    ["one note edited", `${one.toFixed(2)} s`, `${(one - nothing).toFixed(2)} s more than nothing changed`],
    [
      `a new title that ${mentioning} notes mention`,
      `${title.toFixed(2)} s`,
      `${(title - nothing).toFixed(2)} s more`,
    ],
  ]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function print(rows: readonly (readonly [string, string, string])[]): void {
  for (const [what, seconds, remark] of rows)
    console.log(`${what.padEnd(48)}${seconds.padStart(8)}   ${remark}`);
}
