import { existsSync } from "node:fs";
import { join } from "node:path";
import { openToIngest, type PlaceOptions } from "../src/app.ts";
import { KnownError } from "../src/errors.ts";
import type { Failure, IngestResult } from "../src/ingest/result.ts";
import { ingest } from "../src/ingest/run.ts";
import type { VaultPaths } from "../src/ingest/vault.ts";
import type { IngestCommandOptions } from "./ingest.ts";
import { changesOf, inSeconds } from "./ingest-summary.ts";
import { plain, print, remark } from "./output.ts";

/** What a watch was given by its first run. */
export interface WatchedGraph {
  readonly vaults: readonly VaultPaths[];
  readonly location: string;
  readonly place: PlaceOptions;
  /** Notes that the first run could not read, and said so. */
  readonly failures: readonly Failure[];
}

/** What came of the vaults in one round. */
interface Round {
  /** What goes wrong, by what makes two of them the same: counts in a sentence can differ from run to run. */
  readonly problems: Map<string, string>;
  readonly failures: Failure[];
  /** Whether everything that was saved is in the graph now, but for notes that cannot be read. */
  isDone: boolean;
}

const mostListed = 10;

/**
 * The runs of a watch, and what is said of them. The graph is opened for each run alone: in between, other runs,
 * questions and copies of the file find nobody in their way. What goes wrong is said once, not at every run.
 */
export class WatchRuns {
  readonly #graph: WatchedGraph;
  readonly #options: IngestCommandOptions;
  #standing: ReadonlySet<string>;
  #unreadable: ReadonlySet<string>;

  constructor(graph: WatchedGraph, options: IngestCommandOptions) {
    this.#graph = graph;
    this.#options = options;
    this.#standing = new Set(graph.failures.map(({ path }) => path));
    this.#unreadable = new Set(graph.failures.map(({ path }) => path));
  }

  /** Takes in what changed in every vault; resolves to whether everything is in the graph. */
  async takeIn(): Promise<boolean> {
    const round: Round = { problems: new Map(), failures: [], isDone: true };
    // One vault that is not there, or a guard that holds it, does not keep the others waiting.
    for (const vault of this.#graph.vaults) await this.#takeInVault(vault, round);
    for (const failure of round.failures) {
      // A note can be away while it is saved, moved or synced: it is told when it still is in the next run, soon.
      if (this.#unreadable.has(failure.path)) round.problems.set(failure.path, unreadableSentence(failure));
      else round.isDone = false;
    }
    this.#unreadable = new Set(round.failures.map(({ path }) => path));
    this.#tell(round.problems);
    return round.isDone;
  }

  async #takeInVault(vault: VaultPaths, round: Round): Promise<void> {
    const paths = vault.within.map((part) => join(vault.root, part));
    const present = paths.filter((path) => existsSync(path));
    for (const path of paths)
      if (!present.includes(path))
        round.problems.set(path, `${path} is not there: what is known of it stays.`);
    if (present.length === 0) {
      round.isDone = false;
      return;
    }
    try {
      const result = await this.#run(present);
      round.failures.push(...result.failures);
      this.#report(result);
    } catch (error) {
      round.isDone = false;
      const sentence = whyNot(error);
      round.problems.set(error instanceof KnownError ? `${vault.name} ${error.code}` : sentence, sentence);
    }
  }

  async #run(paths: readonly string[]): Promise<IngestResult> {
    const { vault, exclude } = this.#options;
    const workspace = await openToIngest(this.#graph.location, undefined, this.#graph.place);
    try {
      // What a person allows or asks for once, --prune and --rehash, is not asked for at every save.
      return await ingest(paths, workspace, { vault, exclude, now: () => new Date() });
    } finally {
      await workspace.close();
    }
  }

  #report(result: IngestResult): void {
    const changes = changesOf(result);
    if (changes.length === 0) return;
    if (this.#options.json === true) print(JSON.stringify(result));
    remark(stamped(`${changes.join(", ")} in ${inSeconds(result.seconds)}`), this.#options);
  }

  #tell(problems: ReadonlyMap<string, string>): void {
    const fresh = [...problems].flatMap(([key, sentence]) => (this.#standing.has(key) ? [] : [sentence]));
    const shown = this.#options.verbose === true ? fresh : fresh.slice(0, mostListed);
    for (const problem of shown) remark(stamped(problem));
    if (shown.length < fresh.length)
      remark(stamped(`… and ${fresh.length - shown.length} more (--verbose lists all)`));
    if (problems.size === 0 && this.#standing.size > 0)
      remark(stamped("Everything can be taken in again."), this.#options);
    this.#standing = new Set(problems.keys());
  }
}

/** A line of the log of a watch: the time of day first. */
export function stamped(text: string): string {
  return `${new Date().toTimeString().slice(0, 8)}  ${plain(text)}`;
}

function unreadableSentence({ path, message }: Failure): string {
  return `${path} could not be read and is kept as it was known: ${message}`;
}

function whyNot(error: unknown): string {
  if (error instanceof KnownError && error.code === "STORE_LOCKED")
    return "Another run is bringing notes into the graph: what is saved meanwhile is taken in after it.";
  return error instanceof Error ? error.message : String(error);
}
