import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  RoutingError,
  signalsOfHttpAnswer,
  type AttemptOutcome,
  type Deployment,
  type Router,
  type RouterSettings,
  type Signals,
} from "../../src/routing/index.ts";
import { visitedGroups } from "../../src/routing/route-state.ts";
import { deployment, scene, type Behaviour } from "./scenes.ts";
import { VirtualClock } from "./virtual-clock.ts";

const answer = (code: number, message: string, headers = {}) =>
  signalsOfHttpAnswer({ status: code, headers, body: { error: { message } } });

const failures: readonly Signals[] = [
  answer(429, "slow down"),
  answer(429, "Please retry in 3s."),
  answer(429, "Please retry in 70s."),
  answer(429, "limit: 0"),
  answer(500, "broken"),
  answer(503, "loading", { "retry-after": "2" }),
  answer(503, "overloaded"),
  answer(504, "late"),
  answer(401, "bad key"),
  answer(404, "no model"),
  answer(400, "maximum context length is 10 tokens"),
  answer(413, "too large"),
  { code: "ECONNREFUSED" },
  { code: "ECONNRESET" },
  { problem: "stream_cut" },
  { problem: "empty_answer" },
];

interface Step {
  readonly afterMs: number;
  /** Undefined answers, null is silence. */
  readonly failure: number | undefined | null;
}

const step: fc.Arbitrary<Step> = fc.record({
  afterMs: fc.constantFrom(0, 1, 20, 500, 4_000),
  failure: fc.oneof(
    { weight: 6, arbitrary: fc.nat(failures.length - 1) },
    { weight: 1, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constant(null) },
  ),
});

const script = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 30 }),
  deployments: fc.array(
    fc.record({
      group: fc.constantFrom("a", "b", "c", "d", "e"),
      order: fc.option(fc.nat(2), { nil: undefined }),
      rpm: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
      maxParallelRequests: fc.option(fc.constant(1), { nil: undefined }),
      local: fc.boolean(),
    }),
    { minLength: 1, maxLength: 7 },
  ),
  settings: fc.record({
    numRetries: fc.nat(3),
    timeoutMs: fc.constantFrom(1_000, 20_000, 60_000),
    maxFallbacks: fc.nat(4),
    disableCooldowns: fc.boolean(),
    fallbackOnRateLimit: fc.boolean(),
    retryAfterMs: fc.constantFrom(0, 700),
    strategy: fc.constantFrom(
      "simple-shuffle",
      "least-busy",
      "usage-based-routing",
      "latency-based-routing",
      "cost-based-routing",
    ),
    defaultFallbacks: fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e"), { maxLength: 4 }),
    fallbacks: fc.dictionary(
      fc.constantFrom("a", "b", "c"),
      fc.uniqueArray(fc.constantFrom("b", "c", "d", "e"), { maxLength: 3 }),
    ),
    contentPolicyFallbacks: fc.constant({ a: ["b"] }),
  }),
  requests: fc.integer({ min: 1, max: 4 }),
});

type Script = typeof script extends fc.Arbitrary<infer Value> ? Value : never;

function played(clock: VirtualClock, steps: readonly Step[]): Behaviour {
  let next = 0;
  return async (_, signal): Promise<AttemptOutcome<string>> => {
    const { afterMs, failure } = steps[next % steps.length] ?? { afterMs: 0, failure: undefined };
    next += 1;
    if (failure === null) return new Promise(() => undefined);
    await clock.sleep(afterMs, signal);
    const signals = failures[failure ?? -1];
    return signals === undefined ? { kind: "answered", answer: "fine" } : { kind: "failed", signals };
  };
}

function stage({ steps, deployments, settings }: Script) {
  const clock = new VirtualClock();
  const all: Deployment[] = deployments.map((more, index) => deployment(`d${index}`, more));
  const behaviour = played(clock, steps);
  const behaviours = Object.fromEntries(all.map(({ id }) => [id, behaviour]));
  return { ...scene(all, behaviours, settings as Partial<RouterSettings>, { clock }), all };
}

function expectNothingHeld(router: Router): void {
  for (const { phase, inFlight } of router.status()) {
    expect(phase).not.toBe("probing");
    expect(inFlight).toBe(0);
  }
}

describe("any script of failures", () => {
  it("stays within attempts, fallbacks and deadline, and visits no group twice", async () => {
    await fc.assert(
      fc.asyncProperty(script, async (one) => {
        const { begin, clock, router } = stage(one);
        const { numRetries, timeoutMs, maxFallbacks } = one.settings;
        const startedAtMs = clock.now();
        const walks = Array.from({ length: one.requests }, async () => {
          const route = await begin().then(
            (walked) => walked.route,
            (error: unknown) => {
              expect(error).toBeInstanceOf(RoutingError);
              return (error as RoutingError).route;
            },
          );
          return { route, endedAtMs: clock.now() };
        });
        for (const { route, endedAtMs } of await clock.run(Promise.all(walks))) {
          if (route === undefined) continue;
          const groups = route.attempts.map(({ group }) => group);
          const visited = visitedGroups(route);
          for (const group of visited) {
            expect(groups.filter((name) => name === group).length).toBeLessThanOrEqual(1 + numRetries);
          }
          // In one piece each: nobody comes back to a group.
          expect(groups.filter((group, place) => group !== groups[place - 1])).toEqual(visited);
          const used = visited.filter((group) => group !== route.primary).length;
          expect(used).toBeLessThanOrEqual(maxFallbacks);
          expect(endedAtMs - startedAtMs).toBeLessThanOrEqual(timeoutMs * (1 + numRetries + used));
        }
        expect(clock.sleeping).toBe(0);
        expectNothingHeld(router);
      }),
      { numRuns: 1_000, seed: 7 },
    );
  });

  it("never lets a request marked local_only reach a deployment that is not local", async () => {
    await fc.assert(
      fc.asyncProperty(script, async (one) => {
        const { begin, clock, calls, all } = stage(one);
        const walks = Array.from({ length: one.requests }, () =>
          begin({ localOnly: true }).catch((error: unknown) => error),
        );
        const ended = await clock.run(Promise.all(walks));
        const localIds = all.filter(({ local }) => local === true).map(({ id }) => id);
        for (const call of calls) expect(localIds).toContain(call.deployment);
        if (localIds.length > 0) return;
        for (const error of ended) expect(error).toMatchObject({ code: "NO_LOCAL_DEPLOYMENT", status: 503 });
      }),
      { numRuns: 1_000, seed: 11 },
    );
  });

  it("ends at once, frees everything and starts nothing more when the caller goes away", async () => {
    const leaving = fc.array(fc.constantFrom(0, 1, 30, 400, 3_000, 61_000), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(script, leaving, async (one, leavesAfterMs) => {
        const { begin, clock, calls, router } = stage(one);
        const startedAtMs = clock.now();
        const walks = leavesAfterMs.map(async (afterMs) => {
          const controller = new AbortController();
          let endedAtMs: number | undefined;
          const walking = begin({}, controller.signal).catch((error: unknown) => error);
          const ended = walking.then(() => (endedAtMs = clock.now()));
          await clock.sleep(afterMs);
          controller.abort();
          await ended;
          return { afterMs, endedAtMs };
        });
        for (const { afterMs, endedAtMs } of await clock.run(Promise.all(walks))) {
          expect((endedAtMs ?? Infinity) - startedAtMs).toBeLessThanOrEqual(afterMs);
        }
        const lastMs = Math.max(...leavesAfterMs);
        for (const { atMs } of calls) expect(atMs - startedAtMs).toBeLessThanOrEqual(lastMs);
        expect(clock.sleeping).toBe(0);
        expectNothingHeld(router);
      }),
      { numRuns: 1_000, seed: 13 },
    );
  });
});
