import { existsSync, type Stats, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { UsageError } from "../errors.ts";
import type { KnownVault } from "../store/state.ts";

/** A vault to take in, and the parts of it that were asked for. */
export interface VaultPaths {
  readonly name: string;
  readonly root: string;
  /** Paths in the vault; an empty one means all of it. */
  readonly within: readonly string[];
}

/**
 * Which vaults some paths belong to: the outermost known root that contains a path, else the nearest folder
 * with `.obsidian`, else the path itself (a file: its folder). `name` is what the user calls the vault.
 */
export function findVaults(
  paths: readonly string[],
  known: readonly KnownVault[],
  name: string | undefined,
): VaultPaths[] {
  const found = new Map<string, { name: string; root: string; within: string[] }>();
  for (const path of paths) {
    const absolute = resolve(path);
    const isFile = isNoteFile(path);
    const { root, vaultName } = rootOf(absolute, isFile, known, name);
    const vault = found.get(root) ?? { name: vaultName, root, within: [] };
    found.set(root, vault);
    vault.within.push(relative(root, absolute).split(sep).join("/").normalize("NFC"));
  }
  const names = new Map<string, string>();
  for (const vault of found.values()) {
    const other = names.get(vault.name);
    if (other !== undefined) throw twoRoots(vault.name, other, vault.root);
    names.set(vault.name, vault.root);
  }
  return [...found.values()];
}

/** Refuses what is no folder and no note. Throws UsageError. */
export function checkPaths(paths: readonly string[]): void {
  for (const path of paths) isNoteFile(path);
}

function isNoteFile(path: string): boolean {
  let stats: Stats;
  try {
    stats = statSync(resolve(path));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    const isMissing = code === "ENOENT" || code === "ENOTDIR";
    throw new UsageError(
      isMissing ? "PATH_MISSING" : "PATH_UNREADABLE",
      isMissing
        ? `There is no ${path}: name a folder of notes or a note.`
        : `${path} cannot be read (${code}): name a folder of notes or a note.`,
      { cause: error, facts: { path } },
    );
  }
  if (stats.isDirectory()) return false;
  if (stats.isFile() && /\.(?:md|markdown|txt)$/i.test(path)) return true;
  throw new UsageError(
    "NOT_A_NOTE",
    `${path} is no note: notes are files that end in .md, .markdown or .txt.`,
    {
      facts: { path },
    },
  );
}

/** Refuses to take a folder for a vault that it does not look like: its notes would be deleted. */
export function checkIdentity(
  vault: VaultPaths,
  known: readonly KnownVault[],
  recordedPaths: ReadonlySet<string>,
  foundPaths: readonly string[],
): void {
  const standing = known.find((candidate) => candidate.name === vault.name);
  if (standing === undefined || standing.root === vault.root || recordedPaths.size === 0) return;
  const same = foundPaths.filter((path) => recordedPaths.has(path)).length;
  if (same * 2 >= recordedPaths.size) return;
  throw new UsageError(
    "OTHER_VAULT",
    `The graph already has a vault "${vault.name}" (from ${standing.root}), and ${vault.root} does not look like it: ` +
      `${same} of its ${recordedPaths.size} notes are there. Give this folder a name of its own with --vault NAME.`,
    { facts: { vault: vault.name, knownRoot: standing.root, root: vault.root } },
  );
}

function rootOf(
  absolute: string,
  isFile: boolean,
  known: readonly KnownVault[],
  name: string | undefined,
): { root: string; vaultName: string } {
  const folder = isFile ? dirname(absolute) : absolute;
  const containing = known
    .filter((vault) => (name === undefined || vault.name === name) && contains(vault.root, absolute))
    .toSorted((a, b) => a.root.length - b.root.length)[0];
  if (containing !== undefined) return { root: containing.root, vaultName: containing.name };
  const root = nearestObsidian(folder) ?? folder;
  return { root, vaultName: name ?? (basename(root) || "notes") };
}

function contains(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}

function nearestObsidian(folder: string): string | undefined {
  for (let current = folder; ; current = dirname(current)) {
    if (existsSync(join(current, ".obsidian"))) return current;
    if (dirname(current) === current) return undefined;
  }
}

function twoRoots(name: string, first: string, second: string): UsageError {
  return new UsageError(
    "TWO_ROOTS",
    `${first} and ${second} would both be the vault "${name}": take them in one by one, each with its own --vault NAME.`,
    { facts: { vault: name, first, second } },
  );
}
