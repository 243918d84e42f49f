import { once } from "node:events";
import OpenAI from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Targets } from "../../src/proxy/target.ts";
import { deployment } from "../routing/scenes.ts";
import { openaiAnswer, openaiEvents } from "../support/provider-servers/bodies.ts";
import {
  answer,
  events,
  startWireServer,
  type Reply,
  type WireServer,
} from "../support/provider-servers/wire-server.ts";
import { askProxy, startProxy, type StartedProxy } from "../support/proxy.ts";

const messages = [{ role: "user" as const, content: "hello" }];
const broken: Reply = answer(500, { error: { message: "broken" } });

let [first, second, third]: WireServer[] = [];
let proxy: StartedProxy;

const entry = (name: string, server: WireServer | undefined, more: object = {}, info: object = {}) => ({
  model_name: name,
  litellm_params: { model: `openai/${name}-model`, api_base: `${server?.url}/v1`, api_key: "k", ...more },
  model_info: info,
});

beforeAll(async () => {
  [first, second, third] = await Promise.all([startWireServer(), startWireServer(), startWireServer()]);
  proxy = await startProxy(
    {
      model_list: [
        entry("first", first, { temperature: 0.7, max_tokens: 100 }, { local: false }),
        entry(
          "second",
          second,
          {},
          { local: true, input_cost_per_token: 0.001, output_cost_per_token: 0.002 },
        ),
        entry("third", third, { tags: ["paid"] }),
        entry("tagged", first, { tags: ["free"] }),
        { ...entry("tagged", third, { tags: ["paid"] }), model_info: { id: "tagged-paid" } },
        entry("any/*", third, { model: "openai/*" }),
        {
          model_name: "gemini",
          litellm_params: { model: "gemini/gemini-flash-latest", api_base: `${first.url}`, api_key: "k" },
        },
      ],
      router_settings: {
        num_retries: 1,
        retry_after: 0,
        disable_cooldowns: true,
        fallbacks: [{ first: ["second"] }],
      },
    },
    { allowTestHooks: true, logLevel: "debug" },
  );
});
afterAll(() => Promise.all([proxy, first, second, third].map((one) => one?.close())));
beforeEach(() => {
  for (const server of [first, second, third]) {
    if (server === undefined) continue;
    server.requests.length = 0;
    server.reply = (response, request) =>
      (request.isStream ? events(openaiEvents(["fi", "ne"])) : answer(200, openaiAnswer("fine")))(
        response,
        request,
      );
  }
});

const ask = (body: object, headers: Record<string, string> = {}) =>
  askProxy(proxy.url, { model: "first", messages, ...body }, headers);
const bodies = (server: WireServer | undefined) => server?.requests.map(({ body }) => body) ?? [];

describe("what a provider is sent", () => {
  it("is the caller's own request under the deployment's name, with its parameters where the caller has none", async () => {
    await ask({ temperature: 0, seed: 7, logprobs: true, n: 1 });
    expect(bodies(first)).toEqual([
      { model: "first-model", messages, temperature: 0, seed: 7, logprobs: true, n: 1, max_tokens: 100 },
    ]);
  });

  it("is byte for byte what the caller wrote, wherever nothing has to change", async () => {
    const odd = `{ "model" : "third-model",\n "messages":[{"role":"user","content":"\\u00e9 ñ 😀 \\"model\\": 1"}], "seed": 12345678901234567890, "x":1.0 }`;
    let raw = "";
    if (third) third.reply = answer(200, openaiAnswer("fine"));
    const { createServer } = await import("node:http");
    const server = createServer((request, response) => {
      request.setEncoding("utf8").on("data", (text: string) => (raw += text));
      request.on("end", () => response.end(JSON.stringify(openaiAnswer("fine"))));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    const exact = await startProxy({
      model_list: [
        {
          model_name: "third-model",
          litellm_params: {
            model: "openai/other-name",
            api_base: `http://127.0.0.1:${port}/v1`,
            api_key: "k",
          },
        },
      ],
    });
    await fetch(`${exact.url}/v1/chat/completions`, { method: "POST", body: odd });
    expect(raw).toBe(odd.replace('"third-model"', '"other-name"'));
    await exact.close();
    server.closeAllConnections();
    server.close();
  });

  it("never holds what is the router's, nor an address or a key of the caller's choosing", async () => {
    await ask({
      metadata: { local_only: false, tags: ["x"] },
      num_retries: 0,
      timeout: 5,
      stream_timeout: 5,
      fallbacks: ["second"],
      disable_fallbacks: false,
      drop_params: true,
      mock_testing_fallbacks: false,
      api_base: third?.url,
      base_url: third?.url,
      api_key: "sk-other",
      custom_llm_provider: "evil",
      extra_headers: { "x-evil": "1" },
      user_config: {},
    });
    expect(Object.keys(bodies(first)[0] ?? {}).toSorted()).toEqual([
      "max_tokens",
      "messages",
      "model",
      "temperature",
    ]);
    expect(first?.requests[0]?.headers["x-evil"]).toBeUndefined();
    expect(third?.requests).toEqual([]);
  });

  it("is another model's name only where the group is a pattern", async () => {
    await ask({ model: "any/thing-4" });
    expect(bodies(third)).toMatchObject([{ model: "thing-4" }]);
  });

  it("asks for a stream's usage, which the caller sees only if it asked for it", async () => {
    const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };
    const reported = [...openaiEvents(["fine"]).slice(0, -1), { id: "c1", choices: [], usage }, "[DONE]"];
    if (second) second.reply = events(reported);
    const plain = await fetchText({ model: "second", stream: true });
    const wanted = await fetchText({
      model: "second",
      stream: true,
      stream_options: { include_usage: true },
    });
    expect(bodies(second)).toMatchObject([
      { stream_options: { include_usage: true } },
      { stream_options: { include_usage: true } },
    ]);
    expect(plain).not.toContain("usage");
    expect(wanted).toContain('"usage":{"prompt_tokens":5');
    expect(plain).toMatch(/data: \[DONE\]\s*$/);
  });
});

describe("what an answer says of its route", () => {
  it("is who answered, after how many retries and fallbacks, and what it cost", async () => {
    if (first) first.reply = broken;
    const reply = await ask({});
    expect(reply.text).toBe("fine");
    const own = Object.fromEntries([...reply.headers].filter(([name]) => name.startsWith("x-litellm")));
    expect(own).toMatchObject({
      "x-litellm-model-id": "second",
      "x-litellm-model-group": "second",
      "x-litellm-attempted-retries": "1",
      "x-litellm-attempted-fallbacks": "1",
      "x-litellm-call-id": expect.stringMatching(/^[0-9a-f-]{36}$/),
      "x-litellm-overhead-duration-ms": expect.stringMatching(/^\d+\.\d+$/),
    });
    expect(Number(own["x-litellm-response-cost"])).toBeCloseTo(0.013);
    const streamed = await ask({ stream: true, num_retries: 0 });
    expect(streamed.headers.get("x-litellm-model-id")).toBe("second");
    expect(streamed.headers.get("x-litellm-attempted-retries")).toBe("0");
    expect(streamed.headers.get("x-litellm-response-cost")).toBeNull();
    expect(proxy.log()).toMatch(/Falling back from first to second: a fallback is free/);
  });
});

describe("what a request may say of its route", () => {
  beforeEach(() => {
    if (first) first.reply = broken;
  });

  it("its own fallbacks, none at all, and how often to retry", async () => {
    expect((await ask({ fallbacks: ["third"], num_retries: 0 })).headers.get("x-litellm-model-id")).toBe(
      "third",
    );
    expect((await ask({ fallbacks: [{ model: "third" }], num_retries: 2 })).text).toBe("fine");
    expect(first?.requests).toHaveLength(4);
    expect(await ask({ disable_fallbacks: true, num_retries: 0 })).toMatchObject({
      status: 500,
      error: { message: expect.stringContaining("broken") },
    });
    expect(second?.requests).toEqual([]);
  });

  it("its time limits, in seconds", async () => {
    if (first) first.reply = () => undefined;
    const startedAt = performance.now();
    const late = await ask({ timeout: 0.2, num_retries: 0, disable_fallbacks: true });
    expect(late).toMatchObject({ status: 504, error: { type: "timeout_error" } });
    const streamed = await ask({ stream: true, stream_timeout: 0.2 });
    expect(streamed).toMatchObject({ text: "fine", isDone: true });
    expect(first?.requests).toHaveLength(2);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it("tags", async () => {
    if (first) first.reply = answer(200, openaiAnswer("free"));
    expect((await ask({ model: "tagged", tags: ["paid"] })).headers.get("x-litellm-model-id")).toBe(
      "tagged-paid",
    );
    expect((await ask({ model: "tagged", metadata: { tags: ["free"] } })).text).toBe("free");
  });

  it.each([
    ["in its metadata", { metadata: { local_only: true } }, {}],
    ["in its metadata as a text", { metadata: { local_only: "true" } }, {}],
    ["in a header", {}, { "x-local-only": "true" }],
  ])("that it is private, %s: nobody else is asked, whatever fails", async (_, body, headers) => {
    expect((await ask(body, headers)).headers.get("x-litellm-model-id")).toBe("second");
    if (second) second.reply = broken;
    const failed = await ask({ ...body, num_retries: 0 }, headers);
    expect(failed.status).toBe(500);
    expect([...bodies(first), ...bodies(third)]).toEqual([]);
    const none = await ask({ ...body, model: "first", fallbacks: ["any/x"] }, headers);
    expect(none.status).toBe(503);
    expect([...bodies(first), ...bodies(third)]).toEqual([]);
  });

  it("that parameters may be dropped which a provider does not have", async () => {
    const said = { candidates: [{ content: { parts: [{ text: "fine" }] }, finishReason: "STOP" }] };
    if (first) first.reply = answer(200, said);
    const refused = await ask({ model: "gemini", logit_bias: { 5: 1 } });
    expect(refused).toMatchObject({ status: 400, error: { message: expect.stringContaining("logit_bias") } });
    expect(first?.requests).toEqual([]);
    expect(await ask({ model: "gemini", logit_bias: { 5: 1 }, drop_params: true })).toMatchObject({
      text: "fine",
    });
  });

  it("that its first group fails, for a test of the configuration, only where that is allowed", async () => {
    if (first) first.reply = answer(200, openaiAnswer("first"));
    const planted = await ask({ mock_testing_fallbacks: true });
    expect(planted.headers.get("x-litellm-model-id")).toBe("second");
    expect(first?.requests).toEqual([]);
    const strict = await startProxy({ model_list: [entry("first", first)] });
    expect(
      await askProxy(strict.url, { model: "first", messages, mock_testing_fallbacks: true }),
    ).toMatchObject({ text: "first" });
    await strict.close();
  });
});

describe("a caller that goes away", () => {
  it.each([true, false])("ends the call upstream at once (streamed: %s)", async (stream) => {
    if (first) first.reply = stream ? events(openaiEvents(["fi"]).slice(0, 2), "open") : () => undefined;
    const controller = new AbortController();
    const client = new OpenAI({ apiKey: "x", baseURL: `${proxy.url}/v1`, maxRetries: 0 });
    const asked = client.chat.completions.create(
      { model: "first", messages, stream },
      { signal: controller.signal },
    );
    if (stream) {
      const chunks = (await asked) as AsyncIterable<unknown>;
      for await (const _ of chunks) break;
    }
    await waitFor(() => first?.requests.length === 1);
    const leftAt = performance.now();
    controller.abort();
    if (!stream) await expect(asked).rejects.toThrow();
    await first?.requests[0]?.clientGone;
    expect(performance.now() - leftAt).toBeLessThan(50);
    expect(second?.requests).toEqual([]);
  });
});

it("a caller that reads late gets the whole of it all the same", async () => {
  const words = Array.from({ length: 400 }, (_, place) => `${place} ${"x".repeat(20_000)}`);
  if (first) first.reply = events(openaiEvents(words));
  const response = await fetch(`${proxy.url}/v1/chat/completions`, {
    method: "POST",
    body: JSON.stringify({ model: "first", messages, stream: true }),
  });
  // Until everything on the way is full.
  await new Promise((resolve) => setTimeout(resolve, 300));
  const text = await response.text();
  const said = [...text.matchAll(/"content":"(\d+) x/g)].map(([, place]) => Number(place));
  expect(said).toEqual(words.map((_, place) => place));
  expect(text).toMatch(/data: \[DONE\]\s*$/);
});

it("a name in a request begins no line of the log and steers no terminal", async () => {
  await ask({ model: "any/x\u001B[2J\n[INFO] Forged" });
  await waitFor(() => proxy.log().includes("Forged"));
  expect(proxy.log()).not.toMatch(/^\[INFO\] Forged/m);
  expect(proxy.log()).not.toContain("\u001B");
});

it("private text is not sent to an address that turns out to be elsewhere, unless that is said to be local", () => {
  const elsewhere = deployment("a", { baseUrl: "http://93.184.216.34/v1" });
  const place = { kind: "openai", path: "/chat/completions" } as const;
  const targets = new Targets();
  expect(() => targets.of(elsewhere, place, true)).toThrow(/not a loopback or private address/);
  expect(targets.of(elsewhere, place, false).origin).toBe("http://93.184.216.34");
  expect(() => targets.of(elsewhere, place, true)).toThrow(/not a loopback or private address/);
  expect(targets.of({ ...elsewhere, local: true }, place, true).path).toBe("/v1/chat/completions");
});

it("a caller that does not read holds its provider back and nobody else", async () => {
  const piece = openaiEvents(["x".repeat(60_000)]).slice(1, 2);
  let written = 0;
  if (first)
    first.reply = async (response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      const gone = once(response, "close");
      for (let count = 0; count < 2_000 && !response.destroyed; count += 1) {
        const isTaken = response.write(`data: ${JSON.stringify(piece[0])}\n\n`);
        written += 1;
        if (!isTaken && !response.destroyed) await Promise.race([gone, once(response, "drain")]);
      }
    };
  const controller = new AbortController();
  const response = await fetch(`${proxy.url}/v1/chat/completions`, {
    method: "POST",
    body: JSON.stringify({ model: "first", messages, stream: true }),
    signal: controller.signal,
  });
  const reader = response.body?.getReader();
  await reader?.read();
  let before = -1;
  // Until nothing is written any more: both connections' buffers are full.
  while (before !== written) {
    before = written;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(written).toBeLessThan(1_000);
  expect(await ask({ model: "second" })).toMatchObject({ text: "fine" });
  controller.abort();
});

async function fetchText(body: object): Promise<string> {
  const response = await fetch(`${proxy.url}/v1/chat/completions`, {
    method: "POST",
    body: JSON.stringify({ messages, ...body }),
  });
  return response.text();
}

async function waitFor(isSo: () => boolean | undefined): Promise<void> {
  while (isSo() !== true) await new Promise((resolve) => setImmediate(resolve));
}
