import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readObsidianSettings } from "../../src/notes/obsidian-settings.ts";
import { scan, type Scan, type ScanOptions } from "../../src/notes/scan.ts";
import { temporaryFolder, writeNotes } from "../support/folder.ts";

function vault(...paths: string[]): string {
  const folder = temporaryFolder();
  writeNotes(folder, Object.fromEntries(paths.map((path) => [path, path])));
  return folder;
}

async function scanned(folder: string, options: Partial<ScanOptions> = {}): Promise<Scan> {
  const settings = await readObsidianSettings(folder);
  return scan(folder, { settings, exclude: [], within: [], ...options });
}

async function pathsIn(folder: string, options: Partial<ScanOptions> = {}): Promise<string[]> {
  return (await scanned(folder, options)).files.map((file) => file.path);
}

describe("which files are notes", () => {
  test("Markdown and text files are, whatever the case of their ending, in code point order", async () => {
    const folder = vault("b.md", "A.MD", "c.markdown", "d.txt", "deep/er/e.md", "f.pdf", "g", "h.md.bak");
    expect(await pathsIn(folder)).toEqual(["A.MD", "b.md", "c.markdown", "d.txt", "deep/er/e.md"]);
  });

  test("hidden folders, the trash and node_modules are left out", async () => {
    const folder = vault(
      "a.md",
      ".obsidian/b.md",
      ".trash/c.md",
      "x/.hidden/d.md",
      "x/node_modules/y/e.md",
      ".f.md",
    );
    expect(await pathsIn(folder)).toEqual(["a.md"]);
  });

  test("drawings and canvases are skipped with a reason", async () => {
    const { files, skipped } = await scanned(vault("a.md", "b.canvas", "c.excalidraw", "d/e.excalidraw.md"));
    expect(files.map((file) => file.path)).toEqual(["a.md"]);
    expect(skipped.map(({ path }) => path)).toEqual(["b.canvas", "c.excalidraw", "d/e.excalidraw.md"]);
  });

  test("what Obsidian is set to ignore is left out: beginnings of paths and regular expressions", async () => {
    const folder = vault(
      "a.md",
      "Archive/b.md",
      "Archived.md",
      "x/Archive/c.md",
      "x/draft-1.md",
      "Caf\u00e9/d.md",
    );
    writeNotes(folder, {
      ".obsidian/app.json": JSON.stringify({
        userIgnoreFilters: ["archive/", "/draft-\\d/", "/broken(/", "Cafe\u0301/"],
      }),
    });
    expect(await pathsIn(folder)).toEqual(["Archived.md", "a.md", "x/Archive/c.md"]);
  });

  test.each([
    ["a folder's name", "Private", ["a.md", "x/b.md"]],
    ["a folder's path", "x/Private", ["Private/c.md", "a.md", "x/b.md"]],
    ["a folder at any depth", "**/Private/**", ["a.md", "x/b.md"]],
    ["all inside a folder", "x/**", ["Private/c.md", "a.md"]],
    ["a folder with a slash", "Private/", ["a.md", "x/b.md"]],
    ["a folder of a folder with a slash", "x/Private/", ["Private/c.md", "a.md", "x/b.md"]],
    ["a path from here", "./x", ["Private/c.md", "a.md"]],
    ["a pattern of files", "*.md", []],
    ["a pattern of names", "b.*", ["Private/c.md", "a.md", "x/Private/d.md"]],
    ["a choice", "{a,x/b}.md", ["Private/c.md", "x/Private/d.md"]],
    ["nothing that is there", "[", ["Private/c.md", "a.md", "x/Private/d.md", "x/b.md"]],
  ])("%s excludes", async (_name, pattern, paths) => {
    const folder = vault("a.md", "Private/c.md", "x/b.md", "x/Private/d.md");
    expect(await pathsIn(folder, { exclude: [pattern] })).toEqual(paths);
  });

  test("a pattern typed in another Unicode form excludes too", async () => {
    expect(await pathsIn(vault("Diário/a.md", "b.md"), { exclude: ["Dia\u0301rio"] })).toEqual(["b.md"]);
  });

  test("only the parts asked for are looked at", async () => {
    const folder = vault("a.md", "x/b.md", "x/y/c.md", "xy/d.md");
    expect(await pathsIn(folder, { within: ["x"] })).toEqual(["x/b.md", "x/y/c.md"]);
    expect(await pathsIn(folder, { within: ["a.md", "x/y"] })).toEqual(["a.md", "x/y/c.md"]);
  });
});

describe("names", () => {
  test("of every kind are kept as they are", async () => {
    const names = [
      "A*.md",
      "a'b\"c`d.md",
      "line\nbreak.md",
      "back\\slash.md",
      "😀 🇧🇷.md",
      "日本語/ノート.md",
      "שלום.md",
      "a [b] (c) #d ^e |f.md",
      " space .md",
      "%20.md",
    ];
    const { files, unreadable } = await scanned(vault(...names));
    expect(files.map((file) => file.path).toSorted()).toEqual(names.toSorted());
    expect(unreadable).toEqual([]);
  });

  test("in decomposed form are listed composed, folders too", async () => {
    expect(await pathsIn(vault("Cafe\u0301/Joa\u0303o.md"))).toEqual(["Café/João.md"]);
  });

  test("that differ only in Unicode form are both kept, the second as the disk spells it", async () => {
    for (const names of [
      ["Caf\u00e9.md", "Cafe\u0301.md"],
      ["Cafe\u0301.md", "Caf\u00e9.md"],
    ]) {
      const { files } = await scanned(vault(...names));
      expect(files.map((file) => file.path)).toEqual(["Cafe\u0301.md", "Caf\u00e9.md"]);
      for (const file of files) expect(file.absolutePath.endsWith(`/${file.path}`)).toBe(true);
    }
  });

  test("of folders that differ only in Unicode form keep their notes apart", async () => {
    expect(await pathsIn(vault("e\u0301/a.md", "\u00e9/a.md", "e\u0301/b.md"))).toEqual([
      "e\u0301/a.md",
      "\u00e9/a.md",
      "\u00e9/b.md",
    ]);
  });
});

describe("symbolic links", () => {
  test("to folders and notes outside are followed", async () => {
    const outside = vault("n.md", "deep/o.md");
    const folder = vault("a.md");
    symlinkSync(outside, join(folder, "linked"));
    symlinkSync(join(outside, "n.md"), join(folder, "note.md"));
    expect(await pathsIn(folder)).toEqual(["a.md", "linked/deep/o.md", "linked/n.md", "note.md"]);
  });

  test("in circles, to a folder inside and to the folders above are read once and named", async () => {
    const folder = vault("a.md", "x/b.md");
    symlinkSync("..", join(folder, "x/up"));
    symlinkSync(".", join(folder, "here"));
    symlinkSync("x", join(folder, "again"));
    symlinkSync("loop2", join(folder, "loop1"));
    symlinkSync("loop1", join(folder, "loop2"));
    const { files, skipped, unreadable } = await scanned(folder);
    expect(files.map((file) => file.path)).toEqual(["a.md", "x/b.md"]);
    expect(skipped.map(({ path }) => path)).toEqual(["again", "here", "loop1", "loop2", "x/up"]);
    expect(unreadable).toEqual([]);
  });

  test("two to the same folder: the first by path is read, every time", async () => {
    const outside = vault("n.md");
    for (let run = 0; run < 5; run++) {
      const folder = vault("a.md", "x/y/z/b.md");
      symlinkSync(outside, join(folder, "x/y/z/one"));
      symlinkSync(outside, join(folder, "two"));
      expect(await pathsIn(folder)).toEqual(["a.md", "two/n.md", "x/y/z/b.md"]);
    }
  });

  test("that lead nowhere are named", async () => {
    const folder = vault("a.md");
    symlinkSync("missing.md", join(folder, "dangling.md"));
    const { files, skipped } = await scanned(folder);
    expect(files).toHaveLength(1);
    expect(skipped).toMatchObject([{ path: "dangling.md" }]);
  });
});

describe("what cannot be read", () => {
  test.skipIf(process.platform === "win32")(
    "a pipe or a socket with a note's name is named, and nobody waits for it",
    async () => {
      const folder = vault("a.md");
      execFileSync("mkfifo", [join(folder, "pipe.md")]);
      symlinkSync("pipe.md", join(folder, "to-pipe.md"));
      const server = createServer().listen(join(folder, "socket.md"));
      await new Promise((resolve) => server.once("listening", resolve));
      const { files, skipped } = await scanned(folder);
      server.close();
      expect(files.map((file) => file.path)).toEqual(["a.md"]);
      expect(skipped.map(({ path }) => path)).toEqual(["pipe.md", "socket.md", "to-pipe.md"]);
    },
  );

  test("a folder that is too deep for the system is named, and the rest is read", async () => {
    const folder = vault("a.md", "z.md");
    const name = "d".repeat(200);
    // Step by step, since the whole path is too long for anyone.
    const script = `const fs = require("fs");
      for (let i = 0; i < 25; i++) { fs.mkdirSync("${name}"); process.chdir("${name}"); }
      fs.writeFileSync("deep.md", "x");`;
    execFileSync(process.execPath, ["-e", script], { cwd: folder });
    const { files, unreadable } = await scanned(folder);
    execFileSync("rm", ["-rf", join(folder, name)]);
    expect(files.map((file) => file.path)).toEqual(["a.md", "z.md"]);
    expect(unreadable).toHaveLength(1);
    expect(unreadable[0]?.message).toBe("its path is too long");
  });

  const isRoot = process.getuid?.() === 0;
  if (isRoot) console.warn("SKIPPED: permissions of files and folders, since root may read everything");
  test.skipIf(isRoot || process.platform === "win32")(
    "a folder without permission is named, and the rest is read",
    async () => {
      const folder = vault("a.md", "closed/b.md");
      chmodSync(join(folder, "closed"), 0);
      const { files, unreadable } = await scanned(folder);
      chmodSync(join(folder, "closed"), 0o700);
      expect(files.map((file) => file.path)).toEqual(["a.md"]);
      expect(unreadable).toEqual([{ path: "closed", message: "permission denied" }]);
    },
  );

  test("folders that vanish while the scan runs cost no other folder", async () => {
    const folder = temporaryFolder();
    for (let index = 0; index < 300; index++) {
      mkdirSync(join(folder, `gone/${index}`), { recursive: true });
      mkdirSync(join(folder, `stays/${index}`), { recursive: true });
      writeFileSync(join(folder, `gone/${index}/a.md`), "x");
      writeFileSync(join(folder, `stays/${index}/a.md`), "x");
    }
    const running = scanned(folder);
    await new Promise((resolve) => setImmediate(resolve));
    rmSync(join(folder, "gone"), { recursive: true, force: true });
    const { files, unreadable } = await running;
    expect(files.filter((file) => file.path.startsWith("stays/"))).toHaveLength(300);
    for (const { path, message } of unreadable) {
      expect(path).toMatch(/^gone/);
      expect(message).toBe("it vanished while being read");
    }
  });

  test("a root that is not there is an error of the caller", async () => {
    await expect(scanned(join(temporaryFolder(), "nowhere"))).rejects.toThrow();
  });
});

test("folders 300 deep are read", async () => {
  const path = `${"d/".repeat(300)}a.md`;
  expect(await pathsIn(vault(path))).toEqual([path]);
});
