import { describe, expect, it } from "vitest";
import {
  defaultRouterSettings,
  Router,
  signalsOfHttpAnswer,
  type Attempt,
  type RouteState,
} from "../../src/routing/index.ts";
import { gemini, guideSettings, localai } from "./scenes.ts";
import { VirtualClock } from "./virtual-clock.ts";

const { signal } = new AbortController();
const deployments = [
  gemini({ maxBudgetUsd: 0, inputCostPerToken: 1 }),
  gemini({ id: "gemini-b" }),
  localai(),
];
const attempt: Attempt<string, string> = async ({ label }) =>
  label === "gemini"
    ? {
        kind: "failed",
        signals: signalsOfHttpAnswer({ status: 429, body: { error: { message: "retry in 9s" } } }),
      }
    : { kind: "answered", answer: "fine" };

const copied = (state: RouteState) => JSON.parse(JSON.stringify(state)) as RouteState;

describe("the steps of a route", () => {
  const router = () =>
    new Router({
      deployments,
      settings: { ...defaultRouterSettings, ...guideSettings },
      clock: new VirtualClock(),
      newId: () => "id",
    });

  it("may be walked one by one, the state stored and read again between them", async () => {
    const one = router();
    let state = copied(await one.start({ model: "gemini-flash", inputTokens: 5 }));
    for (let steps = 0; steps < 9; steps += 1) {
      const choosing = await one.choose(state, signal);
      if (choosing.kind === "fail") throw new Error(choosing.problem.message);
      const attempted = await one.attempt(copied(choosing.state), attempt, "hi", signal);
      if (attempted.kind === "answered") {
        expect(copied(attempted.state)).toEqual(attempted.state);
        expect(attempted.state.attempts.map(({ deployment, kind }) => [deployment, kind])).toEqual([
          ["gemini-b", "rate_limited"],
          ["localai-llama", "ok"],
        ]);
        return;
      }
      state = copied(one.judge(copied(attempted.state)).state);
    }
    expect.fail("it never ended");
  });

  it("may be replayed in another process that has reserved nothing", async () => {
    const choosing = await router().choose(
      await router().start({ model: "gemini-flash", inputTokens: 5 }),
      signal,
    );
    const other = router();
    const attempted = await other.attempt(copied(choosing.state), attempt, "hi", signal);
    expect(attempted).toMatchObject({ kind: "failed", failure: { kind: "rate_limited", delayMs: 9_000 } });
    expect(other.judge(attempted.state)).toMatchObject({
      decision: { kind: "fallback", group: "localai-llama" },
    });
  });
});

describe.runIf(process.env["SOAK"] !== undefined)("in real time", () => {
  it("never lets more than rpm requests through in any minute", async () => {
    const times: number[] = [];
    const one = new Router({ deployments: [localai({ rpm: 5 })], settings: defaultRouterSettings });
    const record: Attempt<string, string> = async () => {
      times.push(Date.now());
      return { kind: "answered", answer: "fine" };
    };
    const walks = Array.from({ length: 12 }, async () => {
      const choosing = await one.choose(await one.start({ model: "localai-llama", inputTokens: 5 }), signal);
      return one.attempt(choosing.state, record, "hi", signal);
    });
    await Promise.all(walks);
    const most = Math.max(
      ...times.map((from) => times.filter((at) => at >= from && at < from + 60_000).length),
    );
    expect(times).toHaveLength(12);
    expect(most).toBe(5);
  }, 200_000);
});
