import { KnownError } from "../errors.ts";
import { noteKind } from "../notes/note-kind.ts";
import { readObsidianSettings } from "../notes/obsidian-settings.ts";
import { scan } from "../notes/scan.ts";
import type { Workspace } from "../store/open.ts";
import type { RecordedFile } from "../store/state-notes.ts";
import {
  compare,
  type Comparison,
  type FileOfKind,
  findMoves,
  guardDeletions,
  isUnder,
  stampOf,
} from "./compare.ts";
import { driveBatches } from "./drive-batches.ts";
import type { IngestOptions } from "./options.ts";
import { hashFile } from "./read-text.ts";
import { type Failure, type IngestResult, noModelUse, type Warning } from "./result.ts";
import { noneRecorded, type RecordedCounts } from "./recorded-counts.ts";
import { checkIdentity, findVaults, type VaultPaths } from "./vault.ts";

/** Takes folders and files into the graph: what is new, changed, moved or gone since the last time. */
export async function ingest(
  paths: readonly string[],
  workspace: Workspace,
  options: IngestOptions,
): Promise<IngestResult> {
  const started = performance.now();
  const known = workspace.knownVaults();
  const vaults = findVaults(paths, known, options.vault);
  const counts = { seen: 0, new: 0, changed: 0, renamed: 0, deleted: 0, unchanged: 0, failed: 0 };
  const chunks = { new: 0, removed: 0 };
  const failures: Failure[] = [];
  const warnings: Warning[] = [];
  const skipped: { path: string; reason: string }[] = [];
  // Everything is looked at before anything is changed: a refusal leaves the graph as it was.
  const prepared: Prepared[] = [];
  for (const vault of vaults) prepared.push(await prepare(vault, workspace, options));
  for (const one of prepared) {
    const outcome = await takeIn(one, workspace, options, failures, warnings);
    counts.seen += one.files.length + one.unreadable.length;
    counts.new += outcome.recorded.new;
    counts.changed += outcome.recorded.changed;
    counts.unchanged += one.comparison.unchanged.length + outcome.recorded.unchanged;
    counts.renamed += outcome.moved;
    counts.deleted += outcome.deleted;
    chunks.new += outcome.recorded.added;
    chunks.removed += outcome.recorded.removed;
    skipped.push(...one.skipped);
  }
  failures.sort((a, b) => (a.path < b.path ? -1 : 1));
  counts.failed = failures.length;
  const graph = await workspace.store.counts();
  return {
    notes: counts,
    chunks: { total: graph.chunks, new: chunks.new, removed: chunks.removed, pending: 0 },
    graph,
    model: noModelUse,
    dropped: { entities: 0, facts: 0 },
    failures,
    warnings,
    skipped,
    seconds: Math.round(performance.now() - started) / 1000,
  };
}

interface Prepared {
  readonly startedAt: Date;
  readonly vault: VaultPaths;
  readonly files: readonly FileOfKind[];
  readonly recorded: ReadonlyMap<string, RecordedFile>;
  readonly comparison: Comparison;
  readonly moves: ReturnType<typeof findMoves>;
  readonly unreadable: readonly { path: string; message: string }[];
  readonly skipped: readonly { path: string; reason: string }[];
}

/**
 * Looks at a vault, and again when notes seem gone: a folder that is renamed meanwhile can have been seen in neither
 * of its places, and its notes would lose their nodes.
 */
async function prepare(vault: VaultPaths, workspace: Workspace, options: IngestOptions): Promise<Prepared> {
  const first = await look(vault, workspace, options);
  const prepared = lostIn(first) === 0 ? first : await look(vault, workspace, options);
  if (options.prune !== true) {
    const { recorded, files } = prepared;
    const isWhole = vault.within.includes("");
    guardDeletions(lostIn(prepared), recorded.size, files.length, isWhole, vault.name);
  }
  return prepared;
}

/** How many notes are gone; what only moved is not lost. */
function lostIn({ comparison, moves }: Prepared): number {
  return comparison.gone.length - moves.length;
}

async function look(vault: VaultPaths, workspace: Workspace, options: IngestOptions): Promise<Prepared> {
  const startedAt = options.now();
  const settings = await readObsidianSettings(vault.root);
  const isWhole = vault.within.includes("");
  // What is known from the graph alone must be read, wherever it is, before anything can be derived.
  const isUnread = workspace.hasUnread(vault.name);
  const found = await scan(vault.root, {
    settings,
    exclude: options.exclude ?? [],
    within: isWhole || isUnread ? [] : vault.within,
  });
  if (found.unreadable.some(({ path }) => path === ".")) {
    throw new KnownError(
      "VAULT_UNREADABLE",
      `${vault.root} cannot be read: check its permissions, or whether it is mounted.`,
      {
        facts: { root: vault.root },
      },
    );
  }
  const present = found.files.map((file): FileOfKind => ({
    ...file,
    kind: noteKind(file.path, settings.templateFolders),
  }));
  const recorded = workspace.recordedFiles(vault.name);
  checkIdentity(
    vault,
    workspace.knownVaults(),
    new Set(recorded.keys()),
    present.map((file) => file.path),
  );
  const files = present.filter(
    ({ path }) => !isUnread || isUnder(path, vault.within) || recorded.get(path)?.isRead === 0,
  );
  const comparison = compare(files, recorded, {
    within: vault.within,
    unreadable: found.unreadable.map((item) => item.path),
    rehash: options.rehash ?? false,
  });
  const moves = await movesAmong(comparison);
  const { unreadable, skipped } = found;
  return { startedAt, vault, files, recorded, comparison, moves, unreadable, skipped };
}

async function takeIn(
  prepared: Prepared,
  workspace: Workspace,
  options: IngestOptions,
  failures: Failure[],
  warnings: Warning[],
): Promise<{ recorded: RecordedCounts; moved: number; deleted: number }> {
  const { startedAt, vault: place, files, comparison, moves, unreadable } = prepared;
  for (const { path, message } of unreadable) failures.push({ path, kind: "unreadable", message });
  // A new folder without notes is no vault yet; a known one may have been stopped with work left.
  const isKnown = workspace.knownVaults().some((vault) => vault.name === place.name);
  if (files.length === 0 && !isKnown) return { recorded: noneRecorded, moved: 0, deleted: 0 };
  const vault = workspace.vault(place.name, place.root);
  const unread = moves.filter((move) => move.recorded.isRead === 0);
  const recorded = new Map([
    ...prepared.recorded,
    ...unread.map(({ file, recorded: note }): [string, RecordedFile] => [file.path, note]),
  ]);
  const movedPaths = new Set(moves.map((move) => move.file.path));
  const movedNotes = new Set(moves.map((move) => move.recorded.note));
  const deleted = comparison.gone.filter((note) => !movedNotes.has(note.note));
  let removed = 0;
  if (moves.length + deleted.length > 0) {
    workspace.transaction(() => {
      for (const note of deleted) removed += vault.notes.remove(note.note).removed;
      for (const { file, recorded: note } of moves) {
        vault.notes.move(note.note, file.path, file.kind, stampOf(file, startedAt));
      }
    });
  }
  const toRead = [
    ...comparison.suspect.map((item) => item.file),
    ...comparison.added.filter((file) => !movedPaths.has(file.path)),
    ...unread.map((move) => move.file),
  ];
  const counts = await driveBatches(
    toRead,
    { startedAt, recorded },
    workspace,
    vault,
    options,
    failures,
    warnings,
  );
  return {
    recorded: { ...counts, removed: counts.removed + removed },
    moved: moves.length,
    deleted: deleted.length,
  };
}

/** New files are only read twice when something went away that they could be. */
async function movesAmong({ added, gone }: Comparison): Promise<ReturnType<typeof findMoves>> {
  if (gone.length === 0 || added.length === 0) return [];
  const hashed: { file: FileOfKind; contentHash: string }[] = [];
  for (const file of added) {
    try {
      hashed.push({ file, contentHash: await hashFile(file) });
    } catch {
      // It is read again as a new note, and reported there.
    }
  }
  return findMoves(hashed, gone);
}
