import { KnownError } from "../errors.ts";
import type { NoteKind } from "../knowledge/contribution.ts";
import type { NoteFile } from "../notes/scan.ts";
import type { FileStamp, RecordedFile } from "../store/state-notes.ts";

/** A scanned file with the kind of note that its path makes it. */
export interface FileOfKind extends NoteFile {
  readonly kind: NoteKind;
}

/** What a scan shows against what was recorded. */
export interface Comparison {
  readonly unchanged: readonly FileOfKind[];
  /** Recorded, and its size, time or inode is another: it must be read to know. */
  readonly suspect: readonly { readonly file: FileOfKind; readonly recorded: RecordedFile }[];
  readonly added: readonly FileOfKind[];
  readonly gone: readonly RecordedFile[];
}

export interface Scope {
  readonly within: readonly string[];
  /** Files and folders that could not be read: what is known of them stays. */
  readonly unreadable: readonly string[];
  readonly rehash: boolean;
}

/** Compares by size, time and inode, without reading anything. */
export function compare(
  files: readonly FileOfKind[],
  recorded: ReadonlyMap<string, RecordedFile>,
  scope: Scope,
): Comparison {
  const unchanged: FileOfKind[] = [];
  const suspect: { file: FileOfKind; recorded: RecordedFile }[] = [];
  const added: FileOfKind[] = [];
  const present = new Set<string>();
  for (const file of files) {
    present.add(file.path);
    const standing = recorded.get(file.path);
    if (standing === undefined) added.push(file);
    else if (!scope.rehash && isSame(file, standing)) unchanged.push(file);
    else suspect.push({ file, recorded: standing });
  }
  const gone = [...recorded.values()].filter(
    ({ path }) => !present.has(path) && isUnder(path, scope.within) && !isUnder(path, scope.unreadable),
  );
  return { unchanged, suspect, added, gone };
}

const timestampDoubtMs = 2_000;

/**
 * By what a file is known again without being read. One saved shortly before it was read, or after, could have
 * been saved again within the same time stamp: it gets an inode that no file has, and is read again next time.
 */
export function stampOf({ size, modifiedMs, inode }: FileOfKind, startedAt: Date): FileStamp {
  const isDoubtful = modifiedMs > startedAt.getTime() - timestampDoubtMs;
  return { size, modifiedMs, inode: isDoubtful ? 0 : inode };
}

/** Pairs files that came with files that went by equal content: first by base name, then in path order. */
export function findMoves(
  added: readonly { readonly file: FileOfKind; readonly contentHash: string }[],
  gone: readonly RecordedFile[],
): { readonly file: FileOfKind; readonly recorded: RecordedFile }[] {
  const moves: { file: FileOfKind; recorded: RecordedFile }[] = [];
  const goneByHash = Map.groupBy(gone, (note) => note.contentHash);
  for (const [hash, arrivals] of Map.groupBy(added, (item) => item.contentHash)) {
    const left = new Set((goneByHash.get(hash) ?? []).toSorted(byPath));
    const waiting = new Set(arrivals.map((item) => item.file).toSorted(byPath));
    const pair = (matches: (file: FileOfKind, note: RecordedFile) => boolean) => {
      for (const file of waiting) {
        const recorded = left.values().find((note) => matches(file, note));
        if (recorded === undefined) continue;
        left.delete(recorded);
        waiting.delete(file);
        moves.push({ file, recorded });
      }
    };
    pair((file, note) => baseName(file.path) === baseName(note.path));
    // The same text is read otherwise as Markdown than as plain text.
    pair((file, note) => isPlainText(file.path) === isPlainText(note.path));
  }
  return moves;
}

/** An unmounted folder must not wipe a graph: too many notes gone at once is an error, unless the user says so. */
export function guardDeletions(
  lost: number,
  recorded: number,
  found: number,
  isWholeVault: boolean,
  vault: string,
): void {
  const isEmpty = isWholeVault && found === 0 && recorded > 0;
  if (!isEmpty && !(lost >= 20 && lost * 2 > recorded)) return;
  throw new KnownError(
    "TOO_MANY_GONE",
    `${isEmpty ? "All" : `${lost} of`} ${recorded} notes of the vault "${vault}" are gone or left out now, so nothing ` +
      "was changed: is the folder mounted? If they shall go from the graph, run it again with --prune.",
    { facts: { vault, lost, recorded } },
  );
}

/** Whether a path is one of these, or inside one; an empty one contains everything. */
export function isUnder(path: string, places: readonly string[]): boolean {
  return places.some(
    (place) => place === "" || place === "." || path === place || path.startsWith(`${place}/`),
  );
}

function isSame(file: FileOfKind, standing: RecordedFile): boolean {
  return (
    file.size === standing.size &&
    file.modifiedMs === standing.modifiedMs &&
    file.inode === standing.inode &&
    file.kind === standing.kind
  );
}

function isPlainText(path: string): boolean {
  return path.toLowerCase().endsWith(".txt");
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function byPath(a: { path: string }, b: { path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
