import { mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { WatchedFolders } from "../../src/ingest/watched-folders.ts";
import { temporaryFolder, writeNotes } from "../support/folder.ts";

interface Watching {
  /** Does something, and expects it to be told. */
  told(work: () => void): Promise<void>;
  /** Does something that must not be told: nothing is, up to a note that is saved after it. */
  notTold(work: () => void): Promise<void>;
}

/** Watches what is at some places of a folder, looking again after everything told, as a run does. */
async function watching(
  folder: string,
  options: {
    within?: readonly string[];
    exclude?: readonly string[];
    isRecursive?: boolean;
    /** The folder of a second vault. */
    also?: string;
  } = {},
): Promise<Watching> {
  let tell = () => {};
  let told = 0;
  const source = new WatchedFolders(
    [
      { name: "vault", root: folder, within: options.within ?? [""] },
      ...(options.also === undefined ? [] : [{ name: "also", root: options.also, within: [""] }]),
    ],
    { exclude: [], ...options },
    {
      changed: () => {
        told += 1;
        tell();
      },
      unwatchable: (sentence) => expect.fail(sentence),
    },
  );
  onTestFinished(() => source.close());
  await source.refresh();
  const settled = async () => {
    // Events of what was done before are on their way for a moment.
    for (let before = -1; before !== told;) {
      before = told;
      await source.refresh();
      await sleep(120);
    }
  };
  return {
    async told(work) {
      await settled();
      const heard = new Promise<void>((resolve) => (tell = resolve));
      work();
      await heard;
      tell = () => {};
    },
    async notTold(work) {
      await settled();
      const before = told;
      work();
      await sleep(100);
      expect(told).toBe(before);
    },
  };
}

const isLinux = process.platform === "linux";

describe.each([
  ["a watcher for each folder", false],
  ["one watcher for a whole tree", true],
])("with %s", (_name, isRecursive) => {
  test.skipIf(!isLinux && !isRecursive)(
    "a note that is saved, saved by rename, moved or removed is told",
    async () => {
      const folder = temporaryFolder();
      writeNotes(folder, { "a.md": "A", "deep/er/b.md": "B" });
      const { told } = await watching(folder, { isRecursive });
      await told(() => writeFileSync(join(folder, "a.md"), "A again"));
      await told(() => writeFileSync(join(folder, "deep/er/b.md"), "B again"));
      await told(() => {
        writeFileSync(join(folder, "deep/er/.b.md.tmp"), "B by rename");
        renameSync(join(folder, "deep/er/.b.md.tmp"), join(folder, "deep/er/b.md"));
      });
      await told(() => renameSync(join(folder, "deep/er/b.md"), join(folder, "deep/c.md")));
      await told(() => unlinkSync(join(folder, "deep/c.md")));
    },
  );

  test.skipIf(!isLinux && !isRecursive)(
    "folders that come, go, are renamed and come back are told, and so is what happens in them",
    async () => {
      const folder = temporaryFolder();
      writeNotes(folder, { "a.md": "A" });
      const { told } = await watching(folder, { isRecursive });
      await told(() => writeNotes(folder, { "new/very/deep/b.md": "B" }));
      await told(() => writeNotes(folder, { "new/very/deep/b.md": "B again" }));
      await told(() => renameSync(join(folder, "new"), join(folder, "renamed 1.5")));
      await told(() => writeNotes(folder, { "renamed 1.5/very/deep/b.md": "B once more" }));
      await told(() => rmSync(join(folder, "renamed 1.5"), { recursive: true }));
      await told(() => writeNotes(folder, { "renamed 1.5/c.md": "C" }));
      await told(() => writeNotes(folder, { "renamed 1.5/c.md": "C again" }));
    },
  );

  test.skipIf(!isLinux && !isRecursive)(
    "what can be no note is not told: other files, hidden and excluded folders, the graph",
    async () => {
      const folder = temporaryFolder();
      writeNotes(folder, {
        "a.md": "A",
        ".git/HEAD": "x",
        ".obsidian/app.json": "{}",
        "node_modules/x/readme.md": "x",
        "Archive/old/b.md": "B",
        "picture.png": "x",
        "graph.sqlite": "x",
      });
      const { told, notTold } = await watching(folder, { isRecursive, exclude: ["Archive/**"] });
      for (const path of [
        ".git/index.md",
        ".obsidian/workspace.json",
        "node_modules/x/readme.md",
        "Archive/old/b.md",
        "picture.png",
        "graph.sqlite",
        "graph.sqlite-wal",
        ".hidden.md",
      ])
        await notTold(() => writeNotes(folder, { [path]: `${path} again` }));
      await notTold(() => unlinkSync(join(folder, "graph.sqlite-wal")));
      // What Obsidian leaves out is changed there.
      await told(() => writeNotes(folder, { ".obsidian/app.json": "{ }" }));
    },
  );

  test.skipIf(!isLinux && !isRecursive)("what symbolic links lead to is watched where it is", async () => {
    const [folder, elsewhere] = [temporaryFolder(), temporaryFolder()];
    writeNotes(elsewhere, { "shared/b.md": "B", "one/c.md": "C", "one/d.md": "D" });
    writeNotes(folder, { "a.md": "A" });
    symlinkSync(join(elsewhere, "shared"), join(folder, "linked"));
    symlinkSync(join(elsewhere, "one/c.md"), join(folder, "c.md"));
    symlinkSync("..", join(folder, "up"));
    const { told, notTold } = await watching(folder, { isRecursive });
    await told(() => writeNotes(elsewhere, { "shared/b.md": "B again" }));
    await told(() => writeNotes(elsewhere, { "one/c.md": "C again" }));
    await told(() => {
      writeNotes(elsewhere, { "one/new": "C by rename" });
      renameSync(join(elsewhere, "one/new"), join(elsewhere, "one/c.md"));
    });
    await told(() => writeNotes(elsewhere, { "one/c.md": "C after a rename" }));
    await notTold(() => writeNotes(elsewhere, { "one/d.md": "D is no note of the vault" }));
  });

  test.skipIf(!isLinux && !isRecursive)(
    "a link from another vault to one note does not narrow what is seen of its folder, nor do settings that change",
    async () => {
      const [folder, also] = [temporaryFolder(), temporaryFolder()];
      writeNotes(folder, { "in/a.md": "A", "in/b.md": "B", "old/c.md": "C" });
      writeNotes(folder, { ".obsidian/app.json": JSON.stringify({ userIgnoreFilters: ["old/"] }) });
      symlinkSync(join(folder, "in/a.md"), join(also, "a.md"));
      const { told, notTold } = await watching(folder, { isRecursive, also });
      await told(() => writeNotes(folder, { "in/b.md": "B again" }));
      await told(() => writeNotes(folder, { "in/new/d.md": "D" }));
      await notTold(() => writeNotes(folder, { "old/c.md": "C again" }));
      await told(() => writeNotes(folder, { ".obsidian/app.json": "{}" }));
      await told(() => writeNotes(folder, { "old/c.md": "C once more" }));
    },
  );

  test.skipIf(!isLinux && !isRecursive)(
    "the vault's own folder may go and come back, also as another folder in an instant",
    async () => {
      const folder = join(temporaryFolder(), "vault");
      writeNotes(folder, { "a.md": "A" });
      const { told } = await watching(folder, { isRecursive });
      await told(() => renameSync(folder, `${folder} gone`));
      await told(() => renameSync(`${folder} gone`, folder));
      await told(() => writeNotes(folder, { "a.md": "A again" }));
      await told(() => {
        rmSync(folder, { recursive: true });
        writeNotes(folder, { "a.md": "Another A" });
      });
      await told(() => writeNotes(folder, { "a.md": "Another A again" }));
    },
  );

  test.skipIf(!isLinux && !isRecursive)(
    "of a vault only the asked part is watched; of a note's folder only the note",
    async () => {
      const folder = temporaryFolder();
      writeNotes(folder, { "a.md": "A", "in/b.md": "B", "one/c.md": "C", "one/d.md": "D" });
      const { told, notTold } = await watching(folder, { isRecursive, within: ["in", "one/c.md"] });
      await told(() => writeNotes(folder, { "in/b.md": "B again" }));
      await told(() => writeNotes(folder, { "one/c.md": "C again" }));
      await notTold(() => writeNotes(folder, { "a.md": "A again" }));
      await notTold(() => writeNotes(folder, { "one/d.md": "D again" }));
      await notTold(() => mkdirSync(join(folder, "one/new")));
    },
  );
});
