import { type FSWatcher, watch as openWatcher } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { noteEnding } from "../notes/left-out.ts";
import type { VaultPaths } from "./vault.ts";
import type { ChangeListener, ChangeSource } from "./watch.ts";
import { folderOf, identityOf, type WatchedPlace, watchedPlaces } from "./watched-places.ts";

export interface WatchedFoldersOptions {
  readonly exclude: readonly string[];
  /** Whether one watcher sees a whole tree, as on macOS and Windows; on Linux one sees a folder. */
  readonly isRecursive?: boolean;
}

/** A folder can be another one without a sign: something was mounted there. */
const rootCheckMs = 2_000;

/** Where folders come faster than they can be watched, the runs that follow see to the rest. */
const mostLooks = 10;

/** The graph may stand among the notes: each run makes and removes these beside it, and must not lead to the next. */
const besideDatabase = /(?:-wal|-shm|-journal)$/;

/** Watches the folders of vaults, as long as they are there and whenever they come back. */
export class WatchedFolders implements ChangeSource {
  readonly #vaults: readonly VaultPaths[];
  readonly #options: WatchedFoldersOptions;
  readonly #listener: ChangeListener;
  readonly #isRecursive: boolean;
  readonly #open = new Map<string, { readonly place: WatchedPlace; readonly watcher: FSWatcher }>();
  readonly #roots = new Map<string, string | undefined>();
  readonly #rootCheck: NodeJS.Timeout;
  #isCheckingRoots = false;
  #isLimited = false;

  constructor(vaults: readonly VaultPaths[], options: WatchedFoldersOptions, listener: ChangeListener) {
    this.#vaults = vaults;
    this.#options = options;
    this.#listener = listener;
    this.#isRecursive = options.isRecursive ?? process.platform !== "linux";
    this.#rootCheck = setInterval(() => void this.#checkRoots(), rootCheckMs).unref();
  }

  async refresh(): Promise<void> {
    for (const place of this.#places()) {
      const root = await folderOf(place);
      this.#roots.set(root, await identityOf(root));
    }
    // What is made in a folder before it is watched is no event: looked at again until there is nothing new.
    for (let look = 0; look < mostLooks && !this.#isLimited; look++) if (!(await this.#watchNew())) return;
  }

  close(): void {
    clearInterval(this.#rootCheck);
    for (const { watcher } of this.#open.values()) watcher.close();
    this.#open.clear();
  }

  #places(): string[] {
    return this.#vaults.flatMap((vault) => vault.within.map((part) => join(vault.root, part)));
  }

  /** Makes the watchers fit the folders; returns whether any folder was not watched before. */
  async #watchNew(): Promise<boolean> {
    const wanted = new Map<string, WatchedPlace>();
    for (const vault of this.#vaults) {
      for (const place of await watchedPlaces(vault, this.#options.exclude)) {
        if (!place.isTop && this.#isRecursive) continue;
        const other = wanted.get(place.folder);
        wanted.set(place.folder, other === undefined ? place : both(other, place));
      }
    }
    let isAnyNew = false;
    for (const place of wanted.values()) {
      const standing = this.#open.get(place.folder);
      // What is left out in it can be another now.
      if (standing?.place.identity === place.identity)
        this.#open.set(place.folder, { place, watcher: standing.watcher });
      else isAnyNew = this.#watch(place) || isAnyNew;
    }
    for (const folder of this.#open.keys()) if (!wanted.has(folder)) this.#unwatch(folder);
    return isAnyNew;
  }

  #watch(place: WatchedPlace): boolean {
    const { folder, names } = place;
    this.#unwatch(folder);
    try {
      const watcher = openWatcher(folder, { recursive: this.#isRecursive && names === undefined });
      watcher.on("change", (_event, name) => void this.#heard(folder, name === null ? "" : String(name)));
      watcher.on("error", () => void this.#heard(folder, ""));
      this.#open.set(folder, { place, watcher });
      return true;
    } catch (error) {
      this.#explain(error);
      return false;
    }
  }

  #unwatch(folder: string): void {
    this.#open.get(folder)?.watcher.close();
    this.#open.delete(folder);
  }

  async #heard(folder: string, inside: string): Promise<void> {
    if (inside === "" || inside === basename(folder)) {
      // Without a name, or with its own, it can be the folder itself that went: it is watched anew if it is back.
      this.#unwatch(folder);
      return this.#listener.changed();
    }
    const place = this.#open.get(folder)?.place;
    if (place === undefined || place.leavesOut(inside)) return;
    const path = join(folder, inside);
    const counts = place.names !== undefined || noteEnding.test(inside) || this.#open.has(path);
    if (counts || (await this.#canBeFolder(path))) this.#listener.changed();
  }

  /** Where each folder has its watcher, what is gone and had none was a file. */
  async #canBeFolder(path: string): Promise<boolean> {
    try {
      return (await stat(path)).isDirectory();
    } catch {
      return this.#isRecursive && !besideDatabase.test(path);
    }
  }

  async #checkRoots(): Promise<void> {
    if (this.#isCheckingRoots) return;
    this.#isCheckingRoots = true;
    for (const [root, identity] of this.#roots) {
      const now = await identityOf(root);
      if (now === identity) continue;
      this.#roots.set(root, now);
      this.#listener.changed();
    }
    this.#isCheckingRoots = false;
  }

  #explain(error: unknown): void {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    // It went away or is closed: what is in it is looked at when it is back, or open.
    if (["ENOENT", "ENOTDIR", "EACCES", "EPERM"].includes(code)) return;
    this.#isLimited = true;
    this.#listener.unwatchable(
      code === "ENOSPC" || code === "EMFILE"
        ? "The system lets no more folders be watched (fs.inotify.max_user_watches, max_user_instances), so changes are looked for every few seconds instead."
        : `The folders cannot be watched (${code}), so changes are looked for every few seconds instead.`,
    );
  }
}

/** A folder that two vaults look into: what counts for one of them counts. */
function both(one: WatchedPlace, other: WatchedPlace): WatchedPlace {
  const leavesOut = (inside: string) => one.leavesOut(inside) && other.leavesOut(inside);
  if (one.names === undefined) return { ...one, leavesOut };
  if (other.names === undefined) return { ...other, leavesOut };
  return { ...one, names: new Set([...one.names, ...other.names]), leavesOut };
}
