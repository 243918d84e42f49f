import { execFile } from "node:child_process";
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { ownTables } from "./database.ts";
import { schemaVersion } from "./schema.ts";

/** A graph's file or a state file, looked at and not changed. */
export type FileCheckup =
  | { readonly kind: "missing" | "old" | "new" | "foreign" }
  | { readonly kind: "damaged" | "unreadable"; readonly reason: string }
  /** `isWhole`: all of it was read; else the time did not suffice. */
  | { readonly kind: "ok"; readonly notes: number; readonly isWhole: boolean };

/** What the other process says, a line of JSON each: what the file is, then whether it is whole. */
const look = `
const { DatabaseSync } = require("node:sqlite");
const say = (words) => console.log(JSON.stringify(words));
try {
  const file = new DatabaseSync(process.argv[1], { readOnly: true });
  file.exec("PRAGMA busy_timeout = 2000");
  const tables = file.prepare("SELECT name FROM sqlite_master").all().map(({ name }) => name);
  const version = file.prepare("PRAGMA user_version").get().user_version;
  const isOurs = JSON.parse(process.argv[2]).every((name) => tables.includes(name));
  const notes = isOurs ? file.prepare("SELECT count(*) AS notes FROM note WHERE size IS NOT NULL").get().notes : 0;
  say({ tables: tables.length, version, isOurs, notes });
  if (isOurs) say({ problems: file.prepare("PRAGMA quick_check(3)").all().map((row) => Object.values(row).join()) });
} catch (error) {
  say({ error: error.message, code: (error.errcode ?? 0) & 255 });
}`;

interface Said {
  readonly tables?: number;
  readonly version?: number;
  readonly isOurs?: boolean;
  readonly notes?: number;
  readonly problems?: readonly string[];
  readonly error?: string;
  readonly code?: number;
}

/** SQLite's codes of a file that is broken inside, or no database at all. */
const brokenCodes = new Set([11, 26]);

/** Reads a file through, in another process: SQLite can be stopped in no other way when the time is up. */
export async function fileCheckup(path: string, limitMs: number): Promise<FileCheckup> {
  if (!existsSync(path)) return { kind: "missing" };
  const obstacle = whyNotUsable(path);
  if (obstacle !== undefined) return { kind: "unreadable", reason: obstacle };
  const said = Object.assign({}, ...(await saidOf(path, limitMs))) as Said;
  if (said.error !== undefined) {
    return { kind: brokenCodes.has(said.code ?? 0) ? "damaged" : "unreadable", reason: said.error };
  }
  if (said.isOurs === undefined)
    return { kind: "unreadable", reason: `nothing was read within ${limitMs / 1_000} s` };
  if (said.tables === 0) return { kind: "missing" };
  if (!said.isOurs) return { kind: "foreign" };
  if (said.version !== undefined && said.version > schemaVersion) return { kind: "new" };
  if (said.version !== undefined && said.version < schemaVersion) return { kind: "old" };
  const [problem] = (said.problems ?? []).filter((text) => text !== "ok");
  if (problem !== undefined) return { kind: "damaged", reason: problem };
  return { kind: "ok", notes: said.notes ?? 0, isWhole: said.problems !== undefined };
}

function saidOf(path: string, limitMs: number): Promise<Said[]> {
  const words = ["--no-warnings", "-e", look, "--", resolve(path), JSON.stringify(ownTables)];
  return new Promise((done) => {
    execFile(process.execPath, words, { timeout: limitMs, killSignal: "SIGKILL" }, (_, stdout) => {
      // The last one may be half a line.
      const lines = stdout.split("\n").slice(0, -1);
      done(lines.map((line) => JSON.parse(line) as Said));
    });
  });
}

/** A graph that may not be written to cannot be read either: SQLite keeps files beside it. */
function whyNotUsable(path: string): string | undefined {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return statSync(path).isDirectory() ? "it is a folder" : undefined;
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : String(error);
  }
}
