import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { generateVault } from "../bench/generate-vault.ts";
import { temporaryFolder } from "../support/folder.ts";
import { emptyGraph, exportOf, takeIn } from "../support/graph.ts";

const shape = { notes: 350, sections: 2, wordsInSection: 30, linksInNote: 2, mentionsInNote: 2, seed: 3 };

test("notes read by workers say what they say when read here, and one that cannot be read is reported", async () => {
  const folder = temporaryFolder();
  generateVault(folder, shape);
  const workspace = emptyGraph();
  // A folder called like a note cannot be read as one, and is none; a dangling link neither.
  mkdirSync(join(folder, "Folder.md"));
  const many = await takeIn(folder, workspace);
  expect(many.notes).toMatchObject({ seen: 350, new: 350, failed: 0 });
  const few = emptyGraph();
  for (const part of [
    "People",
    "Projects",
    "Books",
    "Trips",
    "Journal",
    "Ideas",
    "Work",
    "Recipes",
    "Inbox",
  ]) {
    await takeIn(join(folder, part), few, { vault: undefined });
  }
  // One folder at a time is read here: the same chunks, in vaults of their own.
  const texts = async (graph: typeof few) =>
    (await exportOf(graph))
      .flatMap((line) =>
        line.kind === "node" && line.labels[0] === "Chunk" ? [JSON.stringify(line.properties)] : [],
      )
      .toSorted();
  expect(await texts(few)).toEqual(await texts(workspace));
});
