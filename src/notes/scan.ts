import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import pLimit from "p-limit";
import picomatch from "picomatch";
import { isIgnoredByObsidian, type ObsidianSettings } from "./obsidian-settings.ts";

/** A file that is a note, as the folder shows it. */
export interface NoteFile {
  /** Path in the vault: NFC, `/` between folders. */
  readonly path: string;
  readonly absolutePath: string;
  readonly size: number;
  readonly modifiedMs: number;
  readonly inode: number;
}

export interface Scan {
  readonly files: NoteFile[];
  /** Paths (of files or whole folders) that are there but could not be read. */
  readonly unreadable: { readonly path: string; readonly message: string }[];
  /** Left out on purpose, with the reason. */
  readonly skipped: { readonly path: string; readonly reason: string }[];
}

export interface ScanOptions {
  readonly settings: ObsidianSettings;
  readonly exclude: readonly string[];
  /** Only files and folders under these vault paths; empty for all. */
  readonly within: readonly string[];
}

const noteEnding = /\.(?:md|markdown|txt)$/i;
const alwaysLeftOut = new Set(["node_modules"]);

/** Lists the notes under a vault's root, in code point order of their paths. */
export async function scan(root: string, options: ScanOptions): Promise<Scan> {
  const result: Scan = { files: [], unreadable: [], skipped: [] };
  const isExcluded = picomatch([...options.exclude], { dot: true, nocase: process.platform === "win32" });
  const excluded = (path: string) =>
    options.exclude.length > 0 &&
    (isExcluded(path) || isExcluded(`${path}/`) || isExcluded(path.split("/").at(-1) ?? ""));
  const inScope = (path: string) =>
    options.within.length === 0 ||
    options.within.some(
      (scope) =>
        scope === "" || path === scope || path.startsWith(`${scope}/`) || scope.startsWith(`${path}/`),
    );
  const limit = pLimit(32);
  const visited = new Set([await realpath(root)]);

  const visitFolder = async (folder: string, absolute: string): Promise<void> => {
    let entries: Dirent[];
    try {
      entries = await limit(() => readdir(absolute, { withFileTypes: true }));
    } catch (error) {
      result.unreadable.push({ path: folder === "" ? "." : folder, message: sentence(error) });
      return;
    }
    await Promise.all(entries.map((entry) => visit(folder, absolute, entry)));
  };

  const visit = async (folder: string, absoluteFolder: string, entry: Dirent): Promise<void> => {
    const path = (folder === "" ? entry.name : `${folder}/${entry.name}`).normalize("NFC");
    if (entry.name.startsWith(".") || alwaysLeftOut.has(entry.name) || !inScope(path) || excluded(path))
      return;
    if (isIgnoredByObsidian(path, options.settings.ignored)) return;
    const absolute = join(absoluteFolder, entry.name);
    if (entry.isDirectory()) return visitFolder(path, absolute);
    if (entry.isSymbolicLink()) return visitSymlink(path, absolute);
    if (entry.isFile()) await addFile(path, absolute);
  };

  const visitSymlink = async (path: string, absolute: string): Promise<void> => {
    try {
      const target = await realpath(absolute);
      const isFolder = (await stat(target)).isDirectory();
      if (!isFolder) return await addFile(path, absolute);
      if (
        [...visited].some(
          (seen) => target === seen || target.startsWith(`${seen}/`) || seen.startsWith(`${target}/`),
        )
      ) {
        result.skipped.push({ path, reason: "a symbolic link to a folder that is read already" });
        return;
      }
      visited.add(target);
      await visitFolder(path, absolute);
    } catch (error) {
      if (noteEnding.test(path) || isLoop(error))
        result.skipped.push({ path, reason: `a symbolic link that leads nowhere (${sentence(error)})` });
    }
  };

  const addFile = async (path: string, absolutePath: string): Promise<void> => {
    if (!noteEnding.test(path)) {
      if (/\.(?:canvas|excalidraw)$/i.test(path))
        result.skipped.push({ path, reason: "a drawing, not a note" });
      return;
    }
    if (/\.excalidraw\.md$/i.test(path)) {
      result.skipped.push({ path, reason: "an Excalidraw drawing, not a note" });
      return;
    }
    try {
      const { size, mtimeMs, ino } = await limit(() => stat(absolutePath));
      result.files.push({ path, absolutePath, size, modifiedMs: mtimeMs, inode: ino });
    } catch (error) {
      result.unreadable.push({ path, message: sentence(error) });
    }
  };

  await visitFolder("", root);
  result.files.sort(byPath);
  result.unreadable.sort(byPath);
  result.skipped.sort(byPath);
  return { ...result, files: withoutTwins(result.files) };
}

/** Two file names that differ only in Unicode form are two notes: the second keeps its own spelling. */
function withoutTwins(files: readonly NoteFile[]): NoteFile[] {
  const taken = new Set<string>();
  return files.map((file) => {
    let path = file.path;
    while (taken.has(path)) path = path.replace(/(\.\w+)$/, "\u200B$1");
    taken.add(path);
    return path === file.path ? file : { ...file, path };
  });
}

function byPath(a: { path: string }, b: { path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

function isLoop(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ELOOP";
}

/** What the system said, without the path that stands beside it anyway. */
function sentence(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? String(error.code) : "";
  const known: Record<string, string> = {
    EACCES: "permission denied",
    EPERM: "permission denied",
    ENOENT: "it vanished while being read",
    EIO: "the disk could not read it",
    ELOOP: "a loop of symbolic links",
    EISDIR: "it is a folder",
  };
  return known[code] ?? error.message.split(",")[0] ?? error.message;
}
