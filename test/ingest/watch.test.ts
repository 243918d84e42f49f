import fc from "fast-check";
import { mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { openToIngest } from "../../src/app.ts";
import { ingest } from "../../src/ingest/run.ts";
import { type ChangeListener, watch, type WatchClock } from "../../src/ingest/watch.ts";
import { defaultPace } from "../../src/ingest/watch-state.ts";
import { compareExports } from "../../src/store/compare-exports.ts";
import { temporaryFolder } from "../support/folder.ts";
import { emptyGraph, exportOf, takeIn } from "../support/graph.ts";
import { randomNumbers } from "../support/random-numbers.ts";
import { afterSteps, type Notes, startingNotes, step } from "../support/random-history.ts";

const isSoak = process.env["SOAK"] === "1";
const saves = isSoak ? 2_000 : 200;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Something that happens at a time of the simulated day. */
interface Happening {
  readonly at: number;
  readonly happen: () => void | Promise<void>;
}

/** A clock that jumps to whatever happens next; nothing waits. */
class SimulatedClock implements WatchClock {
  readonly #happenings: Happening[];
  #now = 0;

  constructor(happenings: readonly Happening[]) {
    this.#happenings = happenings.toSorted((a, b) => a.at - b.at);
  }

  now(): number {
    return this.#now;
  }

  async sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    await this.advanceTo(this.#now + milliseconds, signal);
  }

  /** Lets everything happen up to a time, unless the signal is aborted by it. */
  async advanceTo(time: number, signal?: AbortSignal): Promise<void> {
    for (let next = this.#happenings[0]; next !== undefined && next.at <= time; next = this.#happenings[0]) {
      this.#happenings.shift();
      this.#now = Math.max(this.#now, next.at);
      await next.happen();
      if (signal?.aborted === true) return;
    }
    this.#now = Math.max(this.#now, time);
  }
}

/** A folder of notes with a life of its own: each call is the next save, rename, deletion … of a random history. */
function livingFolder(folder: string, saves: number, startedAt: number) {
  const steps = fc.sample(step, { numRuns: saves, seed: 5 });
  const [start] = fc.sample(startingNotes, { numRuns: 1, seed: 5 });
  // Never all of them go: the guard against an unmounted folder is another test's.
  const always: Notes = new Map([["Always.md", "Always here, with [[Ana]]"]]);
  let history: Notes[] = [new Map([...(start ?? []), ...always])];
  const lay = (next: Notes, at: number) => {
    const before = history.at(-1) ?? new Map<string, string>();
    for (const path of before.keys()) if (!next.has(path)) rmSync(join(folder, path));
    for (const [path, text] of next) {
      if (before.get(path) === text) continue;
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
      const time = new Date(startedAt + at);
      utimesSync(join(folder, path), time, time);
    }
    history = [...history.slice(-2), next];
  };
  const first = history[0] ?? always;
  history = [];
  lay(first, 0);
  return {
    save(index: number, at: number): void {
      const one = steps[index];
      if (one !== undefined) lay(new Map([...afterSteps(history, [one]), ...always]), at);
    },
  };
}

/** Memory in use when nothing is left to collect, in MB. */
function memoryMb(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1e6;
}

test(
  `24 hours with ${saves} saves, in bursts, during runs and unseen by the watcher: nothing is missed, memory stays flat`,
  { timeout: 900_000 },
  async () => {
    const folder = temporaryFolder();
    const file = join(temporaryFolder(), "graph.sqlite");
    const startedAt = Date.now() - dayMs;
    const living = livingFolder(folder, saves, startedAt);
    let listener: ChangeListener | undefined;
    const waiting: number[] = [];
    const delays: number[] = [];
    const memory: number[] = [];
    let checks = 0;
    const random = randomNumbers(3);

    // Saves come in the first three quarters of an hour, some of them within one second; one in twenty is not told.
    const happenings: Happening[] = [];
    for (let index = 0; index < saves;) {
      const burst = random() < 0.3 ? 2 + Math.floor(8 * random()) : 1;
      const begin = Math.floor(24 * random()) * hourMs + 0.75 * hourMs * random();
      for (let inBurst = 0; inBurst < burst && index < saves; inBurst++, index++) {
        const at = begin + inBurst * 150 * random();
        happenings.push({ at, happen: () => {} });
      }
    }
    happenings.sort((a, b) => a.at - b.at);
    const told = happenings.map(({ at }, index): Happening => {
      const isTold = random() >= 0.05;
      return {
        at,
        happen: () => {
          living.save(index, at);
          if (!isTold) return;
          waiting.push(at);
          listener?.changed();
        },
      };
    });
    const expectFresh = async () => {
      const workspace = await openToIngest(file, undefined);
      const fresh = emptyGraph();
      await takeIn(folder, fresh);
      expect(compareExports(await exportOf(workspace), await exportOf(fresh))).toEqual([]);
      await fresh.close();
      await workspace.close();
      checks += 1;
      memory.push(memoryMb());
    };
    const hours = Array.from({ length: 24 }, (_, hour): Happening => ({
      at: (hour + 0.999) * hourMs,
      happen: expectFresh,
    }));
    const stop = new AbortController();
    const end: Happening = {
      at: dayMs,
      happen: () => {
        // Saved so late that no watcher has told it yet.
        writeFileSync(join(folder, "Last.md"), "Last words to [[Ana]]");
        stop.abort();
      },
    };
    const clock = new SimulatedClock([...told, ...hours, end]);

    const isInGraph = await watch({
      open: (told) => {
        listener = told;
        return { refresh: async () => {}, close: () => (listener = undefined) };
      },
      takeIn: async () => {
        delays.push(...waiting.splice(0).map((at) => clock.now() - at));
        const workspace = await openToIngest(file, undefined);
        await ingest([folder], workspace, {
          vault: "vault",
          now: () => new Date(startedAt + clock.now()),
        });
        await workspace.close();
        // A run takes its time, and saving goes on meanwhile.
        await clock.advanceTo(clock.now() + 400 * random());
        return true;
      },
      onReady: () => {},
      onUnwatchable: () => {},
      clock,
      signal: stop.signal,
    });

    expect(isInGraph).toBe(true);
    expect(checks).toBe(24);
    await expectFresh();
    expect(delays.length).toBeGreaterThan(0.9 * saves);
    expect(Math.max(...delays)).toBeLessThanOrEqual(defaultPace.longestMs + 400);
    expect(waiting).toEqual([]);
    expect((memory.at(-1) ?? Infinity) - (memory[6] ?? 0)).toBeLessThan(isSoak ? 8 : 4);
  },
);
