import { mkdirSync, readdirSync, renameSync, rmSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { defaultStorePath, openToIngest, openWorkspace } from "../../src/app.ts";
import type { IngestResult } from "../../src/ingest/result.ts";
import { compareExports } from "../../src/store/compare-exports.ts";
import type { ExportLine } from "../../src/store/export-jsonl.ts";
import { generateVault } from "../bench/generate-vault.ts";
import { expectSentence, notePaths, prepare, run, type Running, start } from "../support/command.ts";
import { makeUnreadable, temporaryFolder, writeNotes } from "../support/folder.ts";
import { emptyGraph, exportOf, takeIn } from "../support/graph.ts";
import { isWhole } from "../support/is-whole.ts";
import { hasOwnSpace, startInOwnSpace } from "../support/own-space.ts";
import { randomNumbers } from "../support/random-numbers.ts";

const isSoak = process.env["SOAK"] === "1";
const stopped = "Stopped watching: everything saved up to now is in the graph.\n";

interface Watch extends Running {
  readonly folder: string;
  readonly notes: string;
}

/** The real command, watching a folder `notes` with these notes; they are taken in already. */
async function watching(
  notes: Readonly<Record<string, string>>,
  ...words: readonly string[]
): Promise<Watch> {
  const folder = temporaryFolder();
  writeNotes(join(folder, "notes"), notes);
  const running = start(["ingest", "notes", "--watch", ...words], { in: folder });
  await running.said("Watching for changes");
  return { ...running, folder, notes: join(folder, "notes") };
}

/** Ends a watch with Ctrl-C, and expects a graph as from a fresh run over the notes that are there now. */
async function expectFresh(watch: Watch): Promise<void> {
  watch.child.kill("SIGINT");
  const { code, stderr } = await watch.ended;
  expect(code).toBe(130);
  expect(stderr.endsWith(stopped), stderr).toBe(true);
  await expectEqualsFresh(watch.folder);
}

async function expectEqualsFresh(folder: string): Promise<void> {
  const fresh = emptyGraph();
  await takeIn(join(folder, "notes"), fresh, { vault: "notes" });
  expect(compareExports(await graphIn(folder), await exportOf(fresh))).toEqual([]);
  await fresh.close();
}

async function graphIn(folder: string): Promise<ExportLine[]> {
  const workspace = await openWorkspace(join(folder, defaultStorePath), { create: false });
  const lines = await exportOf(workspace);
  await workspace.close();
  return lines;
}

/** Resolves when the first run has printed its result. */
function firstResult(running: Running): Promise<void> {
  return new Promise((resolve) => running.child.stdout?.once("data", () => resolve()));
}

const four = {
  "Ada.md": "---\naliases: [Countess]\n---\nAda wrote [[Notes on the Engine]].",
  "People/Bea.md": "Bea met [[Ada]] and the Countess.",
  "People/Carl.md": "Carl knows [[Bea]].",
  "2024-05-03.md": "Wrote to [[Carl]].",
};

describe("while it is watched, a vault", () => {
  test("has each save in its graph: a burst as one batch, a rename over the note as an edit", async () => {
    const watch = await watching(four);
    for (let save = 0; save < 20; save++) writeNotes(watch.notes, { "Ada.md": `Draft ${save} by [[Bea]]` });
    await watch.said("1 changed in");
    writeNotes(watch.notes, { ".Ada.md.tmp": "By rename, to [[Carl]]" });
    renameSync(join(watch.notes, ".Ada.md.tmp"), join(watch.notes, "Ada.md"));
    await watch.said("1 changed in", 2);
    // As editors do that keep a copy of the old text: the note is away for a moment.
    renameSync(join(watch.notes, "Ada.md"), join(watch.notes, "Ada.md~"));
    writeNotes(watch.notes, { "Ada.md": "With a copy kept, to [[Bea]]" });
    await watch.said("1 changed in", 3);
    unlinkSync(join(watch.notes, "2024-05-03.md"));
    await watch.said("1 deleted in");
    await expectFresh(watch);
    expect((await watch.ended).stderr).not.toContain("4 changed");
  });

  test("has a folder of 50 notes that is renamed as 50 moves, and each note keeps its node", async () => {
    const names = Array.from({ length: 50 }, (_, index) => `Note ${index}`);
    const watch = await watching({
      ...four,
      ...Object.fromEntries(names.map((name) => [`Old/${name}.md`, `${name} knows [[Ada]]`])),
    });
    const idsOf = (lines: readonly ExportLine[]) =>
      lines
        .flatMap((line) =>
          line.kind === "node" && names.includes(String(line.properties["title"])) ? [line.id] : [],
        )
        .toSorted();
    const before = idsOf(await graphIn(watch.folder));
    expect(before).toHaveLength(50);
    renameSync(join(watch.notes, "Old"), join(watch.notes, "New"));
    await watch.said("50 moved or renamed in");
    expect(idsOf(await graphIn(watch.folder))).toEqual(before);
    await expectFresh(watch);
  });

  test("has notes in new deep folders, and loses those of folders that go, until they come back", async () => {
    const watch = await watching(four);
    writeNotes(watch.notes, { "a/b/c/d/Deep.md": "Deep, by [[Ada]]" });
    await watch.said("1 new in");
    writeNotes(watch.notes, { "a/b/c/d/Deep.md": "Deeper, by [[Bea]]" });
    await watch.said("1 changed in");
    renameSync(join(watch.notes, "People"), join(watch.folder, "away"));
    await watch.said("2 deleted in");
    renameSync(join(watch.folder, "away"), join(watch.notes, "People"));
    await watch.said("2 new in");
    writeNotes(watch.notes, { "People/Carl.md": "Carl is back with [[Ada]]" });
    await watch.said("1 changed in", 2);
    await expectFresh(watch);
  });

  test("may go as a whole and come back: nothing is deleted, it is said once, and the watch goes on", async () => {
    const watch = await watching(four);
    renameSync(watch.notes, join(watch.folder, "away"));
    await watch.said("is not there: what is known of it stays.");
    writeNotes(join(watch.folder, "away"), { "Ada.md": "Edited while away" });
    expect(notePaths(await graphIn(watch.folder))).toHaveLength(4);
    renameSync(join(watch.folder, "away"), watch.notes);
    await watch.said("1 changed in");
    await watch.said("Everything can be taken in again.");
    writeNotes(watch.notes, { "Bea.md": "Another Bea" });
    await watch.said("1 new in");
    await expectFresh(watch);
    expect((await watch.ended).stderr.split("is not there")).toHaveLength(2);
  });

  test("that loses most of its notes keeps them in the graph, and is taken in again when they are back", async () => {
    const notes = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [`Old/${index}.md`, `Note ${index}`]),
    );
    const watch = await watching({ ...four, ...notes });
    renameSync(join(watch.notes, "Old"), join(watch.folder, "away"));
    await watch.said("--prune");
    // Fewer now, and still too many: that is no news.
    rmSync(join(watch.notes, "2024-05-03.md"));
    await sleep(1_000);
    expect(notePaths(await graphIn(watch.folder))).toHaveLength(44);
    renameSync(join(watch.folder, "away"), join(watch.notes, "Old"));
    await watch.said("Everything can be taken in again.");
    await expectFresh(watch);
    expect((await watch.ended).stderr).toMatch(/^\d\d:\d\d:\d\d {2}40 of 44 notes .+$/m);
    expect((await watch.ended).stderr.split("--prune")).toHaveLength(2);
  });

  test(
    "has hundreds of notes that come at once, as from a checkout or a sync",
    { timeout: 600_000 },
    async () => {
      const watch = await watching(four);
      const shape = { sections: 1, wordsInSection: 20, linksInNote: 2, mentionsInNote: 1, seed: 9 };
      generateVault(join(watch.notes, "synced"), { ...shape, notes: isSoak ? 6_000 : 200 });
      await watch.said(" new");
      await expectFresh(watch);
    },
  );
});

describe("a watch", () => {
  test("ends with exit code 130 at Ctrl-C and SIGTERM, with what was saved in the very last moment", async () => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      const watch = await watching(four);
      writeNotes(watch.notes, { "Last.md": `Last words to [[Ada]] before ${signal}` });
      watch.child.kill(signal);
      const { code, stderr } = await watch.ended;
      expect(code).toBe(130);
      expect(stderr.endsWith(stopped), stderr).toBe(true);
      expect(notePaths(await graphIn(watch.folder))).toContain("Last.md");
    }
  });

  test("ends at once at a second Ctrl-C", async () => {
    const watch = await watching(four);
    generateVault(join(watch.notes, "many"), {
      notes: 150,
      sections: 2,
      wordsInSection: 40,
      linksInNote: 2,
      mentionsInNote: 2,
      seed: 2,
    });
    watch.child.kill("SIGINT");
    watch.child.kill("SIGTERM");
    const { code, stderr } = await watch.ended;
    expect(code).toBe(130);
    expect(stderr).not.toContain("Stopped watching");
    await prepare(watch.folder, "notes");
    await expectEqualsFresh(watch.folder);
  });

  test("leaves the graph to others in between: questions, exports and other runs", async () => {
    const watch = await watching(four);
    writeNotes(watch.folder, { "other/x.md": "X" });
    expect((await run(["ask", "Who is Bea?"], { in: watch.folder })).code).toBe(0);
    expect((await run(["ingest", "other"], { in: watch.folder })).code).toBe(0);
    writeNotes(watch.notes, { "Ada.md": "Again" });
    await watch.said("1 changed in");
    expect(notePaths(await graphIn(watch.folder))).toContain("x.md");
    watch.child.kill("SIGINT");
    expect((await watch.ended).code).toBe(130);
  });

  test("says once that another run has the graph, and takes in what was saved when that has ended", async () => {
    const watch = await watching(four);
    const other = await openToIngest(join(watch.folder, defaultStorePath), undefined);
    writeNotes(watch.notes, { "Ada.md": "Saved meanwhile" });
    await watch.said("Another run is bringing notes into");
    writeNotes(watch.notes, { "Ada.md": "Saved meanwhile once more" });
    await sleep(2_500);
    await other.close();
    await watch.said("1 changed in");
    await expectFresh(watch);
    expect((await watch.ended).stderr.split("Another run")).toHaveLength(2);
  });

  test("makes the graph anew when somebody deletes it", async () => {
    const watch = await watching(four);
    rmSync(join(watch.folder, ".neo4j-langgraph"), { recursive: true });
    writeNotes(watch.notes, { "Ada.md": "Again" });
    await watch.said("4 new in");
    await expectFresh(watch);
  });

  test("says once that a note cannot be read, and takes in the others and that one when it can", async () => {
    const watch = await watching(four);
    makeUnreadable(join(watch.notes, "Ada.md"));
    await watch.said("Ada.md could not be read and is kept as it was known");
    writeNotes(watch.notes, { "People/Bea.md": "Bea again" });
    await watch.said("1 changed in");
    writeNotes(watch.notes, { "Ada.md": "Readable" });
    await watch.said("1 changed in", 2);
    await expectFresh(watch);
    expect((await watch.ended).stderr.split("could not be read")).toHaveLength(2);
  });

  test("with --json prints a line for the first run and for each that changed something", async () => {
    const watch = await watching(four, "--json");
    writeNotes(watch.notes, { "Ada.md": "Again" });
    await watch.said("1 changed in");
    writeNotes(watch.notes, { "picture.png": "no note" });
    unlinkSync(join(watch.notes, "People/Carl.md"));
    await watch.said("1 deleted in");
    watch.child.kill("SIGINT");
    const results = (await watch.ended).stdout
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as IngestResult).notes);
    expect(results).toMatchObject([{ new: 4 }, { changed: 1, unchanged: 3 }, { deleted: 1, unchanged: 3 }]);
  });

  test("with --quiet says nothing but what went wrong", async () => {
    const folder = temporaryFolder();
    writeNotes(
      folder,
      Object.fromEntries(Object.entries(four).map(([path, text]) => [`notes/${path}`, text])),
    );
    const words = ["ingest", "notes", "--watch", "--quiet", "--json"];
    const quiet = start(words, { in: folder });
    await Promise.race([firstResult(quiet), quiet.ended]);
    makeUnreadable(join(folder, "notes/Ada.md"));
    await quiet.said("could not be read");
    writeNotes(folder, { "notes/Ada.md": "Readable" });
    quiet.child.kill("SIGINT");
    const lines = (await quiet.ended).stderr.split("\n").filter((line) => /^\d\d:/.test(line));
    expect(lines).toEqual([expect.stringContaining("could not be read")]);
  });

  test.each([["--dry-run"], ["--print-cypher"], ["--cypher-out", "x.cypher"]])(
    "cannot be joined with %s",
    async (...words) => {
      const folder = temporaryFolder();
      mkdirSync(join(folder, "notes"));
      const ended = await run(["ingest", "notes", "--watch", ...words], { in: folder });
      expectSentence(ended, 2, "--watch", words[0] ?? "");
      expect(readdirSync(folder)).toEqual(["notes"]);
    },
  );
});

test.skipIf(!hasOwnSpace)(
  "where the system lets no folder be watched, it says so and looks for changes itself",
  async () => {
    const folder = temporaryFolder();
    writeNotes(folder, { "notes/a.md": "A", "notes/in/b.md": "B" });
    const limit = "echo 1 > /proc/sys/user/max_inotify_watches";
    const running = startInOwnSpace(folder, `${limit} && exec $OURS ingest notes --watch`);
    await running.said("Watching for changes");
    await running.said("max_user_watches");
    writeNotes(folder, { "notes/in/b.md": "B again" });
    await running.said("1 changed in");
    running.child.kill("SIGINT");
    expect((await running.ended).code).toBe(130);
  },
);

test(
  "killed at random moments while it takes in changes, and run to the end, the graph is an undisturbed one",
  { timeout: 600_000 },
  async () => {
    const folder = temporaryFolder();
    const notes = join(folder, "notes");
    const shape = { sections: 2, wordsInSection: 30, linksInNote: 2, mentionsInNote: 2, seed: 4 };
    generateVault(notes, { ...shape, notes: 100 });
    await prepare(folder, "notes");
    const random = randomNumbers(isSoak ? Date.now() % 100_000 : 7);
    for (let round = 0; round < (isSoak ? 20 : 2); round++) {
      const running = start(["ingest", "notes", "--watch", "--quiet", "--json"], { in: folder });
      await Promise.race([firstResult(running), running.ended]);
      generateVault(notes, { ...shape, notes: 100, seed: round + 10 });
      renameSync(join(notes, "Books"), join(notes, `Books ${round}`));
      await sleep(300 + random() * 1_200);
      running.child.kill("SIGKILL");
      expect((await running.ended).signal).toBe("SIGKILL");
      expect(isWhole(join(folder, defaultStorePath))).toBe(true);
    }
    await prepare(folder, "notes");
    await expectEqualsFresh(folder);
  },
);
