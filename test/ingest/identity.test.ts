import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Workspace } from "../../src/store/open.ts";
import { temporaryFolder, writeNotes } from "../support/folder.ts";
import { emptyGraph, exportOf, takeIn } from "../support/graph.ts";

async function idOf(
  workspace: Workspace,
  property: "path" | "text" | "name",
  value: string,
): Promise<string | undefined> {
  const lines = await exportOf(workspace);
  return lines.find(
    (line) => line.kind === "node" && line.properties[property] === value && line.labels[0] !== "Tag",
  )?.kind === "node"
    ? lines.flatMap((line) =>
        line.kind === "node" && line.properties[property] === value ? [line.id] : [],
      )[0]
    : undefined;
}

function vault(notes: Record<string, string>) {
  const folder = temporaryFolder();
  writeNotes(folder, notes);
  return { folder, workspace: emptyGraph(), at: (path: string) => join(folder, path) };
}

describe("a note keeps its node", () => {
  test("when it is renamed and moved", async () => {
    const { folder, workspace, at } = vault({ "Ada.md": "She wrote.", "Log.md": "x" });
    await takeIn(folder, workspace);
    const before = await idOf(workspace, "path", "Ada.md");
    writeNotes(folder, { "People/x.md": "x" });
    renameSync(at("Ada.md"), at("People/Ada Lovelace.md"));
    const result = await takeIn(folder, workspace);
    expect(result.notes).toMatchObject({ renamed: 1, deleted: 0, new: 1 });
    expect(await idOf(workspace, "path", "People/Ada Lovelace.md")).toBe(before);
  });

  test("when its text changes", async () => {
    const { folder, workspace } = vault({ "Ada.md": "one" });
    await takeIn(folder, workspace);
    const before = await idOf(workspace, "path", "Ada.md");
    writeNotes(folder, { "Ada.md": "two" });
    await takeIn(folder, workspace);
    expect(await idOf(workspace, "path", "Ada.md")).toBe(before);
  });

  test("when a wish comes true, and when it becomes a wish again", async () => {
    const { folder, workspace, at } = vault({ "Log.md": "[[Ada]]" });
    await takeIn(folder, workspace);
    const wish = await idOf(workspace, "path", "Ada");
    expect(wish).toBeDefined();
    writeNotes(folder, { "People/Ada.md": "here" });
    await takeIn(folder, workspace);
    expect(await idOf(workspace, "path", "People/Ada.md")).toBe(wish);
    rmSync(at("People/Ada.md"));
    await takeIn(folder, workspace);
    expect(await idOf(workspace, "path", "Ada")).toBe(wish);
  });

  test("when it is deleted and comes back", async () => {
    const { folder, workspace, at } = vault({ "Ada.md": "here", "Log.md": "x" });
    await takeIn(folder, workspace);
    const before = await idOf(workspace, "path", "Ada.md");
    rmSync(at("Ada.md"));
    await takeIn(folder, workspace);
    expect(await idOf(workspace, "path", "Ada.md")).toBeUndefined();
    writeFileSync(at("Ada.md"), "here");
    await takeIn(folder, workspace);
    expect(await idOf(workspace, "path", "Ada.md")).toBe(before);
  });

  test("and a new note at the old path of a moved one gets a node of its own", async () => {
    const { folder, workspace, at } = vault({ "Ada.md": "one" });
    await takeIn(folder, workspace);
    const before = await idOf(workspace, "path", "Ada.md");
    renameSync(at("Ada.md"), at("Old.md"));
    await takeIn(folder, workspace);
    writeNotes(folder, { "Ada.md": "another" });
    await takeIn(folder, workspace);
    expect(await idOf(workspace, "path", "Old.md")).toBe(before);
    expect(await idOf(workspace, "path", "Ada.md")).not.toBe(before);
  });
});

test("of notes with equal content, moved at once, each keeps its node by its name", async () => {
  const { folder, workspace, at } = vault({ "a/One.md": "same", "a/Two.md": "same", "b/keep.md": "x" });
  await takeIn(folder, workspace);
  const [one, two] = [await idOf(workspace, "path", "a/One.md"), await idOf(workspace, "path", "a/Two.md")];
  renameSync(at("a/One.md"), at("b/One.md"));
  renameSync(at("a/Two.md"), at("b/Two.md"));
  const result = await takeIn(folder, workspace);
  expect(result.notes.renamed).toBe(2);
  expect(await idOf(workspace, "path", "b/One.md")).toBe(one);
  expect(await idOf(workspace, "path", "b/Two.md")).toBe(two);
});

test("an edit in one section leaves the ids of the other chunks alone", async () => {
  const { folder, workspace } = vault({ "A.md": "# One\n\nfirst\n\n# Two\n\nsecond\n\n# Three\n\nthird" });
  await takeIn(folder, workspace);
  const before = await idOf(workspace, "text", "# Three\n\nthird");
  writeNotes(folder, { "A.md": "# One\n\nfirst, longer than before\n\n# Two\n\nsecond\n\n# Three\n\nthird" });
  const result = await takeIn(folder, workspace);
  expect(result.chunks).toMatchObject({ total: 3, new: 1, removed: 1 });
  expect(await idOf(workspace, "text", "# Three\n\nthird")).toBe(before);
});

describe("a node that goes on under another id is re-keyed, so that what hangs on it stays", () => {
  function watched(notes: Record<string, string>) {
    const made = vault(notes);
    const rekeyed: string[] = [];
    const workspace: Workspace = {
      ...made.workspace,
      settle: async (state, patch, derived) => {
        for (const { label, from, to } of patch.rekeyNodes) rekeyed.push(`${label} ${from} ${to}`);
        await made.workspace.settle(state, patch, derived);
      },
    };
    return { ...made, workspace, rekeyed };
  }

  test("an edited chunk becomes its successor: the same headings, the nearest place", async () => {
    const { folder, workspace, rekeyed } = watched({ "A.md": "# One\n\nfirst\n\n# Two\n\nsecond" });
    await takeIn(folder, workspace);
    const before = await idOf(workspace, "text", "# Two\n\nsecond");
    writeNotes(folder, { "A.md": "# Zero\n\nnew\n\n# One\n\nfirst\n\n# Two\n\nsecond, edited" });
    await takeIn(folder, workspace);
    const after = await idOf(workspace, "text", "# Two\n\nsecond, edited");
    expect(rekeyed).toEqual([`Chunk ${before} ${after}`]);
  });

  test("an entity under a new title stays the same node", async () => {
    const { folder, workspace, rekeyed, at } = watched({
      "Ada.md": "---\nalias: Countess\n---\n",
      "Log.md": "The Countess.",
    });
    await takeIn(folder, workspace);
    const before = await idOf(workspace, "name", "Ada");
    renameSync(at("Ada.md"), at("Ada Lovelace.md"));
    await takeIn(folder, workspace);
    const after = await idOf(workspace, "name", "Ada Lovelace");
    expect(rekeyed).toEqual([`Entity ${before} ${after}`]);
    expect(after).not.toBe(before);
  });
});
