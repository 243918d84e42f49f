import fc from "fast-check";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { compareExports } from "../../src/store/compare-exports.ts";
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
