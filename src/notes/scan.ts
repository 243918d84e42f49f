import type { Dirent, Stats } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { join as joinNative } from "node:path";
import pLimit from "p-limit";
import { leavesOut, noteEnding } from "./left-out.ts";
import { fileLooks } from "./look-at.ts";
import type { ObsidianSettings } from "./obsidian-settings.ts";

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

/** Where something stands: its path in NFC, as the disk spells it, and for the system. */
interface Place {
  readonly path: string;
  readonly spelled: string;
  readonly absolute: string;
}

interface Found extends NoteFile {
  readonly spelled: string;
}

/** Lists the notes under a vault's root, in code point order of their paths. */
export async function scan(root: string, options: ScanOptions): Promise<Scan> {
  const files: Found[] = [];
  const result: Scan = { files: [], unreadable: [], skipped: [] };
  const isLeftOut = leavesOut(options.settings, options.exclude);
  const inScope = (path: string) =>
    options.within.length === 0 ||
    options.within.some(
      (scope) =>
        scope === "" || path === scope || path.startsWith(`${scope}/`) || scope.startsWith(`${path}/`),
    );
  const limit = pLimit(32);
  const look = fileLooks();
  const visited = new Set([await realpath(root)]);
  const symlinks: Place[] = [];

  const visitFolder = async ({ path: folder, spelled, absolute }: Place): Promise<void> => {
    let entries: Dirent[];
    try {
      entries = await limit(() => readdir(absolute, { withFileTypes: true }));
    } catch (error) {
      result.unreadable.push({ path: folder === "" ? "." : folder, message: sentence(error) });
      return;
    }
    const waiting: Promise<void>[] = [];
    for (const entry of entries) {
      const visiting = visit(entry, {
        path: join(folder, entry.name.normalize("NFC")),
        spelled: join(spelled, entry.name),
        absolute: joinNative(absolute, entry.name),
      });
      if (visiting !== undefined) waiting.push(visiting);
    }
    await Promise.all(waiting);
  };

  /** A promise is only made where there is something to wait for: most vaults are looked at in one go. */
  const visit = (entry: Dirent, place: Place): Promise<void> | undefined => {
    const { path } = place;
    if (!inScope(path) || isLeftOut(path)) return undefined;
    if (entry.isDirectory()) return visitFolder(place);
    if (!entry.isSymbolicLink()) return addFile(place);
    symlinks.push(place);
    return undefined;
  };

  const visitSymlink = async (place: Place): Promise<void> => {
    const { path, absolute } = place;
    try {
      const target = await realpath(absolute);
      const isFolder = (await stat(target)).isDirectory();
      if (!isFolder) return await addFile(place);
      if (
        [...visited].some(
          (seen) => target === seen || target.startsWith(`${seen}/`) || seen.startsWith(`${target}/`),
        )
      ) {
        result.skipped.push({ path, reason: "a symbolic link to a folder that is read already" });
        return;
      }
      visited.add(target);
      await visitFolder(place);
    } catch (error) {
      if (noteEnding.test(path) || isLoop(error))
        result.skipped.push({ path, reason: `a symbolic link that leads nowhere (${sentence(error)})` });
    }
  };

  const addFile = (place: Place): Promise<void> | undefined => {
    const { path, absolute } = place;
    if (!noteEnding.test(path)) {
      if (/\.(?:canvas|excalidraw)$/i.test(path))
        result.skipped.push({ path, reason: "a drawing, not a note" });
      return undefined;
    }
    if (/\.excalidraw\.md$/i.test(path)) {
      result.skipped.push({ path, reason: "an Excalidraw drawing, not a note" });
      return undefined;
    }
    const failed = (error: unknown) => {
      result.unreadable.push({ path, message: sentence(error) });
    };
    try {
      const stats = look(absolute);
      if (stats instanceof Promise) return stats.then((found) => addNote(place, found), failed);
      addNote(place, stats);
    } catch (error) {
      failed(error);
    }
    return undefined;
  };

  const addNote = ({ path, spelled, absolute }: Place, stats: Stats): void => {
    if (stats.isFile()) {
      const { size, mtimeMs, ino } = stats;
      files.push({ path, spelled, absolutePath: absolute, size, modifiedMs: mtimeMs, inode: ino });
    } else {
      // Reading a pipe would wait for a writer for ever.
      result.skipped.push({ path, reason: "a pipe or a device, not a file" });
    }
  };

  await visitFolder({ path: "", spelled: "", absolute: root });
  // Symbolic links come last and one by one: which of two to the same folder is read is no matter of chance.
  while (symlinks.length > 0) for (const place of symlinks.splice(0).sort(byPath)) await visitSymlink(place);
  result.unreadable.sort(byPath);
  result.skipped.sort(byPath);
  return { ...result, files: withoutTwins(files) };
}

/** Two file names that differ only in Unicode form are two notes: one keeps the spelling that the disk has. */
function withoutTwins(files: readonly Found[]): NoteFile[] {
  const taken = new Set<string>();
  const own = (file: Found) => (file.path === file.spelled ? 0 : 1);
  const inOrder = files.toSorted(
    (a, b) => byPath(a, b) || own(a) - own(b) || (a.spelled < b.spelled ? -1 : 1),
  );
  const named = inOrder.map(({ spelled, ...file }) => {
    const path = taken.has(file.path) ? spelled : file.path;
    taken.add(path);
    return { ...file, path };
  });
  return named.sort(byPath);
}

/** In a vault names are joined by `/`, whatever the system has; a name may hold a backslash. */
function join(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
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
    ENAMETOOLONG: "its path is too long",
  };
  return known[code] ?? error.message.split(",")[0] ?? error.message;
}
