import { chmodSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { defaultStorePath, openWorkspace } from "../../src/app.ts";
import { compareExports } from "../../src/store/compare-exports.ts";
import type { ExportLine } from "../../src/store/export-jsonl.ts";
import { generateVault } from "../bench/generate-vault.ts";
import {
  type Ended,
  expectSentence,
  ingestJson,
  prepare,
  program,
  run,
  startFile,
} from "../support/command.ts";
import { temporaryFolder, writeNotes } from "../support/folder.ts";
import { emptyGraph, exportOf, takeIn } from "../support/graph.ts";
import { isWhole } from "../support/is-whole.ts";
import { hasOwnSpace, runInOwnSpace } from "../support/own-space.ts";

const isSoak = process.env["SOAK"] === "1";
const shape = { sections: 2, wordsInSection: 30, linksInNote: 2, mentionsInNote: 2, seed: 6 };

async function graphIn(file: string): Promise<ExportLine[]> {
  const workspace = await openWorkspace(file, { create: false });
  const lines = await exportOf(workspace);
  await workspace.close();
  return lines;
}

async function freshGraph(notes: string): Promise<ExportLine[]> {
  const workspace = emptyGraph();
  await takeIn(notes, workspace, { vault: "notes" });
  const lines = await exportOf(workspace);
  await workspace.close();
  return lines;
}

/** What a step of a script said; it wrote `<name>.out`, `.err` and `.code`. */
function step(folder: string, name: string): Ended {
  const text = (ending: string) => readFileSync(join(folder, `${name}.${ending}`), "utf8");
  return { code: Number(text("code")), signal: null, stdout: text("out"), stderr: text("err") };
}

const kept = (name: string, words: string) =>
  `ours ${words} > ${name}.out 2> ${name}.err; echo $? > ${name}.code`;

describe.skipIf(!hasOwnSpace)("on a disk that is full,", () => {
  // From no room for the tables up to no room for the last parts of the graph.
  const sizes = isSoak
    ? ["4k", "16k", "32k", "64k", "200k", "300k", "400k", "600k", "800k", "1m", "1500k"]
    : ["32k", "800k"];
  test.each(sizes)("with %s of room, a first run says so, and goes on when there is room", async (size) => {
    const folder = temporaryFolder();
    generateVault(join(folder, "notes"), { ...shape, notes: 200 });
    mkdirSync(join(folder, "disk"));
    const store = "--store disk/graph.sqlite";
    const script = `
      mount -t tmpfs -o size=${size} none disk
      ${kept("full", `ingest notes ${store}`)}
      ${kept("still", `ingest notes ${store}`)}
      mount -o remount,size=100m disk
      ${kept("room", `ingest notes ${store} --json`)}
      cp disk/graph.sqlite graph.sqlite`;
    expect(await runInOwnSpace(folder, script)).toMatchObject({ code: 0, stderr: "" });
    for (const name of ["full", "still"])
      expectSentence(step(folder, name), 1, "The disk is full", "disk/graph.sqlite", "Make room");
    expect(step(folder, "room").code).toBe(0);
    expect(isWhole(join(folder, "graph.sqlite"))).toBe(true);
    expect(
      compareExports(await graphIn(join(folder, "graph.sqlite")), await freshGraph(join(folder, "notes"))),
    ).toEqual([]);
  });

  test("a later run loses nothing: what was known can be read, and what came is taken in when there is room", async () => {
    const folder = temporaryFolder();
    generateVault(join(folder, "notes"), { ...shape, notes: 60 });
    generateVault(join(folder, "more"), { ...shape, notes: 200, seed: 7 });
    mkdirSync(join(folder, "disk"));
    await prepare(folder, "notes");
    const before = await graphIn(join(folder, defaultStorePath));
    const store = "--store disk/graph.sqlite";
    const script = `
      mount -t tmpfs -o size=2m none disk
      cp ${defaultStorePath} disk/graph.sqlite
      mv more notes/more
      ${kept("full", `ingest notes ${store}`)}
      ${kept("read", `export ${store}`)}
      mount -o remount,size=100m disk
      ${kept("room", `ingest notes ${store} --json`)}
      cp disk/graph.sqlite graph.sqlite`;
    expect(await runInOwnSpace(folder, script)).toMatchObject({ code: 0, stderr: "" });
    expectSentence(step(folder, "full"), 1, "The disk is full");
    const { code, stdout } = step(folder, "read");
    expect(code).toBe(0);
    const readable = new Set(
      idsOf(
        stdout
          .trimEnd()
          .split("\n")
          .map((line) => JSON.parse(line) as ExportLine),
      ),
    );
    expect(idsOf(before).filter((id) => !readable.has(id))).toEqual([]);
    expect(step(folder, "room").code).toBe(0);
    expect(
      compareExports(await graphIn(join(folder, "graph.sqlite")), await freshGraph(join(folder, "notes"))),
    ).toEqual([]);
  });
});

/** Ids of the notes in an export that have a file. */
function idsOf(lines: readonly ExportLine[]): string[] {
  return lines.flatMap((line) =>
    line.kind === "node" && line.labels[0] === "Note" && line.properties["stub"] !== true ? [line.id] : [],
  );
}

test.skipIf(!hasOwnSpace)(
  "where nothing can be written, a run says which place and why, and changes nothing",
  async () => {
    const folder = temporaryFolder();
    writeNotes(folder, { "notes/a.md": "A" });
    await prepare(folder, "notes", { store: "disk/graph.sqlite" });

    writeNotes(folder, { "notes/a.md": "A again", "notes/b.md": "B" });
    const script = `
    mount --bind disk disk && mount -o remount,ro,bind disk
    ${kept("known", "ingest notes --store disk/graph.sqlite")}
    ${kept("new", "ingest notes --store disk/new.sqlite")}
    ${kept("deep", "ingest notes --store disk/new/graph.sqlite")}
    ${kept("ask", "ask A --store disk/graph.sqlite")}
    umount disk
    ${kept("after", "ingest notes --store disk/graph.sqlite --json")}`;
    expect(await runInOwnSpace(folder, script)).toMatchObject({ code: 0, stderr: "" });
    for (const name of ["known", "new", "deep", "ask"])
      expectSentence(step(folder, name), 2, "the file system is read-only", "--store");
    expect(readdirSync(join(folder, "disk"))).toEqual(["graph.sqlite", "graph.sqlite.lock"]);
    expect(step(folder, "after").code).toBe(0);
    expect(JSON.parse(step(folder, "after").stdout)).toMatchObject({ notes: { changed: 1, new: 1 } });
  },
);

/** Root may do everything, so somebody else must try; that needs the right to become somebody else. */
const nobody = 65_534;
test.skipIf(process.getuid?.() !== 0)(
  "a folder or a file that may not be written to is named, with the reason",
  async () => {
    const folder = temporaryFolder();
    writeNotes(folder, { "notes/a.md": "A" });
    await prepare(folder, "notes", { store: "closed/graph.sqlite" });
    const asNobody = (...words: readonly string[]) =>
      startFile(
        "setpriv",
        [`--reuid=${nobody}`, `--regid=${nobody}`, "--clear-groups", process.execPath, program, ...words],
        { in: folder },
      ).ended;
    chmodSync(folder, 0o755);
    chmodSync(join(folder, "closed"), 0o755);
    for (const store of ["closed/new.sqlite", "closed/graph.sqlite"])
      expectSentence(await asNobody("ingest", "notes", "--store", store), 2, "permission denied", store);
    // The graph may be written to, and the file that keeps two runs apart may not.
    chmodSync(join(folder, "closed"), 0o777);
    chmodSync(join(folder, "closed/graph.sqlite"), 0o666);
    expectSentence(
      await asNobody("ingest", "notes", "--store", "closed/graph.sqlite"),
      2,
      "graph.sqlite.lock",
      "permission denied",
    );
  },
);

test("while another program writes into the file, a run waits five seconds and says so; readers are let in", async () => {
  const folder = temporaryFolder();
  writeNotes(folder, { "notes/a.md": "A" });
  await prepare(folder, "notes");
  writeNotes(folder, { "notes/b.md": "B" });
  const other = new DatabaseSync(join(folder, defaultStorePath));
  other.exec("BEGIN IMMEDIATE");
  const [ingested, read] = await Promise.all([
    run(["ingest", "notes"], { in: folder }),
    run(["export"], { in: folder }),
  ]);
  expectSentence(ingested, 1, "is being written by another run", "wait for it");
  expect(read.code).toBe(0);
  other.exec("ROLLBACK");
  other.close();
  expect((await ingestJson(["notes"], { in: folder })).notes).toMatchObject({ new: 1, unchanged: 1 });
});
