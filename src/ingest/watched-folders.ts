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

/** The graph may stand among the notes: each run makes and removes these beside it, and must not lead to the next. */
const besideDatabase = /(?:-wal|-shm|-journal)$/;

/** Watches the folders of vaults, as long as they are there and whenever they come back. */
export class WatchedFolders implements ChangeSource {
  readonly #vaults: readonly VaultPaths[];
  readonly #options: WatchedFoldersOptions;
  readonly #listener: ChangeListener;
  readonly #isRecursive: boolean;
  readonly #open = new Map<string, { readonly identity: string; readonly watcher: FSWatcher }>();
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
    while (!this.#isLimited && (await this.#watchNew()));
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
        if (place.isTop || !this.#isRecursive) wanted.set(place.folder, place);
      }
    }
    let isAnyNew = false;
    for (const place of wanted.values()) {
      const standing = this.#open.get(place.folder);
      if (standing?.identity === place.identity) continue;
      isAnyNew = this.#watch(place) || isAnyNew;
      standing?.watcher.close();
    }
    for (const [folder, { watcher }] of this.#open) {
      if (wanted.has(folder)) continue;
      watcher.close();
      this.#open.delete(folder);
    }
    return isAnyNew;
  }

  #watch(place: WatchedPlace): boolean {
    const { folder, identity, names } = place;
    this.#open.delete(folder);
    try {
      const watcher = openWatcher(folder, { recursive: this.#isRecursive && names === undefined });
      watcher.on("change", (_event, name) => void this.#heard(place, name === null ? "" : String(name)));
      // The folder went away: the root check, or a change in the folder above, brings it back.
      watcher.on("error", () => this.#listener.changed());
      this.#open.set(folder, { identity, watcher });
      return true;
    } catch (error) {
      this.#explain(error);
      return false;
    }
  }

  async #heard({ folder, names, leavesOut }: WatchedPlace, inside: string): Promise<void> {
    // Without a name, or with its own, it is the folder itself that something happened to.
    if (inside === "" || inside === basename(folder)) return this.#listener.changed();
    const path = join(folder, inside);
    if (leavesOut(inside)) return;
    const counts = names !== undefined || noteEnding.test(inside) || this.#open.has(path);
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
