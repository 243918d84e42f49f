import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, join, sep } from "node:path";
import { leavesOut, noteEnding } from "../notes/left-out.ts";
import { readObsidianSettings, settingsFiles } from "../notes/obsidian-settings.ts";
import type { VaultPaths } from "./vault.ts";

/** A folder that must be watched to see what happens to notes. */
export interface WatchedPlace {
  /** Absolute, as it was reached: it can be a symbolic link. */
  readonly folder: string;
  /** Which folder this is; another one at the same path has another identity. */
  readonly identity: string;
  /** Whether no other place holds it: a watcher of whole trees must begin here. */
  readonly isTop: boolean;
  /** Whether its files are watched alone: those of these names, and no folders. */
  readonly names?: ReadonlySet<string>;
  /** Whether something in it, named by its path from here, is left out whatever it is. */
  readonly leavesOut: (inside: string) => boolean;
}

/** The folders of what was asked for in a vault, as they are now, with those that symbolic links lead to. */
export async function watchedPlaces(vault: VaultPaths, exclude: readonly string[]): Promise<WatchedPlace[]> {
  const isLeftOut = leavesOut(await readObsidianSettings(vault.root), exclude);
  const root = (await realpath(vault.root).catch(() => undefined)) ?? vault.root;
  const finder = new PlaceFinder(root, isLeftOut);
  for (const file of settingsFiles) finder.addFile(join(vault.root, file));
  for (const part of vault.within) {
    const place = join(vault.root, part);
    if (await isNoteFile(place)) finder.addFile(place);
    else await finder.addFolder(place, part, true);
  }
  return finder.places();
}

/** What a path is known again by: another folder of the same name, or on another disk, was made at another time. */
export async function identityOf(folder: string): Promise<string | undefined> {
  try {
    const { dev, ino, birthtimeMs } = await stat(folder);
    return `${dev}:${ino}:${birthtimeMs}`;
  } catch {
    return undefined;
  }
}

/** The folder of a path that was asked for: itself, or where the note is. */
export async function folderOf(place: string): Promise<string> {
  return (await isNoteFile(place)) ? dirname(place) : place;
}

class PlaceFinder {
  readonly #isLeftOut: (path: string) => boolean;
  readonly #places = new Map<string, WatchedPlace>();
  /** Names that count in folders which are not watched for all they hold. */
  readonly #names = new Map<string, Set<string>>();
  readonly #visited: Set<string>;

  constructor(root: string, isLeftOut: (path: string) => boolean) {
    this.#isLeftOut = isLeftOut;
    this.#visited = new Set([root]);
  }

  addFile(file: string): void {
    const names = this.#names.get(dirname(file)) ?? new Set();
    this.#names.set(dirname(file), names.add(basename(file)));
  }

  async addFolder(folder: string, path: string, isTop: boolean): Promise<void> {
    const identity = await identityOf(folder);
    if (identity === undefined || this.#places.has(folder)) return;
    const leavesOut = (inside: string) => this.#isInLeftOut(path, inside);
    this.#places.set(folder, { folder, identity, isTop, leavesOut });
    for (const entry of await entriesOf(folder)) {
      const place = join(folder, entry.name);
      const placePath = joined(path, entry.name);
      if (this.#isLeftOut(placePath)) continue;
      if (entry.isDirectory()) await this.addFolder(place, placePath, false);
      else if (entry.isSymbolicLink()) await this.#addLink(place, placePath);
    }
  }

  async places(): Promise<WatchedPlace[]> {
    for (const [folder, names] of this.#names) {
      const identity = await identityOf(folder);
      if (identity === undefined || this.#places.has(folder)) continue;
      this.#places.set(folder, {
        folder,
        identity,
        isTop: true,
        names,
        leavesOut: (inside) => !names.has(inside),
      });
    }
    return [...this.#places.values()];
  }

  /** A link is followed as a scan follows it: never into what is read already. */
  async #addLink(link: string, path: string): Promise<void> {
    const target = await realpath(link).catch(() => undefined);
    if (target === undefined) return;
    if (!(await isFolder(target))) {
      // Whoever saves the file saves it there, and may do so by renaming another over it.
      if (noteEnding.test(path)) this.addFile(target);
      return;
    }
    if ([...this.#visited].some((seen) => holds(seen, target) || holds(target, seen))) return;
    this.#visited.add(target);
    await this.addFolder(link, path, true);
  }

  #isInLeftOut(folderPath: string, inside: string): boolean {
    let path = folderPath;
    for (const name of inside.split(sep)) {
      path = joined(path, name);
      if (this.#isLeftOut(path)) return true;
    }
    return false;
  }
}

/** A folder that is closed or went away has no entries; the run says why. */
async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

async function isFolder(place: string): Promise<boolean> {
  try {
    return (await stat(place)).isDirectory();
  } catch {
    return false;
  }
}

async function isNoteFile(place: string): Promise<boolean> {
  return noteEnding.test(place) && !(await isFolder(place));
}

function holds(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** In a vault names are joined by `/` and composed, whatever the system has. */
function joined(folder: string, name: string): string {
  return folder === "" ? name.normalize("NFC") : `${folder}/${name.normalize("NFC")}`;
}
