import { describe, expect, it } from "vitest";
import {
  failing,
  deployment,
  gemini,
  guideSettings,
  inTurn,
  localai,
  ok,
  refused,
  scene,
  silent,
  status,
} from "./scenes.ts";

const quick = { ...guideSettings, numRetries: 0 };
const asked = (calls: readonly { deployment: string }[], id: string) =>
  calls.filter((call) => call.deployment === id).length;

describe("a deployment that is down", () => {
  it("cools after five failures in a row and is probed by one request when the cooldown ends", async () => {
    const { ask, begin, calls, clock } = scene([gemini(), localai()], { "gemini-flash": status(500) }, quick);
    for (let count = 0; count < 8; count += 1) await ask();
    expect(asked(calls, "gemini-flash")).toBe(5);
    await clock.pass(4_999);
    await ask();
    expect(asked(calls, "gemini-flash")).toBe(5);
    await clock.pass(1);
    await clock.run(Promise.all([begin(), begin(), begin()]));
    expect(asked(calls, "gemini-flash")).toBe(6);
  });

  it("cools after six failures among the last ten attempts", async () => {
    const behaviour = inTurn(...[0, 1, 0, 1, 1, 0, 1, 1, 1].map((fails) => (fails ? status(503) : ok)));
    const { ask, calls } = scene([gemini(), localai()], { "gemini-flash": behaviour }, quick);
    for (let count = 0; count < 12; count += 1) await ask();
    expect(asked(calls, "gemini-flash")).toBe(9);
  });

  it("cools twice as long after each failed probe, at most a minute, and as ever after a success", async () => {
    const { ask, behave, clock, router } = scene([gemini(), localai()], { "gemini-flash": refused }, quick);
    const left = () => (router.status()[0]?.cooledUntilMs ?? 0) - clock.now();
    const lengths: number[] = [];
    for (let probe = 0; probe < 6; probe += 1) {
      await ask();
      lengths.push(left());
      await ask();
      await clock.pass(left());
    }
    expect(lengths).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000]);
    behave("gemini-flash", inTurn(ok, refused));
    await ask();
    expect(router.status()[0]?.phase).toBe("well");
    await ask();
    expect(left()).toBe(5_000);
  });

  it("is touched by at most one attempt in two requests, however rare they are", async () => {
    const { ask, calls, clock } = scene([gemini(), localai()], { "gemini-flash": refused }, quick);
    await ask();
    const before = calls.length;
    for (let count = 0; count < 20; count += 1) {
      await clock.pass(90_000);
      await ask();
    }
    expect(asked(calls.slice(before), "gemini-flash")).toBeLessThanOrEqual(10);
    expect(asked(calls.slice(before), "localai-llama")).toBe(20);
  });

  it("does not cool longer for failures of attempts that had begun before", async () => {
    const { begin, clock, router } = scene([gemini(), localai()], { "gemini-flash": refused }, quick);
    await clock.run(Promise.all(Array.from({ length: 20 }, () => begin())));
    expect((router.status()[0]?.cooledUntilMs ?? 0) - clock.now()).toBe(5_000);
  });

  it("is not called well by an answer that was under way when it cooled", async () => {
    const { begin, clock, router } = scene(
      [gemini(), localai()],
      {
        "gemini-flash": async (call, signal) => {
          if (call === 1) return status(429, "retry in 40s")(call, signal);
          await clock.sleep(1_000);
          return ok(call, signal);
        },
      },
      quick,
    );
    const walks = Promise.all([begin(), begin()]);
    await clock.run(walks);
    expect(router.status()[0]).toMatchObject({ phase: "cooling" });
  });

  it("frees the probe when its caller goes away", async () => {
    const { ask, begin, behave, clock, router } = scene(
      [gemini(), localai()],
      { "gemini-flash": refused },
      quick,
    );
    await ask();
    await clock.pass(5_000);
    behave("gemini-flash", silent);
    const controller = new AbortController();
    const walking = begin({}, controller.signal).catch(() => "gone");
    await clock.pass(5);
    expect(router.status()[0]?.phase).toBe("probing");
    controller.abort();
    expect(await walking).toBe("gone");
    expect(router.status()[0]?.phase).toBe("half_open");
  });
});

describe("how long", () => {
  const cooledFor = async (behaviour: ReturnType<typeof status>, more = {}, settings = {}) => {
    const { ask, clock, router } = scene(
      [gemini(more), localai()],
      { "gemini-flash": behaviour },
      { ...quick, ...settings },
    );
    await ask();
    const { cooledUntilMs = 0, phase } = router.status()[0] ?? {};
    return phase === "cooling" ? cooledUntilMs - clock.now() : 0;
  };

  it("is what the provider states, else five seconds for a rate limit", async () => {
    expect(await cooledFor(status(429, "Please retry in 40.02s."))).toBe(40_020);
    expect(await cooledFor(status(429))).toBe(5_000);
    expect(await cooledFor(status(503, "loading", { "retry-after": "30" }))).toBe(30_000);
  });

  it("is the deployment's own cooldown_time before a stated delay, and the router's after it", async () => {
    const limited = status(429, "Please retry in 40s.");
    expect(await cooledFor(limited, { cooldownMs: 2_000 })).toBe(2_000);
    expect(await cooledFor(limited, {}, { cooldownMs: 9_000 })).toBe(40_000);
    expect(await cooledFor(status(429), {}, { cooldownMs: 9_000 })).toBe(9_000);
    expect(await cooledFor(limited, { cooldownMs: 0 })).toBe(0);
    expect(await cooledFor(limited, {}, { disableCooldowns: true })).toBe(0);
  });

  it("is until midnight in Los Angeles for Gemini's quotas, whatever anybody set, and an hour elsewhere", async () => {
    const spent = status(429, "Quota exceeded for metric: x, limit: 0, model: y. Please retry in 6.17s.");
    expect(await cooledFor(spent, { cooldownMs: 1_000 }, { disableCooldowns: true })).toBe(20 * 3_600_000);
    const openai = deployment("gpt");
    const { ask, clock, router } = scene(
      [openai, localai()],
      {
        gpt: failing({
          status: 429,
          body: { error: { code: "insufficient_quota", message: "You exceeded" } },
        }),
      },
      { defaultFallbacks: ["localai-llama"] },
    );
    await ask();
    expect((router.status()[0]?.cooledUntilMs ?? 0) - clock.now()).toBe(3_600_000);
  });

  it("is ten minutes for a refused key and five for a missing model", async () => {
    expect(await cooledFor(status(401))).toBe(600_000);
    expect(await cooledFor(status(404))).toBe(300_000);
  });

  it("is nothing for what is the request's own fault", async () => {
    expect(await cooledFor(status(413))).toBe(0);
    expect(await cooledFor(failing({ problem: "empty_answer" }))).toBe(0);
  });
});

describe("allowed_fails", () => {
  it("cools after more than so many failures in a minute", async () => {
    const { ask, calls } = scene(
      [gemini(), localai()],
      { "gemini-flash": status(500) },
      { ...quick, allowedFails: 2 },
    );
    for (let count = 0; count < 6; count += 1) await ask();
    expect(asked(calls, "gemini-flash")).toBe(3);
  });

  it("may be set for each kind of failure", async () => {
    const settings = { ...quick, allowedFailsPolicy: { rate_limited: 3 } };
    const { ask, calls } = scene([gemini(), localai()], { "gemini-flash": status(429) }, settings);
    for (let count = 0; count < 8; count += 1) await ask();
    expect(asked(calls, "gemini-flash")).toBe(4);
  });
});

describe("retry_policy", () => {
  it("sets the retries of a kind of failure, of one group before all", async () => {
    const policy = {
      retryPolicy: { server_error: 1 },
      modelGroupRetryPolicy: { "localai-llama": { server_error: 0 } },
    };
    const { ask, calls } = scene(
      [gemini(), localai()],
      { "gemini-flash": status(500), "localai-llama": status(500) },
      { ...guideSettings, ...policy },
    );
    await ask().catch(() => undefined);
    expect([asked(calls, "gemini-flash"), asked(calls, "localai-llama")]).toEqual([2, 1]);
  });
});
