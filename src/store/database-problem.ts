import { accessSync, constants } from "node:fs";
import { dirname, resolve } from "node:path";
import { KnownError, UsageError } from "../errors.ts";

/** SQLite's result codes that a person can do something about; the extended ones tell two cases of one apart. */
const resultCodes = {
  busy: 5,
  readOnly: 8,
  broken: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
  movedAway: 1032,
  sharedMemoryCannotGrow: 4874,
} as const;

/** A file that cannot be opened: most are wrong usage; a full disk, a busy or a broken file are not. */
export function whyNotOpened(path: string, error: unknown): unknown {
  const [code] = codesOf(error);
  const isUsage = code !== resultCodes.busy && code !== resultCodes.corrupt && !isFull(error);
  return isUsage ? unusable(path, error) : explained(path, error);
}

/** A file that cannot be used at all: wrong usage. */
export function unusable(path: string, cause: unknown): UsageError {
  return new UsageError(
    "STORE_UNUSABLE",
    `The graph file ${path} cannot be opened (${obstacle(path, cause)}): name another with --store.`,
    { cause, facts: { path } },
  );
}

/** What SQLite said, in a sentence that says what to do; other errors as they are. */
export function explained(path: string, error: unknown): unknown {
  const say = (name: string, message: string) =>
    new KnownError(name, message, { cause: error, facts: { path } });
  const [code, extended] = codesOf(error);
  if (isFull(error)) {
    return say(
      "DISK_FULL",
      `The disk is full; ${path} keeps what was finished. Make room, then run the command again.`,
    );
  }
  if (extended === resultCodes.movedAway) {
    return say(
      "STORE_MOVED",
      `${path} was moved away or deleted during the run: run the command again, or name the file where it is with --store.`,
    );
  }
  switch (code) {
    case resultCodes.busy:
      return say(
        "STORE_BUSY",
        `${path} is being written by another run: wait for it, then run the command again.`,
      );
    case resultCodes.readOnly:
      return say(
        "STORE_READ_ONLY",
        `${path} cannot be written to: check its permissions, or name another with --store.`,
      );
    case resultCodes.broken:
      return say(
        "DISK_BROKEN",
        `The disk could not read or write ${path}, which keeps what was finished: check the disk, then run the command again.`,
      );
    case resultCodes.corrupt:
    case resultCodes.notADatabase:
      return say(
        "STORE_BROKEN",
        `${path} is damaged: move it away and ingest again; notes are never changed.`,
      );
    default:
      return error;
  }
}

/** SQLite's result code, and the extended one that it is the beginning of. */
function codesOf(error: unknown): [code: number | undefined, extended: number | undefined] {
  if (!(error instanceof Error) || !("errcode" in error)) return [undefined, undefined];
  const extended = Number(error.errcode);
  return [extended & 0xff, extended];
}

function isFull(error: unknown): boolean {
  const [code, extended] = codesOf(error);
  const system = systemCode(error);
  return (
    code === resultCodes.full ||
    extended === resultCodes.sharedMemoryCannotGrow ||
    system === "ENOSPC" ||
    system === "EDQUOT"
  );
}

/** What stands in the way: SQLite only says that it cannot. */
function obstacle(path: string, cause: unknown): string {
  const [code] = codesOf(cause);
  if (code === resultCodes.cannotOpen || code === resultCodes.readOnly) {
    const folder = dirname(resolve(path));
    const standing = { it: resolve(path), [`the folder ${folder}`]: folder };
    for (const [name, place] of Object.entries(standing)) {
      const why = whyNotWritable(place);
      if (why !== undefined) return `${name} cannot be written to: ${why}`;
    }
  }
  const said = cause instanceof Error ? cause.message : String(cause);
  const system = systemCode(cause);
  return (system === undefined ? undefined : systemSentences[system]) ?? said;
}

function whyNotWritable(place: string): string | undefined {
  try {
    accessSync(place, constants.W_OK);
    return undefined;
  } catch (error) {
    // A file that is not there yet is no obstacle; its folder may be.
    return systemSentences[systemCode(error) ?? ""];
  }
}

const systemSentences: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOTDIR: "a part of its path is no folder",
  ENAMETOOLONG: "its path is too long",
  ELOOP: "its path is a loop of symbolic links",
};

function systemCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
