import { type ChildProcess, spawn } from "node:child_process";
import { join, resolve } from "node:path";
import { expect, onTestFinished } from "vitest";
import { defaultStorePath, openToIngest } from "../../src/app.ts";
import type { IngestResult } from "../../src/ingest/result.ts";
import type { IngestOptions } from "../../src/ingest/options.ts";
import { ingest } from "../../src/ingest/run.ts";
import type { ExportLine } from "../../src/store/export-jsonl.ts";

export const checkout = join(import.meta.dirname, "../..");
export const program = join(checkout, "bin/neo4j-langgraph.js");
export const exampleNotes = join(checkout, "examples/notes");

/** How a process ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** Working directory. */
  readonly in: string;
  /** Variables beside PATH, HOME and NO_COLOR. */
  readonly env?: Readonly<Record<string, string>>;
  readonly node?: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves as soon as stderr has the text so many times, or the process has ended. */
  said(text: string, times?: number): Promise<void>;
}

/** Starts the program as a process of its own, with nothing of the tests' environment, and stdin closed. */
export function start(words: readonly string[], options: RunOptions): Running {
  return startFile(options.node ?? process.execPath, [program, ...words], options);
}

export function startFile(file: string, words: readonly string[], options: RunOptions): Running {
  const path = `${join(process.execPath, "..")}:${process.env["PATH"] ?? ""}`;
  const child = spawn(file, [...words], {
    cwd: options.in,
    env: { PATH: path, HOME: options.in, NO_COLOR: "1", ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  let [stdout, stderr] = ["", ""];
  const waiting: { text: string; times: number; resolve: () => void }[] = [];
  const hasSaid = (text: string, times: number) => stderr.split(text).length > times;
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    for (const one of waiting) if (hasSaid(one.text, one.times)) one.resolve();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      for (const one of waiting) one.resolve();
      resolve({ code, signal, stdout, stderr });
    });
  });
  return {
    child,
    ended,
    said: (text, times = 1) =>
      new Promise((resolve) => {
        if (hasSaid(text, times) || child.exitCode !== null) resolve();
        else waiting.push({ text, times, resolve });
      }),
  };
}

/** Runs the program to its end. */
export function run(words: readonly string[], options: RunOptions): Promise<Ended> {
  return start(words, options).ended;
}

/**
 * Takes notes into the graph of a working directory, or into another file there: within this process, which is
 * five times quicker than the command, for what a test begins with or compares with.
 */
export async function prepare(
  folder: string,
  paths: string | readonly string[],
  { store = defaultStorePath, ...options }: Partial<IngestOptions> & { readonly store?: string } = {},
): Promise<IngestResult> {
  const workspace = await openToIngest(join(folder, store), undefined);
  try {
    const absolute = [paths].flat().map((path) => resolve(folder, path));
    return await ingest(absolute, workspace, { now: () => new Date(), ...options });
  } finally {
    await workspace.close();
  }
}

/** `ingest --json`, which must end with the exit code. */
export async function ingestJson(
  words: readonly string[],
  options: RunOptions & { readonly code?: number },
): Promise<IngestResult> {
  const ended = await run(["ingest", ...words, "--json"], options);
  expect(ended, ended.stderr).toMatchObject({ code: options.code ?? 0 });
  return JSON.parse(ended.stdout) as IngestResult;
}

/** `export`, line by line. */
export async function exported(options: RunOptions, ...words: readonly string[]): Promise<ExportLine[]> {
  const ended = await run(["export", ...words], options);
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  return ended.stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as ExportLine);
}

/** Paths of the notes in an export that have a file. */
export function notePaths(lines: readonly ExportLine[]): string[] {
  return lines
    .flatMap((line) =>
      line.kind === "node" && line.labels[0] === "Note" && line.properties["stub"] !== true
        ? [String(line.properties["path"])]
        : [],
    )
    .toSorted();
}

/** Expects an error as a person should see it: the exit code, one line on stderr, nothing on stdout. */
export function expectSentence(ended: Ended, code: number, ...parts: readonly string[]): void {
  expect(ended, ended.stderr).toMatchObject({ code, stdout: "" });
  expect(ended.stderr).toMatch(/^[^\n]+\n$/);
  expect(ended.stderr).not.toMatch(/\bat .+:\d+:\d+/);
  for (const part of parts) expect(ended.stderr).toContain(part);
}
