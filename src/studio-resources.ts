import { stat } from "node:fs/promises";
import { relative, resolve, sep } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { openWorkspace, storeLocation } from "./app.ts";
import { readEnvironment } from "./config/environment.ts";
import { UsageError } from "./errors.ts";
import type { FileOfKind } from "./ingest/compare.ts";
import { parse } from "./ingest/read-note.ts";
import type { IngestResources } from "./ingest/steps.ts";
import { findVaults } from "./ingest/vault.ts";
import { noteKind } from "./notes/note-kind.ts";
import { readObsidianSettings } from "./notes/obsidian-settings.ts";
import type { Workspace } from "./store/open.ts";
import type { VaultState } from "./store/state.ts";

let opened: Workspace | undefined;
const vaults = new Map<string, VaultState>();

/**
 * What the ingest graph works with when LangGraph's server runs it: the default graph, opened at the first
 * run and not at import, and the vault that the given note files are in.
 */
export async function studioResources(files: readonly string[]): Promise<IngestResources> {
  opened ??= await openWorkspace(storeLocation(undefined, readEnvironment()), { create: true, alone: true });
  const [place, ...others] = findVaults(files, opened.knownVaults(), undefined);
  if (place === undefined || others.length > 0) {
    throw new UsageError(
      "ONE_VAULT",
      'Give `files` the paths of notes of one vault, such as ["examples/notes/Início.md"].',
    );
  }
  const vault = vaults.get(place.root) ?? opened.vault(place.name, place.root);
  vaults.set(place.root, vault);
  const settings = await readObsidianSettings(place.root);
  const found = await Promise.all(files.map((file) => fileAt(file, place.root, settings.templateFolders)));
  const byPath = new Map(found.map((file, index) => [files[index], file]));
  return {
    workspace: opened,
    vault,
    fileOf: (path) => byPath.get(path),
    read: parse,
    recordedAt: (path) => vault.notes.files().get(path),
    now: () => new Date(),
    startedAt: new Date(),
    breathe: async () => nextTurn(),
    // Whoever looks at the steps wants to see the statements, wherever the graph is.
    onStatements: () => {},
  };
}

async function fileAt(file: string, root: string, templateFolders: readonly string[]): Promise<FileOfKind> {
  const absolutePath = resolve(file);
  const path = relative(root, absolutePath).split(sep).join("/").normalize("NFC");
  const { size, mtimeMs, ino } = await stat(absolutePath);
  return { path, absolutePath, size, modifiedMs: mtimeMs, inode: ino, kind: noteKind(path, templateFolders) };
}
