import pLimit from "p-limit";
import { isEmpty, withoutLosses } from "../knowledge/patch.ts";
import type { Workspace } from "../store/open.ts";
import type { VaultState } from "../store/state.ts";
import type { RecordedFile } from "../store/state-notes.ts";
import type { Statement } from "../store/statements.ts";
import { type FileOfKind, stampOf } from "./compare.ts";
import { deriveUnits } from "./derive.ts";
import type { NoteInWork } from "./note-in-work.ts";
import type { Failure, Warning } from "./result.ts";
import { noneRecorded, type RecordedCounts } from "./recorded-counts.ts";
import type { Patch } from "../knowledge/patch.ts";
import type { DerivedFor } from "../store/state.ts";

/** What the steps work with: one vault of one workspace, and the outside world as arguments. */
export interface IngestResources {
  readonly workspace: Workspace;
  readonly vault: VaultState;
  /** The file that an input path means. */
  readonly fileOf: (path: string) => FileOfKind | undefined;
  /** Reads a note; it may come with its contribution already, when somebody else did the next steps too. */
  readonly read: (file: FileOfKind) => Promise<NoteInWork>;
  readonly recordedAt: (path: string) => RecordedFile | undefined;
  readonly now: () => Date;
  /** When the run began: no file was read before. */
  readonly startedAt: Date;
  /** Called between pieces of long work, so that progress shows and others get a turn. */
  readonly breathe: () => Promise<void>;
  /** Told the statements that were done; without it, and with a graph in a file, there are none. */
  readonly onStatements?: ((statements: readonly Statement[]) => void) | undefined;
}

const filesOpenAtOnce = 16;
const unitsDerivedAtOnce = 600;
/** Reads the files of a batch; one that cannot be read is a failure, not an end. */
export async function parseStep(
  files: readonly string[],
  resources: IngestResources,
): Promise<{ notes: NoteInWork[]; failures: Failure[]; warnings: Warning[] }> {
  const limit = pLimit(filesOpenAtOnce);
  const failures: Failure[] = [];
  const warnings: Warning[] = [];
  const read = await Promise.all(
    files.map((path) =>
      limit(async () => {
        const file = resources.fileOf(path);
        if (file === undefined) {
          failures.push({ path, kind: "unreadable", message: "it is no note of this vault" });
          return [];
        }
        try {
          const note = await resources.read(file);
          warnings.push(...note.warnings.map((message) => ({ path: file.path, message })));
          return [note];
        } catch (error) {
          failures.push({ path: file.path, kind: "unreadable", message: reasonOf(error) });
          return [];
        }
      }),
    ),
  );
  return { notes: read.flat(), failures, warnings };
}

/** Cuts notes into chunks; those that a reader beside us has taken further are left as they are. */
export async function chunkStep(notes: readonly NoteInWork[]): Promise<readonly NoteInWork[]> {
  if (notes.every((note) => note.parsed === undefined)) return notes;
  const { chunk } = await import("./read-note.ts");
  return notes.map(chunk);
}

/** What notes say by their structure alone. */
export async function structureStep(notes: readonly NoteInWork[]): Promise<readonly NoteInWork[]> {
  if (notes.every((note) => note.chunks === undefined)) return notes;
  const { extractStructure } = await import("./read-note.ts");
  return notes.map(extractStructure);
}

/** Keeps what the notes say, in one transaction; a note that says what it said is only stamped. */
export function recordStep(notes: readonly NoteInWork[], resources: IngestResources): RecordedCounts {
  const { workspace, vault } = resources;
  const now = resources.now();
  return workspace.transaction(() =>
    notes.reduce<RecordedCounts>((counts, { file, contribution, named }) => {
      if (contribution === undefined) return counts;
      const stamp = stampOf(file, resources.startedAt);
      const recorded = resources.recordedAt(file.path);
      const isSame = recorded?.contentHash === contribution.contentHash;
      if (recorded !== undefined && isSame && recorded.isRead === 1) {
        if (recorded.kind === file.kind) vault.notes.stamp(recorded.note, stamp);
        else vault.notes.move(recorded.note, file.path, file.kind, stamp);
        return { ...counts, unchanged: counts.unchanged + 1 };
      }
      const change = vault.notes.record(contribution, stamp, now.toISOString(), named);
      return {
        ...counts,
        new: counts.new + (recorded === undefined ? 1 : 0),
        changed: counts.changed + (recorded === undefined || isSame ? 0 : 1),
        unchanged: counts.unchanged + (isSame && recorded?.path === file.path ? 1 : 0),
        added: counts.added + change.added,
        removed: counts.removed + change.removed,
      };
    }, noneRecorded),
  );
}

/**
 * Derives the next owners' rows against those that stand. While more notes are to come only their texts are
 * derived; then it is decided what names and links mean, and everything is.
 */
export async function deriveStep(
  { workspace, vault, breathe }: IngestResources,
  moreToCome: boolean,
): Promise<{ patch: Patch; derived: readonly DerivedFor[] }> {
  if (!moreToCome) {
    await vault.decide(breathe);
    await breathe();
  }
  const units = vault.nextUnits(unitsDerivedAtOnce);
  const { patch, derived } = deriveUnits(units, vault.view(units), {
    appliedOf: (owner) => workspace.standing.appliedOf(owner),
    rekeysOf: (owner) => vault.rekeysOf(owner),
  });
  return { patch: workspace.hasUnread(vault.name) ? withoutLosses(patch) : patch, derived };
}

/** Writes the Cypher that brings the patch into a graph in Neo4j. */
export async function cypherStep(
  patch: Patch | undefined,
  { workspace, onStatements }: IngestResources,
): Promise<{ statements: readonly Statement[] }> {
  const isAsked = workspace.writesCypher || onStatements !== undefined;
  return { statements: patch !== undefined && isAsked ? await workspace.statements(patch) : [] };
}

/** Brings the patch into the graph. */
export async function writeStep(
  patch: Patch | undefined,
  derived: readonly DerivedFor[],
  statements: readonly Statement[],
  resources: IngestResources,
): Promise<void> {
  if (patch === undefined || (isEmpty(patch) && derived.length === 0)) return;
  await resources.workspace.settle(resources.vault, patch, derived, statements);
  resources.onStatements?.(statements);
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "EACCES" || code === "EPERM") return "permission denied";
  if (code === "ENOENT") return "it vanished while being read";
  return error instanceof Error ? error.message : String(error);
}
