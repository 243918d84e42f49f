import { mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compare } from "../../src/ingest/compare.ts";
import type { Workspace } from "../../src/store/open.ts";
import { temporaryFolder, writeNotes } from "../support/folder.ts";
import { emptyGraph, exportOf, takeIn } from "../support/graph.ts";

/** A vault of so many notes that was taken in. */
async function vaultOf(notes: number): Promise<{ folder: string; workspace: Workspace }> {
  const folder = temporaryFolder();
  const workspace = emptyGraph();
  writeNotes(folder, Object.fromEntries(names(notes).map((name) => [name, `Text of ${name}`])));
  await takeIn(folder, workspace);
  return { folder, workspace };
}

const names = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => `${index % 2 === 0 ? "a" : "b"}/note ${from + index}.md`);

function lose(folder: string, ...paths: readonly string[]): void {
  for (const path of paths) rmSync(join(folder, path), { recursive: true });
}

/** Expects a run to be refused with the graph as it was, and to go through with `prune`. */
async function expectGuarded(
  vault: string,
  workspace: Workspace,
  deleted: number,
  inside = "",
): Promise<void> {
  const folder = join(vault, inside);
  const before = await exportOf(workspace);
  await expect(takeIn(folder, workspace)).rejects.toMatchObject({
    code: "TOO_MANY_GONE",
    message: expect.stringMatching(/"vault".*nothing was changed.*--prune/) as string,
  });
  expect(await exportOf(workspace)).toEqual(before);
  expect((await takeIn(folder, workspace, { prune: true })).notes.deleted).toBe(deleted);
}

describe("a run changes nothing when", () => {
  test("a vault of any size is suddenly empty", async () => {
    const { folder, workspace } = await vaultOf(2);
    lose(folder, "a", "b");
    await expectGuarded(folder, workspace, 2);
    expect(await exportOf(workspace)).toEqual([]);
  });

  test("more than half of the notes are gone, and they are twenty or more", async () => {
    const { folder, workspace } = await vaultOf(39);
    lose(folder, ...names(20));
    await expectGuarded(folder, workspace, 20);
  });

  test("a folder inside the vault is suddenly empty, and held more than half of all notes", async () => {
    const { folder, workspace } = await vaultOf(41);
    lose(folder, "a");
    mkdirSync(join(folder, "a"));
    await expectGuarded(folder, workspace, 21, "a");
  });

  test("other notes stand in the place of most of them, as when another disk is mounted there", async () => {
    const { folder, workspace } = await vaultOf(40);
    lose(folder, "a", "b");
    writeNotes(folder, Object.fromEntries(names(40, 100).map((name) => [name, `Other ${name}`])));
    await expectGuarded(folder, workspace, 40);
  });

  test("notes are gone and edits of others came with them: the edits are not taken in either", async () => {
    const { folder, workspace } = await vaultOf(40);
    lose(folder, ...names(30));
    writeNotes(folder, { [names(40)[35] ?? ""]: "Edited" });
    await expectGuarded(folder, workspace, 30);
  });
});

describe("a run deletes without being told when", () => {
  test("half of the notes are gone, and no more", async () => {
    const { folder, workspace } = await vaultOf(40);
    lose(folder, ...names(20));
    expect((await takeIn(folder, workspace)).notes.deleted).toBe(20);
  });

  test("fewer than twenty are gone, and some are left", async () => {
    const { folder, workspace } = await vaultOf(20);
    lose(folder, ...names(19));
    expect((await takeIn(folder, workspace)).notes.deleted).toBe(19);
  });

  test("one note is all that was asked for and not all that there is", async () => {
    const { folder, workspace } = await vaultOf(4);
    lose(folder, "a");
    writeNotes(folder, { "a/new.md": "New" });
    const { notes } = await takeIn(join(folder, "a"), workspace);
    expect(notes).toMatchObject({ deleted: 2, new: 1 });
  });
});

test("notes that moved are not lost, however many they are", async () => {
  const { folder, workspace } = await vaultOf(40);
  lose(folder, "a", "b");
  writeNotes(folder, Object.fromEntries(names(40).map((name) => [`moved/${name}`, `Text of ${name}`])));
  expect((await takeIn(folder, workspace)).notes).toMatchObject({ renamed: 40, deleted: 0, new: 0 });
});

test("notes that are away for a moment while a run looks are not gone", async () => {
  const { folder, workspace } = await vaultOf(10);
  const before = await exportOf(workspace);
  const away = `${folder} away`;
  renameSync(join(folder, "a"), away);
  let looks = 0;
  const now = () => {
    looks += 1;
    if (looks === 2) renameSync(away, join(folder, "b/a"));
    return new Date();
  };
  expect((await takeIn(folder, workspace, { now })).notes).toMatchObject({ renamed: 5, deleted: 0, new: 0 });
  const ids = (lines: typeof before) =>
    lines.flatMap((line) => (line.kind === "node" ? [line.id] : [])).toSorted();
  expect(ids(await exportOf(workspace))).toEqual(ids(before));
});

test("the guard is one vault's own: the loss of one does not count against another", async () => {
  const { folder, workspace } = await vaultOf(30);
  const small = temporaryFolder();
  writeNotes(small, { "x.md": "X" });
  await takeIn(small, workspace, { vault: "small" });
  lose(small, "x.md");
  await expect(takeIn(small, workspace, { vault: "small" })).rejects.toMatchObject({
    message: expect.stringContaining('"small"') as string,
  });
  expect((await takeIn(folder, workspace)).notes.unchanged).toBe(30);
});

test("what is in a folder that cannot be read is not gone", () => {
  const recorded = new Map(
    ["closed/a.md", "closed/deep/b.md", "closed by.md"].map((path, note) => [
      path,
      { note, path, kind: "note", contentHash: "", size: 1, modifiedMs: 1, inode: 1, isRead: 1 },
    ]),
  );
  const { gone } = compare([], recorded, { within: [""], unreadable: ["closed"], rehash: false });
  expect(gone.map(({ path }) => path)).toEqual(["closed by.md"]);
});
