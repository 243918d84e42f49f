import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compareExports } from "../../src/store/compare-exports.ts";
import type { ExportLine } from "../../src/store/export-jsonl.ts";
import { expectSentence, exported, ingestJson, prepare, run, start } from "../support/command.ts";
import { temporaryFolder, writeNotes } from "../support/folder.ts";
import { openWorkspace } from "../../src/app.ts";
import { exportOf } from "../support/graph.ts";
import { randomNumbers } from "../support/random-numbers.ts";
import { isWhole } from "../support/is-whole.ts";
import { generateVault } from "../bench/generate-vault.ts";

const isSoak = process.env["SOAK"] !== undefined;
const shape = { sections: 3, wordsInSection: 40, linksInNote: 3, mentionsInNote: 3, seed: 5 };

interface Vault {
  readonly notes: string;
  /** Size of the graph of an undisturbed run over it, in bytes, and its export. */
  readonly bytes: number;
  readonly undisturbed: readonly ExportLine[];
}

const root = mkdtempSync(join(tmpdir(), "neo4j-langgraph-test-"));
let small: Vault;
let large: Vault;

async function vaultOf(count: number): Promise<Vault> {
  const notes = join(root, String(count), "notes");
  generateVault(notes, { ...shape, notes: count });
  await prepare(root, notes, { store: `${count}.sqlite` });
  const file = join(root, `${count}.sqlite`);
  const workspace = await openWorkspace(file, { create: false });
  const undisturbed = await exportOf(workspace);
  await workspace.close();
  return { notes, bytes: statSync(file).size, undisturbed };
}

beforeAll(async () => {
  [small, large] = [await vaultOf(400), await vaultOf(1_200)];
});
afterAll(() => rmSync(root, { recursive: true }));

/** Resolves when a run has written so much: the graph's log has grown to this size. */
async function hasWritten(folder: string, bytes: number): Promise<void> {
  const log = join(folder, ".neo4j-langgraph/graph.sqlite-wal");
  while ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) < bytes) await sleep(2);
}

/** More than the empty tables take: the first notes are in. */
const hasBegunToWrite = (folder: string) => hasWritten(folder, 600_000);

test(
  "killed at random moments and started again, a run ends in the graph of an undisturbed one",
  { timeout: isSoak ? 600_000 : 120_000 },
  async () => {
    const folder = temporaryFolder();
    const random = randomNumbers(isSoak ? Date.now() % 100_000 : 11);
    let kills = 0;
    for (let round = 0; round < (isSoak ? 20 : 3); round++) {
      const running = start(["ingest", small.notes, "--quiet"], { in: folder });
      // One in three comes at any time, while the process starts too; the others in the middle of the writing.
      const moment =
        round % 3 === 2 ? sleep(random() * 1_000) : hasWritten(folder, small.bytes * (0.1 + 0.6 * random()));
      await Promise.race([moment, running.ended]);
      running.child.kill("SIGKILL");
      const { signal } = await running.ended;
      if (signal === "SIGKILL") kills += 1;
      // Whatever was in flight, the file opens and gives whole lines.
      const ended = await run(["export"], { in: folder });
      if (ended.code !== 0) expectSentence(ended, 2, "There is no graph");
      for (const line of ended.stdout.split("\n")) if (line !== "") JSON.parse(line);
      if (ended.code === 0) expect(isWhole(join(folder, ".neo4j-langgraph/graph.sqlite"))).toBe(true);
      // A run that came to its end leaves nothing to do for the next: begin anew.
      if (signal === null) rmSync(join(folder, ".neo4j-langgraph"), { recursive: true });
    }
    expect(kills).toBeGreaterThanOrEqual(2);
    await ingestJson([small.notes], { in: folder });
    expect(compareExports(await exported({ in: folder }), small.undisturbed)).toEqual([]);
    expect(readdirSync(join(folder, ".neo4j-langgraph"))).toEqual(["graph.sqlite", "graph.sqlite.lock"]);
  },
);

test("Ctrl-C ends a run with exit code 130, keeps what was read, says how to go on, and the next run does", async () => {
  const folder = temporaryFolder();
  const running = start(["ingest", large.notes], { in: folder });
  await Promise.race([hasBegunToWrite(folder), running.ended]);
  running.child.kill("SIGINT");
  const { code, stdout, stderr } = await running.ended;
  expect({ code, stdout }).toEqual({ code: 130, stdout: "" });
  expect(stderr).toContain("press Ctrl-C again to stop at once");
  expect(stderr.trimEnd().split("\n").at(-1)).toBe(
    "Interrupted: what was read is kept, and the same command goes on from there.",
  );
  const { notes } = await ingestJson([large.notes], { in: folder });
  expect(notes.unchanged).toBeGreaterThanOrEqual(100);
  expect(notes.new + notes.unchanged).toBe(1_200);
  expect(compareExports(await exported({ in: folder }), large.undisturbed)).toEqual([]);
});

test("a second Ctrl-C stops at once, and what was finished is kept", async () => {
  const folder = temporaryFolder();
  const running = start(["ingest", large.notes], { in: folder });
  await Promise.race([hasBegunToWrite(folder), running.ended]);
  // Both are waiting when the process next looks, in the middle of its work.
  running.child.kill("SIGINT");
  running.child.kill("SIGTERM");
  const { code, stderr } = await running.ended;
  expect(code).toBe(130);
  expect(stderr).not.toContain("Interrupted:");
  expect((await ingestJson([large.notes], { in: folder })).notes.unchanged).toBeGreaterThanOrEqual(100);
  expect(compareExports(await exported({ in: folder }), large.undisturbed)).toEqual([]);
});

test("a second run on the same graph says so at once and ends with exit code 1; readers are let in", async () => {
  const folder = temporaryFolder();
  writeNotes(folder, { "other/a.md": "A" });
  const first = start(["ingest", small.notes, "--quiet"], { in: folder });
  await hasBegunToWrite(folder);
  const started = performance.now();
  expectSentence(await run(["ingest", "other"], { in: folder }), 1, "Another run", "--wait");
  expect(performance.now() - started).toBeLessThan(5_000);
  expect((await run(["ask", "Who?"], { in: folder })).code).toBe(0);
  expect(await first.ended).toMatchObject({ code: 0, stderr: "" });
  expect(compareExports(await exported({ in: folder }), small.undisturbed)).toEqual([]);
});

test("with --wait the second run waits for the first, also when that one is killed, and can be interrupted", async () => {
  const folder = temporaryFolder();
  const first = start(["ingest", small.notes, "--quiet"], { in: folder });
  await hasBegunToWrite(folder);
  // A stopped process keeps its lock for as long as the test likes.
  first.child.kill("SIGSTOP");
  const waiting = start(["ingest", small.notes, "--wait"], { in: folder });
  const other = start(["ingest", small.notes, "--wait"], { in: folder });
  await Promise.all([waiting.said("Waiting for the end"), other.said("Waiting for the end")]);
  other.child.kill("SIGINT");
  const interrupted = await other.ended;
  expect(interrupted).toMatchObject({ code: 130, stdout: "" });
  expect(interrupted.stderr).toContain("Interrupted while waiting: nothing was changed.");
  first.child.kill("SIGKILL");
  const { code, stdout } = await waiting.ended;
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringContaining("Took in 400 notes") as string,
  });
  expect(compareExports(await exported({ in: folder }), small.undisturbed)).toEqual([]);
});
