import fc from "fast-check";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { InterruptedError } from "../../src/errors.ts";
import { compareExports } from "../../src/store/compare-exports.ts";
import type { Workspace } from "../../src/store/open.ts";
import { problemsOf } from "../support/check-graph.ts";
import { temporaryFolder } from "../support/folder.ts";
import { emptyGraph, exportOf, takeIn } from "../support/graph.ts";
import { afterSteps, type Notes, startingNotes, step } from "../support/random-history.ts";

const runs = process.env["SOAK"] === undefined ? 20 : 200;

test(
  "after any history of edits, renames, moves and deletions the graph equals a fresh one of the same folder",
  { timeout: 600_000 },
  async () => {
    const history = fc.tuple(
      startingNotes,
      fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { minLength: 5, maxLength: 5 }),
    );
    await fc.assert(
      fc.asyncProperty(history, async ([start, rounds]) => {
        const folder = temporaryFolder();
        const workspace = emptyGraph();
        const folders: Notes[] = [start];
        lay(folder, start);
        await takeIn(folder, workspace, { prune: true });
        for (const steps of rounds) {
          const next = afterSteps(folders, steps);
          folders.push(next);
          lay(folder, next);
          await takeIn(folder, workspace, { prune: true });
          const fresh = emptyGraph();
          await takeIn(folder, fresh);
          expect(problemsOf(await exportOf(workspace))).toEqual([]);
          expect(compareExports(await exportOf(workspace), await exportOf(fresh))).toEqual([]);
          expect(await workspace.store.counts()).toEqual(await fresh.store.counts());
          await fresh.close();
        }
        await workspace.close();
      }),
      {
        numRuns: runs,
        seed: process.env["SOAK"] === undefined ? 7 : Date.now(),
        endOnFailure: process.env["SHRINK"] === undefined,
      },
    );
  },
);

test(
  "runs that are stopped half-way, one change after the other, leave nothing out",
  { timeout: 600_000 },
  async () => {
    const stops = fc.array(fc.tuple(fc.array(step, { minLength: 1, maxLength: 3 }), fc.nat({ max: 6 })), {
      minLength: 3,
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(startingNotes, stops, async (start, rounds) => {
        const folder = temporaryFolder();
        const workspace = emptyGraph();
        const folders: Notes[] = [start];
        lay(folder, start);
        await stoppedAfter(2, folder, workspace);
        for (const [steps, calls] of rounds) {
          const next = afterSteps(folders, steps);
          folders.push(next);
          lay(folder, next);
          await stoppedAfter(calls, folder, workspace);
        }
        await takeIn(folder, workspace, { prune: true });
        const fresh = emptyGraph();
        await takeIn(folder, fresh);
        expect(compareExports(await exportOf(workspace), await exportOf(fresh))).toEqual([]);
        expect(await workspace.store.counts()).toEqual(await fresh.store.counts());
        await fresh.close();
        await workspace.close();
      }),
      {
        numRuns: 2 * runs,
        seed: process.env["SOAK"] === undefined ? 11 : Date.now(),
        endOnFailure: process.env["SHRINK"] === undefined,
      },
    );
  },
);

/** A run that is interrupted at its n-th sign of life, if it has so many. */
async function stoppedAfter(calls: number, folder: string, workspace: Workspace): Promise<void> {
  const controller = new AbortController();
  let seen = 0;
  const onProgress = () => {
    if (seen++ >= calls) controller.abort();
  };
  try {
    await takeIn(folder, workspace, { prune: true, signal: controller.signal, onProgress });
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
  }
}

/** Makes a folder hold just these notes. Files that stay are not written again. */
function lay(folder: string, notes: Notes): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !notes.has(path.slice(folder.length + 1))) rmSync(path);
  }
  for (const [path, text] of notes) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}
