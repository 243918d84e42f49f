import { describe, expect, it } from "vitest";
import { createMemoryLedger, type RoutingError } from "../../src/routing/index.ts";
import {
  deployment,
  gemini,
  guideSettings,
  inTurn,
  localai,
  ok,
  scene,
  status,
  type Behaviour,
  type Call,
} from "./scenes.ts";
import { VirtualClock } from "./virtual-clock.ts";

const minuteMs = 60_000;

/** The most calls that reached a deployment in any `spanMs`. */
function most(calls: readonly Call[], id: string, spanMs: number): number {
  const times = calls.filter((call) => call.deployment === id).map(({ atMs }) => atMs);
  return Math.max(
    0,
    ...times.map((from) => times.filter((atMs) => atMs >= from && atMs < from + spanMs).length),
  );
}

const slow =
  (clock: VirtualClock, ms: number): Behaviour =>
  async (_, signal) => {
    await clock.sleep(ms, signal);
    return { kind: "answered", answer: "fine", usage: { inputTokens: 10, outputTokens: 5 } };
  };

const settle = (promises: readonly Promise<unknown>[]) => Promise.allSettled(promises);
const times = (count: number) => Array.from({ length: count }, (_, index) => index);

describe("rpm 5 and 50 calls at once", () => {
  it("lets 5 through and the rest fall back without waiting", async () => {
    const { begin, calls, clock } = scene([gemini({ rpm: 5 }), localai()], {}, guideSettings);
    const startedAtMs = clock.now();
    const ended = await clock.run(settle(times(50).map(() => begin())));
    expect(ended.every(({ status }) => status === "fulfilled")).toBe(true);
    expect(calls.filter((call) => call.deployment === "gemini-flash")).toHaveLength(5);
    expect(clock.now()).toBe(startedAtMs);
  });

  it("makes them wait their turn where there is no fallback, and tells those at once whose turn is too late", async () => {
    const { begin, calls, clock } = scene([gemini({ rpm: 5 })], {});
    const startedAtMs = clock.now();
    const failedAtMs: number[] = [];
    const errors: RoutingError[] = [];
    const all = times(50).map(() =>
      begin().catch((error: unknown) => {
        failedAtMs.push(clock.now() - startedAtMs);
        errors.push(error as RoutingError);
      }),
    );
    await clock.run(Promise.all(all));
    expect(most(calls, "gemini-flash", minuteMs)).toBe(5);
    // A deadline of 180 s holds three windows: 0, 60 and 120 s.
    expect(calls).toHaveLength(15);
    expect(errors).toHaveLength(35);
    expect(new Set(failedAtMs)).toEqual(new Set([0]));
    for (const error of errors) expect(error).toMatchObject({ code: "NO_CAPACITY", status: 429 });
    const longest = Math.max(...errors.map(({ retryAfterMs }) => retryAfterMs ?? 0));
    expect(longest).toBeGreaterThanOrEqual(180_000);
    expect(longest).toBeLessThan(182_000);
  });

  it("never overruns with calls that come at odd times, fail, or go away", async () => {
    const clock = new VirtualClock();
    const { begin, calls } = scene(
      [
        deployment("a", { group: "g", rpm: 5 }),
        deployment("b", { group: "g", rpm: 7, maxParallelRequests: 2 }),
      ],
      { a: slow(clock, 700), b: inTurn(status(500), slow(clock, 1_300)) },
      {},
      { clock },
    );
    const walks: Promise<unknown>[] = [];
    for (const number of times(60)) {
      const controller = new AbortController();
      walks.push(begin({ model: "g", deadlineMs: 200_000 }, controller.signal).catch(() => undefined));
      await clock.pass(number * 37);
      if (number % 7 === 0) controller.abort();
    }
    await clock.run(Promise.all(walks));
    expect(most(calls, "a", minuteMs)).toBeLessThanOrEqual(5);
    expect(most(calls, "b", minuteMs)).toBeLessThanOrEqual(7);
    expect(calls.length).toBeGreaterThan(40);
    expect(clock.sleeping).toBe(0);
  });
});

describe("tokens a minute", () => {
  it("are reserved before the call and settled by what was really used", async () => {
    const limits = { tpm: 1_000 };
    const { begin, calls, clock } = scene([gemini(limits)], {});
    const walks = times(4).map(() => begin({ inputTokens: 100, maxOutputTokens: 300, deadlineMs: 30_000 }));
    const ended = await clock.run(settle(walks));
    // 400 each: two at once; their 15 used tokens make room for the others.
    expect(calls).toHaveLength(4);
    expect(ended.filter(({ status }) => status === "fulfilled")).toHaveLength(4);
  });

  it("are not taken by small requests before a large one that came first", async () => {
    const used: Behaviour = () => ({
      kind: "answered",
      answer: "x",
      usage: { inputTokens: 450, outputTokens: 0 },
    });
    const { ask, begin, calls, clock } = scene([gemini({ tpm: 1_000 })], { "gemini-flash": used });
    const startedAtMs = clock.now();
    const sized = (inputTokens: number) => ({ inputTokens, maxOutputTokens: 5 });
    await ask(sized(450));
    await ask(sized(450));
    await clock.run(Promise.all([begin(sized(900)), begin(sized(90)), begin(sized(90))]));
    expect(calls.filter(({ atMs }) => atMs === startedAtMs)).toHaveLength(2);
  });

  it("send a request that is larger than the limit elsewhere", async () => {
    const { ask, calls } = scene([gemini({ tpm: 100 }), localai()], {}, guideSettings);
    await ask({ inputTokens: 500 });
    expect(calls.map((call) => call.deployment)).toEqual(["localai-llama"]);
  });
});

describe("other limits", () => {
  it("never has more than max_parallel_requests in flight, and serves in order", async () => {
    const clock = new VirtualClock();
    let inFlight = 0;
    let highest = 0;
    const order: number[] = [];
    const { begin } = scene(
      [localai({ maxParallelRequests: 2 })],
      {
        "localai-llama": async (call, signal) => {
          inFlight += 1;
          highest = Math.max(highest, inFlight);
          order.push(call);
          await clock.sleep(1_000, signal);
          inFlight -= 1;
          return { kind: "answered", answer: "fine" };
        },
      },
      {},
      { clock },
    );
    const startedAtMs = clock.now();
    await clock.run(Promise.all(times(10).map(() => begin())));
    expect(highest).toBe(2);
    expect(clock.now() - startedAtMs).toBe(5_000);
    expect(order).toEqual(times(10));
  });

  it("gives nobody a turn in the very instant of its deadline", async () => {
    const clock = new VirtualClock();
    const alone = [localai({ maxParallelRequests: 1 })];
    const { begin, calls } = scene(alone, { "localai-llama": slow(clock, 1_000) }, {}, { clock });
    const walks = settle([
      begin({ deadlineMs: 5_000 }),
      begin({ deadlineMs: 1_000 }),
      begin({ deadlineMs: 999 }),
    ]);
    const ended = await clock.run(walks);
    expect(ended.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
    expect(calls).toHaveLength(1);
  });

  it("counts requests of the day until midnight in Los Angeles", async () => {
    const { ask, clock } = scene([gemini({ rpd: 2 })], {});
    await ask();
    await ask();
    const error = (await ask().catch((reason: unknown) => reason)) as RoutingError;
    expect(error).toMatchObject({ code: "NO_CAPACITY", status: 429 });
    // 12:00 UTC is 04:00 there.
    expect(error.retryAfterMs).toBe(20 * 3_600_000);
    await clock.pass(20 * 3_600_000);
    await ask();
  });

  it("stops before a budget is overrun, and goes on in the next period", async () => {
    const money = {
      inputCostPerToken: 0.01,
      outputCostPerToken: 0.01,
      maxBudgetUsd: 1,
      budgetDurationMs: 3_600_000,
    };
    const { ask, begin, calls, clock } = scene([deployment("paid", money)], {});
    const walks = times(5).map(() => begin({ inputTokens: 10, maxOutputTokens: 20 }));
    const ended = await clock.run(settle(walks));
    // 0.30 each reserved: three at once, and what they did not spend lets no other in at that moment.
    expect(ended.filter(({ status }) => status === "fulfilled").length).toBeGreaterThanOrEqual(3);
    expect(calls.length * 0.15).toBeLessThanOrEqual(1);
    for (const _ of times(9)) await ask({ inputTokens: 10, maxOutputTokens: 20 }).catch(() => undefined);
    expect(calls.length * 0.15).toBeLessThanOrEqual(1);
    await clock.pass(3_600_000);
    await ask({ inputTokens: 10, maxOutputTokens: 20 });
  });

  it("holds one limit over all deployments", async () => {
    const { begin, calls, clock } = scene(
      [gemini(), localai()],
      {},
      { ...guideSettings, requestsPerMinute: 3 },
    );
    const ended = await clock.run(settle(times(12).map(() => begin())));
    expect(ended.filter(({ status }) => status === "fulfilled")).toHaveLength(9);
    expect(most(calls, "gemini-flash", minuteMs)).toBe(3);
  });

  it("shares its books with another router on the same ledger", async () => {
    const ledger = createMemoryLedger();
    const clock = new VirtualClock();
    const first = scene([gemini({ rpd: 1 })], {}, {}, { ledger, clock });
    const second = scene([gemini({ rpd: 1 })], {}, {}, { ledger, clock });
    await first.ask();
    await expect(second.ask()).rejects.toMatchObject({ code: "NO_CAPACITY" });
  });

  it("waits out a rate limit instead of falling back when told so", async () => {
    const { ask, calls } = scene(
      [gemini(), localai()],
      { "gemini-flash": inTurn(status(429, "retry in 5s"), ok) },
      { ...guideSettings, fallbackOnRateLimit: false },
    );
    await ask();
    expect(calls.map((call) => call.deployment)).toEqual(["gemini-flash", "gemini-flash"]);
  });
});
