import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openaiEvents, openaiAnswer } from "../support/provider-servers/bodies.ts";
import {
  beginning,
  geminiWire,
  misbehaviours,
  openaiWire,
  type Outcome,
  type Wire,
} from "../support/provider-servers/misbehaviours.ts";
import {
  answer,
  events,
  startWireServer,
  type Reply,
  type WireServer,
} from "../support/provider-servers/wire-server.ts";
import { askProxy, startProxy, type ProxyReply } from "../support/proxy.ts";

const spareText = "All is well.";
const spareReply: Reply = (response, request) =>
  request.isStream
    ? events(openaiEvents(["All ", "is ", "well."]))(response, request)
    : answer(200, openaiAnswer(spareText))(response, request);

let spare: WireServer;
beforeAll(async () => {
  spare = await startWireServer(spareReply);
});
afterAll(() => spare.close());

const model = (wire: Wire) => (wire.name === "gemini" ? "gemini/gemini-flash-latest" : "openai/llama");

/** Long enough for a busy machine, where time is not what is tested. */
const patient = { timeout: 30, stream_timeout: 30 };
const impatient = { timeout: 1, stream_timeout: 0.4 };

function config(wire: Wire, url: string, spareUrl: string | undefined, more: object = {}, limits = patient) {
  const api_base = wire.name === "gemini" ? url : `${url}/v1`;
  return {
    model_list: [
      {
        model_name: "primary",
        litellm_params: { model: model(wire), api_key: "k", api_base, ...limits },
      },
      ...(spareUrl === undefined
        ? []
        : [
            {
              model_name: "spare",
              litellm_params: { model: "openai/llama", api_key: "k", api_base: `${spareUrl}/v1` },
            },
          ]),
    ],
    router_settings: {
      num_retries: 1,
      timeout: patient.timeout,
      ...(spareUrl !== undefined && {
        fallbacks: [{ primary: ["spare"] }],
        context_window_fallbacks: [{ primary: ["spare"] }],
      }),
      ...more,
    },
  };
}

const prompt = [
  { role: "system", content: "Be brief." },
  { role: "user", content: "How is it?" },
];
const ask = (url: string, isStream: boolean) =>
  askProxy(url, { model: "primary", messages: prompt, stream: isStream });

/** Asserts the outcome that a misbehaviour may have, and no other. */
function expectOutcome(reply: ProxyReply, outcome: Outcome, isStream: boolean): void {
  switch (outcome) {
    case "spare":
      expect(reply).toMatchObject({ status: 200, text: spareText, finish: "stop", error: undefined });
      expect(reply.headers.get("x-litellm-model-group")).toBe("spare");
      expect(reply.headers.get("x-litellm-attempted-fallbacks")).toBe("1");
      break;
    case "own":
      expect(reply).toMatchObject({
        status: 200,
        text: beginning.join(""),
        finish: "stop",
        error: undefined,
      });
      break;
    case "broken":
      expect(reply).toMatchObject({ status: 200, text: beginning.join(""), finish: undefined });
      expect(reply.error?.message).toMatch(/broke off/);
      break;
    case "refused":
      expect(reply).toMatchObject({ status: 400, text: "", error: { code: "content_filter" } });
      break;
  }
  // A stream that is whole says so; one that is not never does.
  if (isStream && reply.status === 200) expect(reply.isDone).toBe(outcome !== "broken");
}

describe.each([openaiWire, geminiWire])("a provider that speaks $name", (wire) => {
  describe.each([true, false])("streamed: %s", (isStream) => {
    it.concurrent.each(misbehaviours)(
      "and shows $name",
      async ({ reply, streamed, whole, isSilent, mostCalls = 2 }) => {
        const provider = await startWireServer(reply(wire));
        const own = await startWireServer(spareReply);
        const proxy = await startProxy(
          config(wire, provider.url, own.url, {}, isSilent ? impatient : patient),
        );
        try {
          const answered = await ask(proxy.url, isStream);
          const outcome = isStream ? streamed : whole;
          expectOutcome(answered, outcome, isStream);
          expect(provider.requests.length).toBeGreaterThanOrEqual(1);
          expect(provider.requests.length).toBeLessThanOrEqual(mostCalls);
          // The fallback is asked what the caller asked: no beginning of another's answer, no second question.
          expect(own.requests).toHaveLength(outcome === "spare" ? 1 : 0);
          for (const { body } of own.requests) expect(body.messages).toEqual(prompt);
        } finally {
          await Promise.all([proxy.close(), provider.close(), own.close()]);
        }
      },
    );

    it("and is not there", async () => {
      const proxy = await startProxy(config(wire, await closedAddress(), spare.url));
      try {
        expectOutcome(await ask(proxy.url, isStream), "spare", isStream);
      } finally {
        await proxy.close();
      }
    });
  });
});

describe("with nobody else to ask", () => {
  /** What the caller is told, streamed or not: the provider's own status. */
  const expected: Record<string, { status: number; code?: string }> = {
    "a rate limit that will pass": { status: 429 },
    "a storm of server errors": { status: 502 },
    "silence before the headers": { status: 504 },
    "a connection cut before the first word": { status: 502 },
    "a quota that is gone": { status: 429, code: "insufficient_quota" },
    "a bad key": { status: 401, code: "invalid_api_key" },
    "a context that is too long": { status: 400, code: "context_length_exceeded" },
    "a refusal of the content": { status: 400, code: "content_filter" },
  };

  const cases = Object.entries(expected).flatMap(([name, error]) =>
    [true, false].map((isStream) => ({ name, isStream, ...error })),
  );

  it.concurrent.each(cases)(
    "$name is its own error (streamed: $isStream)",
    async ({ name, isStream, status, code }) => {
      const misbehaviour = misbehaviours.find((one) => one.name === name);
      const provider = await startWireServer(misbehaviour?.reply(openaiWire));
      // A stated delay is waited for when it comes before the request's deadline.
      const more = status === 429 ? { timeout: 1 } : {};
      const limits = misbehaviour?.isSilent ? impatient : patient;
      const proxy = await startProxy(config(openaiWire, provider.url, undefined, more, limits));
      try {
        const reply = await ask(proxy.url, isStream);
        expect(reply.status).toBe(status);
        expect(reply.error).toMatchObject({ message: expect.any(String), type: expect.any(String) });
        if (code !== undefined) expect(reply.error?.code).toBe(code);
      } finally {
        await Promise.all([proxy.close(), provider.close()]);
      }
    },
  );

  it("a key that Google does not know is a bad key to the caller, whatever number Google gives it", async () => {
    const misbehaviour = misbehaviours.find((one) => one.name === "a bad key");
    const provider = await startWireServer(misbehaviour?.reply(geminiWire));
    const proxy = await startProxy(config(geminiWire, provider.url, undefined));
    try {
      const reply = await ask(proxy.url, false);
      expect([reply.status, reply.error?.code]).toEqual([401, "invalid_api_key"]);
    } finally {
      await Promise.all([proxy.close(), provider.close()]);
    }
  });

  it("a stated delay is kept: it is told to the caller, and nobody asks before it has passed", async () => {
    const limited = answer(
      429,
      { error: { message: "Slow down.", code: "rate_limit_exceeded" } },
      { "retry-after": "120" },
    );
    const provider = await startWireServer(limited);
    const proxy = await startProxy(config(openaiWire, provider.url, undefined));
    try {
      for (let request = 0; request < 5; request += 1) {
        const reply = await ask(proxy.url, false);
        expect(reply.status).toBe(429);
        expect(Number(reply.headers.get("retry-after"))).toBeGreaterThan(110);
      }
      expect(provider.requests).toHaveLength(1);
    } finally {
      await Promise.all([proxy.close(), provider.close()]);
    }
  });
});

it("a quota that is gone is not asked for again by later requests", async () => {
  const gone = misbehaviours.find(({ name }) => name === "a quota that is gone");
  for (const wire of [openaiWire, geminiWire]) {
    const provider = await startWireServer(gone?.reply(wire));
    const proxy = await startProxy(config(wire, provider.url, spare.url));
    try {
      for (let request = 0; request < 5; request += 1)
        expect((await ask(proxy.url, false)).text).toBe(spareText);
      expect(provider.requests).toHaveLength(1);
    } finally {
      await Promise.all([proxy.close(), provider.close()]);
    }
  }
});

it("a refusal is sent elsewhere only where the configuration says so", async () => {
  const refusal = misbehaviours.find(({ name }) => name === "a refusal of the content");
  const provider = await startWireServer(refusal?.reply(geminiWire));
  const more = { content_policy_fallbacks: [{ primary: ["spare"] }] };
  const proxy = await startProxy(config(geminiWire, provider.url, spare.url, more));
  try {
    for (const isStream of [true, false]) expectOutcome(await ask(proxy.url, isStream), "spare", isStream);
  } finally {
    await Promise.all([proxy.close(), provider.close()]);
  }
});

describe("a stream of Gemini's that ends badly", () => {
  const part = (text: string, more: object = {}) => ({
    candidates: [{ content: { role: "model", parts: [{ text, ...more }] }, index: 0 }],
  });
  const end = (finishReason: string) => ({ candidates: [{ finishReason, index: 0 }] });
  const both = (text: string, finishReason: string) => ({
    candidates: [{ ...part(text).candidates[0], finishReason }],
  });

  it.each([
    [
      "a malformed call after words",
      [part("Once "), end("MALFORMED_FUNCTION_CALL")],
      { text: "Once ", finish: undefined },
    ],
    ["a malformed call at once", [end("MALFORMED_FUNCTION_CALL")], { text: spareText, finish: "stop" }],
    ["thoughts up to the caller's limit", [end("MAX_TOKENS")], { text: "", finish: "length", isDone: true }],
    ["nothing but thoughts", [part("hm", { thought: true }), end("STOP")], { text: "", finish: undefined }],
    ["a refusal after words", [part("Once "), end("SAFETY")], { text: "Once ", finish: "content_filter" }],
    ["a refusal with its first words", [both("Once ", "SAFETY")], { status: 400, text: "" }],
  ])("%s is told as what it is", async (_, list, expected) => {
    const provider = await startWireServer(events(list));
    const proxy = await startProxy(config(geminiWire, provider.url, spare.url));
    try {
      const reply = await ask(proxy.url, true);
      expect(reply).toMatchObject(expected);
      expect(reply.error === undefined).toBe(reply.finish !== undefined);
    } finally {
      await Promise.all([proxy.close(), provider.close()]);
    }
  });
});

it("a key that a provider repeats is told to nobody", async () => {
  const key = "upstream-secret-of-ours";
  const provider = await startWireServer(answer(401, { error: { message: `Incorrect API key: ${key}.` } }));
  const settings = config(openaiWire, provider.url, undefined);
  for (const { litellm_params } of settings.model_list) litellm_params.api_key = key;
  const proxy = await startProxy(settings);
  try {
    const reply = await ask(proxy.url, false);
    expect(reply.error?.message).toContain("Incorrect API key: ….");
    expect(proxy.log()).toContain("Incorrect API key");
    expect(proxy.log()).not.toContain(key);
  } finally {
    await Promise.all([proxy.close(), provider.close()]);
  }
});

/** An address where nothing listens any more. */
async function closedAddress(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}
