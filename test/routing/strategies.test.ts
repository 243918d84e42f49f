import { describe, expect, it } from "vitest";
import { quotaDay, quotaResetMs } from "../../src/routing/quota-reset.ts";
import type { Deployment, StrategyName } from "../../src/routing/index.ts";
import { strategies } from "../../src/routing/strategies/index.ts";
import type { Candidate } from "../../src/routing/strategies/strategy.ts";
import type { DeploymentView } from "../../src/routing/view.ts";
import { deployment, scene } from "./scenes.ts";
import { VirtualClock } from "./virtual-clock.ts";

const calm: DeploymentView = {
  blockedBy: undefined,
  freeAtMs: 0,
  isStated: false,
  isHalfOpen: false,
  wasJustProbed: false,
  failure: undefined,
  inFlight: 0,
  usedShare: 0,
  tokensUsed: 0,
  latencyMs: undefined,
  costUsd: undefined,
};
const candidate = (id: string, more: Partial<Deployment>, view: Partial<DeploymentView> = {}): Candidate => ({
  deployment: deployment(id, more),
  view: { ...calm, ...view },
});

function shares(name: StrategyName, candidates: [Candidate, ...Candidate[]], lowestLatencyBuffer = 0) {
  const counts: Record<string, number> = {};
  let seed = 1;
  const random = () => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  for (let count = 0; count < 10_000; count += 1) {
    const { id } = strategies[name](candidates, { random, lowestLatencyBuffer }).deployment;
    counts[id] = (counts[id] ?? 0) + 1;
  }
  return Object.fromEntries(Object.entries(counts).map(([id, count]) => [id, Math.round(count / 100) / 100]));
}

describe("simple-shuffle", () => {
  it("goes by weight, else rpm, else tpm, a missing one being 0, else evenly", () => {
    expect(
      shares("simple-shuffle", [
        candidate("a", { weight: 3, rpm: 1 }),
        candidate("b", { weight: 1, rpm: 99 }),
      ]),
    ).toEqual({
      a: expect.closeTo(0.75, 1),
      b: expect.closeTo(0.25, 1),
    });
    expect(
      shares("simple-shuffle", [candidate("a", { rpm: 9 }), candidate("b", { rpm: 1, tpm: 9 })])["a"],
    ).toBeCloseTo(0.9, 1);
    expect(shares("simple-shuffle", [candidate("a", { weight: 1 }), candidate("b", {})])).toEqual({ a: 1 });
    expect(shares("simple-shuffle", [candidate("a", {}), candidate("b", {})])["a"]).toBeCloseTo(0.5, 1);
    expect(
      shares("simple-shuffle", [candidate("a", { weight: 0 }), candidate("b", { weight: 0 })])["a"],
    ).toBeCloseTo(0.5, 1);
  });
});

describe("the other strategies", () => {
  it("least-busy takes the fewest in flight", () => {
    expect(
      shares("least-busy", [candidate("a", {}, { inFlight: 2 }), candidate("b", {}, { inFlight: 1 })]),
    ).toEqual({ b: 1 });
  });

  it("usage-based-routing takes the lowest share used, then the fewest tokens", () => {
    expect(
      shares("usage-based-routing", [
        candidate("a", {}, { usedShare: 0.5 }),
        candidate("b", {}, { usedShare: 0.4 }),
      ]),
    ).toEqual({ b: 1 });
    expect(
      shares("usage-based-routing", [
        candidate("a", {}, { tokensUsed: 9 }),
        candidate("b", {}, { tokensUsed: 8 }),
      ]),
    ).toEqual({ b: 1 });
  });

  it("latency-based-routing takes the fastest, or any within the buffer, and tries the unknown first", () => {
    const pair = [candidate("a", {}, { latencyMs: 10 }), candidate("b", {}, { latencyMs: 11 })] as [
      Candidate,
      Candidate,
    ];
    expect(shares("latency-based-routing", pair)).toEqual({ a: 1 });
    expect(shares("latency-based-routing", pair, 0.2)["b"]).toBeCloseTo(0.5, 1);
    expect(shares("latency-based-routing", [...pair, candidate("new", {})])).toEqual({ new: 1 });
  });

  it("cost-based-routing takes the cheapest, an unknown price being the dearest", () => {
    expect(
      shares("cost-based-routing", [
        candidate("a", {}),
        candidate("b", {}, { costUsd: 5 }),
        candidate("c", {}, { costUsd: 0 }),
      ]),
    ).toEqual({ c: 1 });
  });
});

describe("through the router", () => {
  const group = { group: "g" };

  it("usage-based-routing lets exactly rpm requests through to each", async () => {
    const { begin, calls, clock } = scene(
      [deployment("a", { ...group, rpm: 3 }), deployment("b", { ...group, rpm: 6 })],
      {},
      { strategy: "usage-based-routing" },
    );
    await clock.run(Promise.all(Array.from({ length: 9 }, () => begin())));
    expect(calls.filter((call) => call.deployment === "a")).toHaveLength(3);
    expect(calls.filter((call) => call.deployment === "b")).toHaveLength(6);
  });

  it("cost-based-routing knows the price list, the configuration's own prices and that LocalAI is free", async () => {
    const cheap = deployment("own", { ...group, inputCostPerToken: 1e-9, outputCostPerToken: 1e-9 });
    const listed = deployment("listed", { ...group, model: "gpt-4o" });
    const unknown = deployment("unknown", { ...group, model: "gpt-99" });
    const paid = scene([unknown, listed, cheap], {}, { strategy: "cost-based-routing" });
    expect((await paid.ask()).route.attempts[0]).toMatchObject({
      deployment: "own",
      costUsd: expect.closeTo(15e-9),
    });
    const free = scene(
      [unknown, listed, cheap, deployment("free", { ...group, label: "localai" })],
      {},
      { strategy: "cost-based-routing" },
    );
    expect((await free.ask()).route.attempts[0]).toMatchObject({ deployment: "free", costUsd: 0 });
    const dear = scene([unknown, listed], {}, { strategy: "cost-based-routing" });
    expect((await dear.ask()).route.attempts[0]).toMatchObject({
      deployment: "listed",
      costUsd: expect.closeTo(75e-6),
    });
  });

  it("latency-based-routing learns from answers", async () => {
    const clock = new VirtualClock();
    const after = (ms: number) => async () => {
      await clock.sleep(ms);
      return { kind: "answered", answer: "x", usage: { inputTokens: 1, outputTokens: 10 } } as const;
    };
    const { ask, calls } = scene(
      [deployment("slow", group), deployment("fast", group)],
      { slow: after(900), fast: after(100) },
      { strategy: "latency-based-routing" },
      { clock },
    );
    for (let count = 0; count < 10; count += 1) await ask();
    expect(calls.filter((call) => call.deployment === "slow")).toHaveLength(1);
  });
});

describe("names", () => {
  const deployments = [
    deployment("one", { group: "g", label: "gemini", model: "flash" }),
    deployment("two", { group: "g", label: "gemini", model: "pro" }),
    deployment("any", { group: "router/*", model: "*" }),
  ];
  const model = async (name: string, settings = {}) => {
    const { ask, calls } = scene(deployments, {}, settings);
    await ask({ model: name });
    return calls.map((call) => [call.deployment, call.model]);
  };

  it("are ids, aliases, groups, model strings, patterns, then the default", async () => {
    expect(await model("two")).toEqual([["two", "pro"]]);
    expect(await model("gemini/pro")).toEqual([["two", "pro"]]);
    expect(await model("router/some/model")).toEqual([["any", "some/model"]]);
    expect(await model("nick", { modelGroupAlias: { nick: ["router/*"] } })).toHaveLength(1);
    expect(await model("nobody", { defaultFallbacks: ["g"] })).toHaveLength(1);
  });
});

describe("the day of a quota", () => {
  const at = (text: string) => Date.parse(text);

  it.each([
    ["2026-11-25T12:00:00Z", "2026-11-26T08:00:00Z"],
    ["2026-07-01T06:59:59Z", "2026-07-01T07:00:00Z"],
    ["2026-07-01T07:00:00Z", "2026-07-02T07:00:00Z"],
    // The days on which the clocks change have 23 and 25 hours.
    ["2026-03-08T09:00:00Z", "2026-03-09T07:00:00Z"],
    ["2026-11-01T07:30:00Z", "2026-11-02T08:00:00Z"],
  ])("at %s ends in Los Angeles at %s", (now, midnight) => {
    expect(new Date(quotaResetMs("gemini", undefined, at(now))).toISOString()).toBe(
      new Date(midnight).toISOString(),
    );
    expect(quotaDay("gemini", at(now)).endMs).toBe(at(midnight));
  });

  it("is a long delay where one is stated, and an hour elsewhere", () => {
    expect(quotaResetMs("gemini", 68_940_000, 0)).toBe(68_940_000);
    expect(quotaResetMs("openai-compatible", 6_000, 0)).toBe(3_600_000);
  });
});
