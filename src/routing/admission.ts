import { deadlineOf } from "./budgets.ts";
import type { Clock } from "./clock.ts";
import { sleepUntil } from "./desk.ts";
import type { RouterSettings } from "./policy.ts";
import type { RouteState } from "./route-state.ts";
import type { RouteProblem } from "./routing-error.ts";
import { SlidingWindow } from "./window.ts";

/** The limit of requests a minute over all deployments. */
export class Admission {
  readonly #settings: RouterSettings;
  readonly #clock: Clock;
  /** Places are given out in advance: the newest may lie ahead. */
  readonly #window = new SlidingWindow();

  constructor(settings: RouterSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
  }

  /** Waits for a place; undefined when it would come after the deadline, throws when `signal` is aborted. */
  async enter(state: RouteState, signal: AbortSignal): Promise<RouteState | undefined> {
    const turnMs = this.#turnMs();
    if (turnMs >= deadlineOf(state, this.#settings)) return undefined;
    const correct = this.#window.add(this.#clock.now(), 0, turnMs);
    try {
      return await sleepUntil(this.#clock, { ...state, isAdmitted: true }, turnMs, signal);
    } catch (error) {
      correct(undefined);
      throw error;
    }
  }

  /** What is said to a request that cannot enter in time. */
  problem(state: RouteState): RouteProblem {
    const retryAfterMs = this.#turnMs() - this.#clock.now();
    const limit = this.#settings.requestsPerMinute;
    const message = `${state.request.model}: the limit of ${limit} requests a minute over all models is used up.`;
    return { code: "NO_CAPACITY", status: 429, message, ...(retryAfterMs < Infinity && { retryAfterMs }) };
  }

  #turnMs(): number {
    const limits = { requests: this.#settings.requestsPerMinute, tokens: undefined };
    return this.#window.turnMs(this.#clock.now(), limits, 0);
  }
}
