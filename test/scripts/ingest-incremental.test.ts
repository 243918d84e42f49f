import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compareExports } from "../../src/store/compare-exports.ts";
import { exported, expectSentence, ingestJson, notePaths, prepare, run } from "../support/command.ts";
import { makeUnreadable, temporaryFolder, writeNotes } from "../support/folder.ts";

const section = (word: string) =>
  `## About ${word}\n\n${`${word} is what this part is about. `.repeat(4)}\n\n`;

/** A folder with a graph of the notes in its folder `notes`, whose files were saved an hour ago. */
async function folderWith(notes: Record<string, string>): Promise<string> {
  const folder = temporaryFolder();
  writeNotes(join(folder, "notes"), notes);
  const past = new Date(Date.now() - 3_600_000);
  for (const path of Object.keys(notes)) utimesSync(join(folder, "notes", path), past, past);
  await prepare(folder, "notes");
  return folder;
}

const four = {
  "Ada.md": `---\naliases: [Countess]\n---\n${section("Analysis")}${section("Engines")}`,
  "People/Bea.md": "Bea met [[Ada]] and the Countess.",
  "People/Carl.md": "Carl knows [[Bea]].",
  "2024-05-03.md": "Wrote to [[Carl]].",
};
const unchanged = { seen: 4, new: 0, changed: 0, renamed: 0, deleted: 0, unchanged: 4, failed: 0 };

describe("a second run", () => {
  test("over unchanged notes finds all of them unchanged and writes nothing into the graph", async () => {
    const folder = await folderWith(four);
    const file = join(folder, ".neo4j-langgraph/graph.sqlite");
    const [bytes, { mtimeMs }] = [readFileSync(file), statSync(file)];
    const result = await ingestJson(["notes"], { in: folder });
    expect(result.notes).toEqual(unchanged);
    expect(result.chunks).toMatchObject({ new: 0, removed: 0 });
    expect(readFileSync(file).equals(bytes)).toBe(true);
    expect(statSync(file).mtimeMs).toBe(mtimeMs);
    expect((await run(["ingest", "notes"], { in: folder })).stdout).toMatch(
      /^Nothing has changed in 4 notes/,
    );
  });

  test("over notes that were only touched finds them unchanged, with the graph as it was", async () => {
    const folder = await folderWith(four);
    const before = await exported({ in: folder });
    for (const path of Object.keys(four)) utimesSync(join(folder, "notes", path), new Date(), new Date());
    expect((await prepare(folder, "notes")).notes).toEqual(unchanged);
    expect(await exported({ in: folder })).toEqual(before);
  });

  test("finds an edit of the same size within the same second", async () => {
    const folder = temporaryFolder();
    const file = join(folder, "notes/a.md");
    const second = new Date(Math.floor(Date.now() / 1000) * 1000);
    writeNotes(folder, { "notes/a.md": "one" });
    utimesSync(file, second, second);
    await prepare(folder, "notes");
    writeFileSync(file, "two");
    utimesSync(file, second, second);
    expect((await prepare(folder, "notes")).notes).toMatchObject({ changed: 1 });
  });

  test("takes in an edit as one changed note, and as many chunks as it touches", async () => {
    const folder = await folderWith(four);
    const text = four["Ada.md"];
    writeNotes(join(folder, "notes"), { "Ada.md": text + section("Letters") });
    expect(await ingestJson(["notes"], { in: folder })).toMatchObject({
      notes: { changed: 1, new: 0, unchanged: 3 },
      chunks: { new: 1, removed: 0 },
    });
    writeNotes(join(folder, "notes"), { "Ada.md": text.replaceAll("Engines", "Machines") });
    expect(await prepare(folder, "notes")).toMatchObject({
      notes: { changed: 1, unchanged: 3 },
      chunks: { new: 1, removed: 2 },
    });
  });

  test("takes a rename for a rename: the note keeps its id and its chunks", async () => {
    const folder = await folderWith(four);
    const idOf = async (path: string) =>
      (await exported({ in: folder })).find(
        (line) => line.kind === "node" && line.properties["path"] === path,
      );
    const before = await idOf("Ada.md");
    renameSync(join(folder, "notes/Ada.md"), join(folder, "notes/Ada Lovelace.md"));
    expect(await ingestJson(["notes"], { in: folder })).toMatchObject({
      notes: { seen: 4, renamed: 1, new: 0, deleted: 0, changed: 0, unchanged: 3 },
      chunks: { new: 0, removed: 0 },
    });
    expect(await idOf("Ada Lovelace.md")).toMatchObject({ id: before?.kind === "node" ? before.id : "none" });
  });

  test("takes a folder that was moved for as many moves as it has notes", async () => {
    const folder = await folderWith(four);
    mkdirSync(join(folder, "notes/Old"));
    renameSync(join(folder, "notes/People"), join(folder, "notes/Old/Friends"));
    expect((await prepare(folder, "notes")).notes).toEqual({
      ...unchanged,
      renamed: 2,
      unchanged: 2,
    });
    expect(notePaths(await exported({ in: folder }))).toContain("Old/Friends/Bea.md");
  });

  test("ends in the graph that a fresh run over the same notes makes", async () => {
    const folder = await folderWith(four);
    renameSync(join(folder, "notes/Ada.md"), join(folder, "notes/Countess.md"));
    rmSync(join(folder, "notes/People/Carl.md"));
    writeNotes(join(folder, "notes"), { "Dora.md": "Dora and [[Carl]]", "2024-05-03.md": "Bea, Dora" });
    const { notes } = await prepare(folder, "notes");
    expect(notes).toEqual({ seen: 4, new: 1, changed: 1, renamed: 1, deleted: 1, unchanged: 1, failed: 0 });
    await prepare(folder, "notes", { store: "fresh.sqlite" });
    const fresh = await exported({ in: folder }, "--store", "fresh.sqlite");
    expect(compareExports(await exported({ in: folder }), fresh)).toEqual([]);
  });

  test("keeps what it knows of a note that cannot be read now", async () => {
    const folder = await folderWith(four);
    const before = await exported({ in: folder });
    makeUnreadable(join(folder, "notes/People/Bea.md"));
    const result = await ingestJson(["notes"], { in: folder, code: 3 });
    expect(result.notes).toEqual({ ...unchanged, unchanged: 3, failed: 1 });
    expect(result.failures).toMatchObject([{ path: "People/Bea.md", kind: "unreadable" }]);
    expect(await exported({ in: folder })).toEqual(before);
    writeNotes(join(folder, "notes"), { "People/Bea.md": four["People/Bea.md"] });
    expect((await prepare(folder, "notes")).notes).toEqual(unchanged);
  });
});

describe("a part of a vault", () => {
  test("a single note: only it is looked at, and nothing else is deleted", async () => {
    const folder = await folderWith(four);
    rmSync(join(folder, "notes/2024-05-03.md"));
    writeNotes(join(folder, "notes"), { "Ada.md": "Other words.", "People/Carl.md": "Other words too." });
    const { notes } = await ingestJson(["notes/Ada.md"], { in: folder });
    expect(notes).toEqual({ ...unchanged, seen: 1, changed: 1, unchanged: 0 });
    expect(notePaths(await exported({ in: folder }))).toEqual(Object.keys(four).toSorted());
  });

  test("a folder inside: what is gone there is deleted, and nothing outside it", async () => {
    const folder = await folderWith(four);
    rmSync(join(folder, "notes/2024-05-03.md"));
    rmSync(join(folder, "notes/People/Bea.md"));
    const { notes } = await ingestJson(["notes/People"], { in: folder });
    expect(notes).toEqual({ ...unchanged, seen: 1, deleted: 1, unchanged: 1 });
    expect(notePaths(await exported({ in: folder }))).toEqual(["2024-05-03.md", "Ada.md", "People/Carl.md"]);
  });

  test("two notes of different folders of a known vault are one vault, also with --vault", async () => {
    const folder = await folderWith(four);
    const words = ["notes/Ada.md", "notes/People/Bea.md"];
    expect((await ingestJson(words, { in: folder })).notes).toMatchObject({ seen: 2, unchanged: 2 });
    const named = await ingestJson([...words, "--vault", "notes"], { in: folder });
    expect(named.notes).toMatchObject({ seen: 2, unchanged: 2 });
  });

  test("a note of a vault that is not known yet: its folder with .obsidian is the vault", async () => {
    const folder = temporaryFolder();
    writeNotes(folder, {
      "Vault/.obsidian/app.json": "{}",
      "Vault/a/b/Deep.md": "Deep",
      "Vault/Top.md": "Top",
    });
    await ingestJson(["Vault/a/b/Deep.md"], { in: folder });
    const lines = await exported({ in: folder });
    expect(lines[0]).toMatchObject({ properties: { vault: "Vault", path: "a/b/Deep.md" } });
    expect((await prepare(folder, "Vault")).notes).toMatchObject({ new: 1, unchanged: 1 });
  });
});

describe("--exclude in a later run", () => {
  test("takes notes out of the graph that are not asked for any more, and back in without it", async () => {
    const folder = await folderWith(four);
    const words = ["notes", "--exclude", "People/**"];
    expect((await ingestJson(words, { in: folder })).notes).toMatchObject({ seen: 2, deleted: 2 });
    expect(notePaths(await exported({ in: folder }))).toEqual(["2024-05-03.md", "Ada.md"]);
    await prepare(folder, "notes", { store: "fresh.sqlite", exclude: ["People/**"] });
    const fresh = await exported({ in: folder }, "--store", "fresh.sqlite");
    expect(compareExports(await exported({ in: folder }), fresh)).toEqual([]);
    expect((await prepare(folder, "notes")).notes).toMatchObject({ new: 2, unchanged: 2 });
  });

  test("counts as a loss for the guard: a slip of a pattern does not empty a graph", async () => {
    const notes = Array.from({ length: 40 }, (_, index) => [`a/${index}.md`, `Note ${index}`]);
    const folder = await folderWith({ ...Object.fromEntries(notes), "b.md": "B" });
    const before = await exported({ in: folder });
    const words = ["ingest", "notes", "--exclude", "a/**"];
    expectSentence(await run(words, { in: folder }), 1, "left out", "--prune");
    expect(await exported({ in: folder })).toEqual(before);
    expect(await run([...words, "--prune"], { in: folder })).toMatchObject({ code: 0 });
    expect(notePaths(await exported({ in: folder }))).toEqual(["b.md"]);
  });
});

test("two folders in one run are two vaults, and the summary counts both", async () => {
  const folder = temporaryFolder();
  writeNotes(folder, { "Home/a.md": "A", "Work/a.md": "A", "Work/b.md": "B" });
  expect((await ingestJson(["Home", "Work"], { in: folder })).notes).toMatchObject({ seen: 3, new: 3 });
  const vaults = (await exported({ in: folder })).flatMap((line) =>
    line.kind === "node" && line.labels[0] === "Note" ? [String(line.properties["vault"])] : [],
  );
  expect(vaults.toSorted()).toEqual(["Home", "Work", "Work"]);
  rmSync(join(folder, "Work/b.md"));
  expect((await prepare(folder, ["Home", "Work"])).notes).toMatchObject({
    unchanged: 2,
    deleted: 1,
  });
});

test("two folders of one name are refused before a graph is made, and --vault takes them one by one", async () => {
  const folder = temporaryFolder();
  writeNotes(folder, { "x/notes/a.md": "A", "y/notes/a.md": "B" });
  expectSentence(await run(["ingest", "x/notes", "y/notes"], { in: folder }), 2, "--vault NAME");
  expectSentence(await run(["export"], { in: folder }), 2, "no graph");
  await prepare(folder, "x/notes");
  await prepare(folder, "y/notes", { vault: "other" });
  expect(notePaths(await exported({ in: folder }))).toEqual(["a.md", "a.md"]);
});

test("another folder under a known name is refused and changes nothing; the vault that moved is taken", async () => {
  const folder = await folderWith(four);
  writeNotes(folder, { "elsewhere/notes/Other.md": "Other", "elsewhere/notes/Ada.md": "Another Ada" });
  const before = await exported({ in: folder });
  expectSentence(await run(["ingest", "elsewhere/notes"], { in: folder }), 2, '"notes"', "--vault NAME");
  expect(await exported({ in: folder })).toEqual(before);
  rmSync(join(folder, "elsewhere"), { recursive: true });
  mkdirSync(join(folder, "elsewhere"));
  renameSync(join(folder, "notes"), join(folder, "elsewhere/notes"));
  expect((await ingestJson(["elsewhere/notes"], { in: folder })).notes).toEqual(unchanged);
});
