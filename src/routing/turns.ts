import type { Clock } from "./clock.ts";
import type { Fleet, Slot } from "./fleet.ts";
import { needOf } from "./need.ts";
import type { RouteRequest } from "./route-state.ts";
import type { Turn } from "./select.ts";

interface Waiter {
  readonly request: RouteRequest;
  readonly turns: readonly Turn[];
  /** The deployment that it is expected to get: where it counts for those behind it. */
  readonly expected: string;
  readonly tokens: number;
  readonly grant: (slot: Slot) => void;
}

/** Those who wait for capacity, first come first served over all deployments. */
export class Turns {
  readonly #fleet: Fleet;
  readonly #clock: Clock;
  readonly #waiters = new Set<Waiter>();
  #alarm: { readonly atMs: number; readonly controller: AbortController } | undefined;

  constructor(fleet: Fleet, clock: Clock) {
    this.#fleet = fleet;
    this.#clock = clock;
  }

  /** Tokens of those who are expected to get a turn at a deployment before anybody who comes now. */
  ahead(deployment: string): readonly number[] {
    if (this.#waiters.size === 0) return nobody;
    return [...this.#waiters].filter(({ expected }) => expected === deployment).map(({ tokens }) => tokens);
  }

  /** Waits for the first of these turns; undefined when the deadline passes, throws when `signal` is aborted. */
  async wait(
    turns: readonly Turn[],
    request: RouteRequest,
    deadlineMs: number,
    signal: AbortSignal,
  ): Promise<Slot | undefined> {
    signal.throwIfAborted();
    const ended = new AbortController();
    const turn = Promise.withResolvers<void>();
    let slot: Slot | undefined;
    const waiter = this.#waiterOf(turns, request, (granted) => {
      slot = granted;
      turn.resolve();
    });
    this.#waiters.add(waiter);
    const isLate = this.#clock.sleep(deadlineMs - this.#clock.now(), AbortSignal.any([signal, ended.signal]));
    isLate.catch(() => undefined);
    try {
      this.pump();
      await Promise.race([turn.promise, isLate]);
      // Turn and deadline may come in the same instant: what was granted is used or given back.
      if (slot === undefined || this.#clock.now() < deadlineMs) return slot;
      this.#fleet.giveBack(slot, this.#clock.now());
      return undefined;
    } catch (error) {
      if (slot !== undefined) this.#fleet.giveBack(slot, this.#clock.now());
      throw error;
    } finally {
      ended.abort("ended");
      this.#waiters.delete(waiter);
      this.pump();
    }
  }

  /** Gives out what has become free; called whenever something may have. */
  pump(): void {
    if (this.#waiters.size === 0) {
      this.#setAlarm(Infinity);
      return;
    }
    const nowMs = this.#clock.now();
    const taken = new Set<string>();
    let wakeAtMs = Infinity;
    for (const waiter of this.#waiters) {
      const turn = waiter.turns.find(
        ({ deployment, notBeforeMs }) =>
          notBeforeMs <= nowMs && !taken.has(deployment) && this.#isFree(deployment, waiter.request, nowMs),
      );
      if (turn !== undefined) {
        this.#waiters.delete(waiter);
        waiter.grant(this.#fleet.take(turn.deployment, waiter.request, nowMs));
        continue;
      }
      for (const { deployment, notBeforeMs } of waiter.turns) {
        if (taken.has(deployment)) continue;
        wakeAtMs = Math.min(
          wakeAtMs,
          Math.max(notBeforeMs, this.#alarmOf(deployment, waiter.request, nowMs)),
        );
        // Nobody behind may take what the first in line is too large for just now.
        if (notBeforeMs <= nowMs) taken.add(deployment);
      }
    }
    this.#setAlarm(wakeAtMs);
  }

  #waiterOf(turns: readonly Turn[], request: RouteRequest, grant: (slot: Slot) => void): Waiter {
    const [first, ...rest] = turns;
    const soonest = rest.reduce(
      (best, turn) => (turn.expectedMs < (best?.expectedMs ?? 0) ? turn : best),
      first,
    );
    const expected = soonest?.deployment ?? "";
    const need = needOf(request, this.#fleet.deployment(expected));
    return { request, turns, expected, tokens: need.inputTokens + need.outputTokens, grant };
  }

  #isFree(deployment: string, request: RouteRequest, nowMs: number): boolean {
    return this.#fleet.view(deployment, request, nowMs).blockedBy === undefined;
  }

  /** What only an event can free (a call that ends, a probe) needs no alarm. */
  #alarmOf(deployment: string, request: RouteRequest, nowMs: number): number {
    const { blockedBy, freeAtMs } = this.#fleet.view(deployment, request, nowMs);
    return blockedBy === "parallel" || blockedBy === "probing" ? Infinity : freeAtMs;
  }

  #setAlarm(atMs: number): void {
    if (this.#alarm?.atMs === atMs) return;
    this.#alarm?.controller.abort("rearmed");
    this.#alarm = undefined;
    if (atMs === Infinity) return;
    const controller = new AbortController();
    this.#alarm = { atMs, controller };
    const wake = () => {
      if (this.#alarm?.controller === controller) this.#alarm = undefined;
      this.pump();
    };
    this.#clock.sleep(Math.max(1, atMs - this.#clock.now()), controller.signal).then(wake, () => undefined);
  }
}

const nobody: readonly number[] = [];
