import { copyFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openToIngest } from "../../src/app.ts";
import { compareExports } from "../../src/store/compare-exports.ts";
import { Database } from "../../src/store/database.ts";
import { generateVault } from "../bench/generate-vault.ts";
import { temporaryFolder, writeNotes } from "../support/folder.ts";
import { emptyGraph, exportOf, takeIn } from "../support/graph.ts";
import { isWhole } from "../support/is-whole.ts";
import { randomNumbers } from "../support/random-numbers.ts";

const isSoak = process.env["SOAK"] === "1";
const cuts = isSoak ? 100 : 10;

test("the graph file keeps a log that is written before it, and waits for the disk when the log moves into it", () => {
  const database = new Database(join(temporaryFolder(), "graph.sqlite"), { create: true });
  expect(database.get("PRAGMA journal_mode")).toEqual({ journal_mode: "wal" });
  expect(database.get("PRAGMA synchronous")).toEqual({ synchronous: 1 });
  database.close();
});

test(
  "whatever end of the log a power cut takes, torn pages too, the file is whole and the next run ends in the right graph",
  { timeout: 600_000 },
  async () => {
    const folder = temporaryFolder();
    const notes = join(folder, "notes");
    const shape = { sections: 2, wordsInSection: 30, linksInNote: 3, mentionsInNote: 3, seed: 8 };
    generateVault(notes, { ...shape, notes: 120 });
    const file = join(folder, "graph.sqlite");
    const workspace = await openToIngest(file, undefined);
    await takeIn(notes, workspace);
    // A second run with every kind of change, in the same log.
    generateVault(join(notes, "Books"), { ...shape, notes: 20, seed: 9 });
    renameSync(join(notes, "Trips"), join(notes, "Travels"));
    rmSync(join(notes, "Ideas"), { recursive: true });
    writeNotes(notes, { "Index.md": "All of it: [[Travels]]" });
    await takeIn(notes, workspace);
    const [log, state] = [join(folder, "kept.sqlite-wal"), join(folder, "kept.sqlite")];
    copyFileSync(file, state);
    copyFileSync(`${file}-wal`, log);
    const expected = await exportOf(workspace);
    await workspace.close();
    const fresh = emptyGraph();
    await takeIn(notes, fresh);
    expect(compareExports(expected, await exportOf(fresh))).toEqual([]);
    await fresh.close();

    const bytes = statSync(log).size;
    expect(bytes).toBeGreaterThan(500_000);
    const random = randomNumbers(isSoak ? Date.now() % 100_000 : 3);
    const places = [0, 31, ...Array.from({ length: cuts }, () => Math.floor(bytes * random()))];
    for (const [index, place] of places.entries()) {
      const cut = join(folder, `cut-${index}.sqlite`);
      copyFileSync(state, cut);
      copyFileSync(log, `${cut}-wal`);
      truncateSync(`${cut}-wal`, place);
      // Half of the time the length of the log came to the disk, and its last pages did not.
      if (index % 2 === 1) writeFileSync(`${cut}-wal`, Buffer.alloc(40_000, index), { flag: "a" });
      expect(isWhole(cut)).toBe(true);
      const again = await openToIngest(cut, undefined);
      await takeIn(notes, again);
      expect(compareExports(await exportOf(again), expected), `cut at byte ${place} of ${bytes}`).toEqual([]);
      await again.close();
    }
  },
);
