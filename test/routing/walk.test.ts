import { describe, expect, it } from "vitest";
import { RoutingError } from "../../src/routing/index.ts";
import {
  deployment,
  failing,
  gemini,
  guideSettings,
  inTurn,
  localai,
  ok,
  refused,
  scene,
  silent,
  status,
  type Behaviour,
} from "./scenes.ts";

const guide = (behaviours: Record<string, Behaviour>, settings = {}) =>
  scene([gemini(), localai()], behaviours, { ...guideSettings, ...settings });
const asked = (calls: readonly { deployment: string }[]) => calls.map((call) => call.deployment);
const caught = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.fail("it was answered"),
    (error: unknown) => error as RoutingError,
  );

describe("the guide's chain", () => {
  it("asks Gemini and nobody else when it answers", async () => {
    const { ask, calls } = guide({});
    const { answer, route } = await ask();
    expect(answer).toBe("fine");
    expect(asked(calls)).toEqual(["gemini-flash"]);
    expect(route.attempts).toMatchObject([{ kind: "ok", usage: { inputTokens: 10, estimated: false } }]);
  });

  it.each([
    ["a rate limit", status(429)],
    ["a refused connection", refused],
    ["a quota of zero", status(429, "Quota exceeded for metric: x, limit: 0. Please retry in 6s.")],
    ["a bad key", status(401)],
    ["a missing model", status(404)],
    ["silence", silent],
  ])("goes to LocalAI at once after %s", async (_, behaviour) => {
    const { ask, calls, clock } = guide({ "gemini-flash": behaviour });
    const startedAtMs = clock.now();
    const { route } = await ask();
    expect(asked(calls)).toEqual(["gemini-flash", "localai-llama"]);
    expect(clock.now() - startedAtMs).toBe(behaviour === silent ? 60_000 : 0);
    expect(route.attempts[0]?.decision).toContain("fallback to localai-llama");
  });

  it("does not back off from a rate limit while a fallback is free, though nothing may cool", async () => {
    const { ask, calls, clock } = guide({ "gemini-flash": status(429) }, { disableCooldowns: true });
    const startedAtMs = clock.now();
    await ask();
    expect(asked(calls)).toEqual(["gemini-flash", "localai-llama"]);
    expect(clock.now()).toBe(startedAtMs);
  });

  it("asks the same again after back-off when it only stumbled, then falls back", async () => {
    const { ask, calls, clock } = guide({ "gemini-flash": status(500) });
    const startedAtMs = clock.now();
    await ask();
    expect(asked(calls)).toEqual(["gemini-flash", "gemini-flash", "gemini-flash", "localai-llama"]);
    expect(clock.now() - startedAtMs).toBe(250 + 500);
  });

  it("sends a refused text nowhere else, unless content_policy_fallbacks says so", async () => {
    const blocked = failing({ status: 200, body: { promptFeedback: { blockReason: "SAFETY" } } });
    const plain = guide({ "gemini-flash": blocked });
    expect((await caught(plain.ask())).failure?.kind).toBe("content_blocked");
    expect(asked(plain.calls)).toEqual(["gemini-flash"]);
    const named = guide(
      { "gemini-flash": blocked },
      { contentPolicyFallbacks: { "gemini-flash": ["localai-llama"] } },
    );
    await named.ask();
    expect(asked(named.calls)).toEqual(["gemini-flash", "localai-llama"]);
  });

  it("keeps a refused text from a general fallback even when the named one cannot be reached", async () => {
    const blocked = failing({ status: 200, body: { promptFeedback: { blockReason: "SAFETY" } } });
    const { ask, calls } = scene(
      [gemini(), localai(), deployment("cloud")],
      { "gemini-flash": blocked, "localai-llama": refused },
      { defaultFallbacks: ["cloud"], contentPolicyFallbacks: { "gemini-flash": ["localai-llama"] } },
    );
    await caught(ask());
    expect(asked(calls)).toEqual(["gemini-flash", "localai-llama"]);
  });

  it("fails with the primary's error, its status and the whole route when nobody answers", async () => {
    const { ask } = guide({
      "gemini-flash": status(429, "slow down", { "retry-after": "7" }),
      "localai-llama": refused,
    });
    const error = await caught(ask());
    expect(error).toBeInstanceOf(RoutingError);
    expect(error).toMatchObject({ code: "ALL_ATTEMPTS_FAILED", status: 429 });
    expect(error.attempts.map(({ deployment, kind }) => [deployment, kind])).toEqual([
      ["gemini-flash", "rate_limited"],
      ["localai-llama", "connection"],
    ]);
    expect(error.retryAfterMs).toBeLessThanOrEqual(7_000);
  });

  it("never routes a wrong request", async () => {
    const { ask, calls } = guide({ "gemini-flash": status(400, "Unknown name foo") });
    expect(await caught(ask())).toMatchObject({ status: 400, failure: { kind: "invalid_request" } });
    expect(calls).toHaveLength(1);
  });

  it("falls back for a long prompt only to a larger window", async () => {
    const tooLong = status(
      400,
      "The input token count (9) exceeds the maximum number of tokens allowed (8192).",
    );
    const small = scene(
      [gemini(), localai({ contextWindowTokens: 4096 })],
      { "gemini-flash": tooLong },
      guideSettings,
    );
    expect(await caught(small.ask())).toMatchObject({ failure: { kind: "context_length" } });
    expect(asked(small.calls)).toEqual(["gemini-flash"]);
    const large = scene(
      [gemini(), localai({ contextWindowTokens: 32_768 })],
      { "gemini-flash": tooLong },
      guideSettings,
    );
    await large.ask();
    expect(asked(large.calls)).toEqual(["gemini-flash", "localai-llama"]);
  });

  it("believes context_window_fallbacks that name the same model elsewhere", async () => {
    const tooLong = status(400, "This model's maximum context length is 8192 tokens.");
    const twins = [gemini({ model: "llama" }), localai({ model: "llama" })];
    const plain = scene(twins, { "gemini-flash": tooLong }, guideSettings);
    expect(await caught(plain.ask())).toMatchObject({ failure: { kind: "context_length" } });
    const contextWindowFallbacks = { "gemini-flash": ["localai-llama"] };
    const named = scene(twins, { "gemini-flash": tooLong }, { ...guideSettings, contextWindowFallbacks });
    await named.ask();
    expect(asked(named.calls)).toEqual(["gemini-flash", "localai-llama"]);
  });

  it("sends a request that was too large only where the limit is larger", async () => {
    const tooLarge = status(
      429,
      "Request too large for m on tokens per min (TPM): Limit 30000, Requested 30601.",
    );
    const { ask, calls } = scene(
      [gemini(), localai({ tpm: 20_000 }), deployment("big", { tpm: 90_000 })],
      { "gemini-flash": tooLarge },
      { defaultFallbacks: ["localai-llama", "big"] },
    );
    await ask();
    expect(asked(calls)).toEqual(["gemini-flash", "big"]);
  });

  it("goes by context_window_fallbacks when the prompt is known to be too long", async () => {
    const { ask, calls } = scene(
      [gemini({ contextWindowTokens: 100 }), localai(), deployment("wide")],
      {},
      { ...guideSettings, contextWindowFallbacks: { "gemini-flash": ["wide"] } },
    );
    await ask({ inputTokens: 500 });
    expect(asked(calls)).toEqual(["wide"]);
  });

  it("leaves out a deployment whose window the prompt cannot fit", async () => {
    const scenery = scene([gemini({ contextWindowTokens: 1_000 }), localai()], {}, guideSettings);
    await scenery.ask({ inputTokens: 5_000 });
    expect(asked(scenery.calls)).toEqual(["localai-llama"]);
  });
});

describe("one deployment and no fallback", () => {
  it("comes back after exactly the stated delay", async () => {
    const { ask, calls, clock } = scene([gemini()], {
      "gemini-flash": inTurn(status(429, "Please retry in 34.4s."), ok),
    });
    const startedAtMs = clock.now();
    const { route } = await ask();
    expect(calls).toHaveLength(2);
    expect(clock.now() - startedAtMs).toBe(34_400);
    expect(route.attempts[1]?.waitedMs).toBe(34_400);
  });

  it("fails at once with a true Retry-After when the stated delay ends after the deadline", async () => {
    const { ask, clock } = scene([gemini()], { "gemini-flash": status(429, "Please retry in 200s.") });
    const startedAtMs = clock.now();
    expect(await caught(ask())).toMatchObject({ status: 429, retryAfterMs: 200_000 });
    expect(clock.now()).toBe(startedAtMs);
    await clock.pass(50_000);
    expect(await caught(ask())).toMatchObject({ code: "ALL_ATTEMPTS_FAILED" });
  });

  it("is asked again after silence, since nothing else is left", async () => {
    const { ask, calls } = scene([gemini()], { "gemini-flash": inTurn(silent, ok) });
    await ask();
    expect(calls).toHaveLength(2);
  });

  it("is asked although it has just been refused: there is nothing else", async () => {
    const { ask, calls } = scene([localai()], { "localai-llama": refused });
    await caught(ask());
    await caught(ask());
    expect(calls).toHaveLength(2);
  });

  it("shows the model once what was wrong with its answer", async () => {
    const { ask, calls } = scene([localai()], {
      "localai-llama": inTurn(failing({ problem: "schema_mismatch", text: "name is missing" }), ok),
    });
    const { route } = await ask();
    expect(calls.map(({ repair }) => repair)).toEqual([undefined, "name is missing"]);
    expect(route.attempts[1]).toMatchObject({ kind: "ok", isRepair: true });
  });

  it("asks a fallback what the first's client has no way to send, and counts it against nobody", async () => {
    const unsendable = failing({ problem: "not_sendable", status: 400, text: "audio by URL" });
    const { ask, calls } = guide({ "gemini-flash": unsendable });
    for (let time = 0; time < 7; time++) await ask();
    expect(asked(calls).slice(-2)).toEqual(["gemini-flash", "localai-llama"]);
    expect(calls).toHaveLength(14);
    const alone = scene([gemini()], { "gemini-flash": unsendable });
    expect(await caught(alone.ask())).toMatchObject({
      status: 400,
      failure: { kind: "invalid_request", unsent: true },
    });
    expect(alone.calls).toHaveLength(1);
  });

  it("asks a retired name's successor before any fallback, and goes on using the deployment", async () => {
    const retired: Behaviour = (call, signal) => (call % 2 === 0 ? status(404) : ok)(call, signal);
    const { ask, calls } = scene(
      [gemini({ successorModel: "gemini-new" }), localai()],
      { "gemini-flash": retired },
      guideSettings,
    );
    await ask();
    await ask();
    expect(calls.map(({ model }) => model)).toEqual([
      "gemini-2.5-flash",
      "gemini-new",
      "gemini-2.5-flash",
      "gemini-new",
    ]);
  });

  it("falls back by the fallback's own name when the successor is gone too, and lets the deployment cool", async () => {
    const { ask, calls } = scene(
      [gemini({ successorModel: "gemini-new" }), localai()],
      { "gemini-flash": status(404) },
      guideSettings,
    );
    await ask();
    await ask();
    expect(calls.map(({ model }) => model)).toEqual([
      "gemini-2.5-flash",
      "gemini-new",
      "llama3.2:3b",
      "llama3.2:3b",
    ]);
  });

  it("asks a retired name's successor once", async () => {
    const { ask, calls } = scene([gemini({ successorModel: "gemini-new" })], { "gemini-flash": status(404) });
    await caught(ask());
    expect(calls.map(({ model }) => model)).toEqual(["gemini-2.5-flash", "gemini-new"]);
  });
});

describe("a group of several", () => {
  const pair = [deployment("a", { group: "g", order: 1 }), deployment("b", { group: "g", order: 2 })];

  it("asks another deployment of the group at once", async () => {
    const { ask, calls, clock } = scene(pair, { a: status(500) });
    const startedAtMs = clock.now();
    await ask();
    expect(asked(calls)).toEqual(["a", "b"]);
    expect(clock.now()).toBe(startedAtMs);
  });

  it("asks a silent one again only when the others have failed too", async () => {
    const { ask, calls } = scene(pair, { a: inTurn(silent, ok), b: status(401) });
    await ask();
    expect(asked(calls)).toEqual(["a", "b", "a"]);
  });

  it("asks a silent one again when the other will not be back in time", async () => {
    const { ask, calls } = scene(pair, { a: inTurn(silent, ok), b: status(401) });
    await ask({ model: "b" }).catch(() => undefined);
    await ask();
    expect(asked(calls)).toEqual(["b", "a", "a"]);
  });

  it("tries the tiers of an alias in order, each group with its own attempts", async () => {
    const { ask, calls } = scene(
      [gemini(), localai()],
      { "gemini-flash": status(429) },
      {
        modelGroupAlias: { "primary-models": ["gemini-flash", "localai-llama"] },
      },
    );
    await ask({ model: "primary-models" });
    expect(asked(calls)).toEqual(["gemini-flash", "localai-llama"]);
  });

  it("does not give an alias's deployments their attempts twice", async () => {
    const { ask, calls } = scene(
      [gemini(), localai()],
      { "gemini-flash": status(500), "localai-llama": status(500) },
      { modelGroupAlias: { both: ["gemini-flash", "localai-llama"] }, defaultFallbacks: ["localai-llama"] },
    );
    await caught(ask({ model: "both" }));
    expect(calls).toHaveLength(3);
  });

  it("asks exactly the deployment whose id is given, cooling or not, and nobody else", async () => {
    const { ask, calls } = scene(pair, { b: refused }, { defaultFallbacks: ["g"] });
    await caught(ask({ model: "b" }));
    await caught(ask({ model: "b" }));
    expect(asked(calls)).toEqual(["b", "b"]);
  });
});

describe("what will not pass by itself", () => {
  it.each([
    [gemini({ apiKeyVariable: "GOOGLE_API_KEY" }), status(401), "Set GOOGLE_API_KEY"],
    [localai(), status(404), "download-model -- llama3.2:3b"],
    [gemini({ successorModel: "gemini-new" }), status(404), "Its successor is gemini-new"],
  ])("is a warning that says what to do (%#)", async (one, behaviour, words) => {
    const warnings: string[] = [];
    const events = { onWarning: (message: string) => warnings.push(message) };
    const { ask } = scene([one], { [one.id]: behaviour }, {}, { events });
    await caught(ask());
    expect(warnings[0]).toContain(words);
  });
});

describe("a caller", () => {
  it("who goes away is never routed", async () => {
    const { begin, calls, clock } = guide({ "gemini-flash": silent });
    const controller = new AbortController();
    const walking = caught(begin({}, controller.signal));
    await clock.pass(10);
    controller.abort();
    expect(await walking).toMatchObject({ code: "CANCELLED" });
    expect(calls).toHaveLength(1);
    expect(clock.sleeping).toBe(0);
  });

  it("who asks for an unknown name is told the known ones", async () => {
    expect(await caught(guide({}).ask({ model: "gpt-9" }))).toMatchObject({
      code: "UNKNOWN_MODEL",
      status: 400,
      message: expect.stringContaining("gemini-flash, localai-llama"),
    });
  });

  it("may forbid or replace the fallbacks and set the retries", async () => {
    const forbidden = guide({ "gemini-flash": status(500) });
    await caught(forbidden.ask({ disableFallbacks: true, numRetries: 0 }));
    expect(asked(forbidden.calls)).toEqual(["gemini-flash"]);
    const replaced = scene(
      [gemini(), localai(), deployment("other")],
      { "gemini-flash": status(429) },
      guideSettings,
    );
    await replaced.ask({ fallbacks: ["other"] });
    expect(asked(replaced.calls)).toEqual(["gemini-flash", "other"]);
  });

  it("gets a stream at its first content and no second attempt after it", async () => {
    const stream: Behaviour = () => ({
      kind: "streaming",
      answer: "begun",
      ended: Promise.resolve({ kind: "failed", signals: { problem: "stream_cut" } }),
    });
    const { ask, calls } = guide({ "gemini-flash": stream });
    const { answer, ended } = await ask({ isStream: true });
    expect(answer).toBe("begun");
    expect((await ended).attempts).toMatchObject([{ kind: "connection", failure: { afterContent: true } }]);
    expect(calls).toHaveLength(1);
  });

  it("is not answered twice when content was lost inside an attempt that hands it on itself", async () => {
    const cut = failing({ problem: "stream_cut", contentSent: true });
    const { ask, calls } = guide({ "gemini-flash": cut });
    expect(await caught(ask())).toMatchObject({ failure: { kind: "connection", afterContent: true } });
    expect(calls).toHaveLength(1);
  });

  it("is not kept waiting for a first content beyond its own limit", async () => {
    const { ask, clock, calls } = guide({ "gemini-flash": silent });
    const startedAtMs = clock.now();
    const { route } = await ask({ isStream: true, streamTimeoutMs: 3_000 });
    expect(route.attempts[0]?.failure).toMatchObject({ kind: "timeout", timer: "first_content" });
    expect(clock.now() - startedAtMs).toBe(3_000);
    expect(asked(calls)).toEqual(["gemini-flash", "localai-llama"]);
  });
});
