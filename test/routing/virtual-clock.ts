import type { Clock } from "../../src/routing/index.ts";

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

/** A clock that moves only when everybody sleeps: tests of hours take milliseconds. */
export class VirtualClock implements Clock {
  #nowMs: number;
  readonly #sleepers = new Set<Sleeper>();

  constructor(nowMs = Date.parse("2026-11-25T12:00:00Z")) {
    this.#nowMs = nowMs;
  }

  readonly now = (): number => this.#nowMs;

  readonly sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason);
        return;
      }
      const onAbort = () => {
        this.#sleepers.delete(sleeper);
        reject(signal?.reason);
      };
      const wake = () => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      };
      const sleeper = { atMs: this.#nowMs + Math.max(0, ms), wake };
      this.#sleepers.add(sleeper);
      signal?.addEventListener("abort", onAbort, { once: true });
    });

  /** Lets time pass until the promise has settled. */
  async run<Result>(promise: Promise<Result>): Promise<Result> {
    let isSettled = false;
    const settled = () => {
      isSettled = true;
    };
    promise.then(settled, settled);
    for (let steps = 0; steps < 1_000_000; steps += 1) {
      await idle();
      if (isSettled) return promise;
      this.#advanceTo(this.#nextMs());
    }
    throw new Error("The promise never settled.");
  }

  /** Lets `ms` pass. */
  async pass(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await idle();
    while (this.#nextMs() <= untilMs) {
      this.#advanceTo(this.#nextMs());
      await idle();
    }
    this.#nowMs = untilMs;
  }

  get sleeping(): number {
    return this.#sleepers.size;
  }

  #nextMs(): number {
    return [...this.#sleepers].reduce((least, { atMs }) => Math.min(least, atMs), Infinity);
  }

  #advanceTo(atMs: number): void {
    if (atMs === Infinity) throw new Error("Everybody waits and nobody sleeps.");
    this.#nowMs = atMs;
    for (const sleeper of this.#sleepers) {
      if (sleeper.atMs > atMs) continue;
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
  }
}

/** All microtasks have run. */
function idle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
