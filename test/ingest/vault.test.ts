import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkPaths, findVaults } from "../../src/ingest/vault.ts";
import { temporaryFolder, writeNotes } from "../support/folder.ts";
import { emptyGraph, takeIn } from "../support/graph.ts";

function tree(): string {
  const root = temporaryFolder();
  writeNotes(root, {
    "Vault/.obsidian/app.json": "{}",
    "Vault/People/Ada.md": "Ada",
    "Vault/Inner/.obsidian/app.json": "{}",
    "Vault/Inner/deep/Note.md": "Note",
    "plain/a.md": "A",
    "plain/sub/b.md": "B",
  });
  return root;
}

describe("a path belongs to", () => {
  test.each([
    ["itself, a folder that nobody knows", ["plain"], "plain", "plain", [""]],
    ["its folder, a note that nobody knows", ["plain/sub/b.md"], "plain/sub", "sub", ["b.md"]],
    ["the nearest folder with .obsidian", ["Vault/People"], "Vault", "Vault", ["People"]],
    ["the nearest of two", ["Vault/Inner/deep/Note.md"], "Vault/Inner", "Inner", ["deep/Note.md"]],
    ["one vault with the others of it", ["Vault/People", "Vault"], "Vault", "Vault", ["People", ""]],
  ])("%s", (_name, paths, root, name, within) => {
    const folder = tree();
    expect(
      findVaults(
        paths.map((path) => join(folder, path)),
        [],
        undefined,
      ),
    ).toEqual([{ name, root: join(folder, root), within }]);
  });

  test("the outermost known root that contains it, before any .obsidian", () => {
    const folder = tree();
    const known = [
      { name: "inner", root: join(folder, "Vault/Inner") },
      { name: "outer", root: join(folder, "Vault") },
    ];
    const [vault] = findVaults([join(folder, "Vault/Inner/deep")], known, undefined);
    expect(vault).toEqual({ name: "outer", root: join(folder, "Vault"), within: ["Inner/deep"] });
    const [named] = findVaults([join(folder, "Vault/Inner/deep")], known, "inner");
    expect(named).toEqual({ name: "inner", root: join(folder, "Vault/Inner"), within: ["deep"] });
  });

  test("no known root whose name it only begins like", () => {
    const folder = tree();
    const known = [{ name: "pl", root: join(folder, "pl") }];
    expect(findVaults([join(folder, "plain")], known, undefined)[0]?.name).toBe("plain");
  });

  test("the name that --vault gives it", () => {
    const folder = tree();
    expect(findVaults([join(folder, "plain")], [], "Mine")[0]).toMatchObject({ name: "Mine" });
  });
});

describe("a path is refused that", () => {
  test.each([
    ["is not there", "nothing", "PATH_MISSING"],
    ["leads through a file", "plain/a.md/b.md", "PATH_MISSING"],
    ["is no note", "picture.png", "NOT_A_NOTE"],
    ["is a pipe that is called like a note", "pipe.md", "NOT_A_NOTE"],
    ["is a link in a circle", "loop.md", "PATH_UNREADABLE"],
  ])("%s", (_name, path, code) => {
    const folder = tree();
    writeNotes(folder, { "picture.png": "x" });
    execFileSync("mkfifo", [join(folder, "pipe.md")]);
    symlinkSync("loop.md", join(folder, "loop.md"));
    expect(() => checkPaths([join(folder, path)])).toThrow(expect.objectContaining({ code }));
  });
});

describe("a known name whose folder is elsewhere now", () => {
  const notes = { "a.md": "A", "b.md": "B", "c.md": "C", "d.md": "D" };

  test("is the vault that moved when half of its notes are there, edited or not", async () => {
    const [before, after, workspace] = [temporaryFolder(), temporaryFolder(), emptyGraph()];
    writeNotes(before, notes);
    writeNotes(after, { "a.md": "A", "b.md": "Edited", "new.md": "New" });
    await takeIn(before, workspace);
    const result = await takeIn(after, workspace);
    expect(result.notes).toMatchObject({ unchanged: 1, changed: 1, new: 1, deleted: 2 });
    expect(workspace.knownVaults()).toEqual([{ name: "vault", root: after }]);
  });

  test("is another vault when fewer are there, and nothing is changed, --prune or not", async () => {
    const [before, after, workspace] = [temporaryFolder(), temporaryFolder(), emptyGraph()];
    writeNotes(before, notes);
    writeNotes(after, { "a.md": "A", "x.md": "X" });
    await takeIn(before, workspace);
    for (const prune of [false, true]) {
      await expect(takeIn(after, workspace, { prune })).rejects.toMatchObject({
        code: "OTHER_VAULT",
        message: expect.stringContaining("--vault NAME") as string,
      });
    }
    expect(workspace.knownVaults()).toEqual([{ name: "vault", root: before }]);
    expect((await takeIn(before, workspace)).notes.unchanged).toBe(4);
  });

  test("is not wiped by an empty folder in its place", async () => {
    const [before, workspace] = [temporaryFolder(), emptyGraph()];
    writeNotes(before, notes);
    await takeIn(before, workspace);
    const empty = join(temporaryFolder(), "empty");
    mkdirSync(empty);
    await expect(takeIn(empty, workspace)).rejects.toMatchObject({ code: "OTHER_VAULT" });
  });
});
