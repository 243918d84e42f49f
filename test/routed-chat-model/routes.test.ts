import { HumanMessage } from "@langchain/core/messages";
import { FakeListChatModel, FakeStreamingChatModel } from "@langchain/core/utils/testing";
import { ChatGoogleGenerativeAI } from "@langchain/google-genai";
import { ChatOpenAI } from "@langchain/openai";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import * as z from "zod";
import { RoutedChatModel, RoutingError } from "../../src/routing-entry.ts";
import { geminiAnswer, openaiAnswer, openaiEvents } from "../support/provider-servers/bodies.ts";
import { answer, events, startWireServer, type WireServer } from "../support/provider-servers/wire-server.ts";
import { geminiReply, openaiReply, rateLimited, said } from "./clever-server.ts";
import { routedAt } from "./models.ts";

let gemini: WireServer;
let localai: WireServer;
const unhandled: unknown[] = [];
const onUnhandled = (error: unknown) => unhandled.push(error);
const warnings: Error[] = [];
const onNodeWarning = (warning: Error) => warnings.push(warning);
beforeAll(async () => {
  [gemini, localai] = await Promise.all([startWireServer(), startWireServer()]);
  process.on("unhandledRejection", onUnhandled).on("warning", onNodeWarning);
});
beforeEach(() => {
  gemini.reply = geminiReply;
  localai.reply = openaiReply;
  gemini.requests.length = 0;
  localai.requests.length = 0;
});
afterEach(async () => {
  await new Promise((resolve) => setImmediate(resolve));
  expect(unhandled).toEqual([]);
  expect(warnings.filter(({ name }) => name === "MaxListenersExceededWarning")).toEqual([]);
});
afterAll(async () => {
  process.off("unhandledRejection", onUnhandled).off("warning", onNodeWarning);
  await Promise.all([gemini.close(), localai.close()]);
});

const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.fail("it was answered"),
    (error: unknown) => error as RoutingError,
  );
const kindsOf = (message: { response_metadata: Record<string, unknown> }) =>
  (message.response_metadata.route as { deployment: string; kind: string }[]).map(
    ({ deployment, kind }) => `${deployment} ${kind}`,
  );
const quick = { num_retries: 0, disable_cooldowns: true };

describe("a request that fails", () => {
  test("throws a RoutingError with every attempt, and the primary's own error as its cause", async () => {
    gemini.reply = rateLimited();
    localai.reply = answer(500, { error: { message: "broken" } });
    const error = await failureOf(routedAt({ gemini, localai }, { router: quick }).invoke("hi"));
    expect(error).toBeInstanceOf(RoutingError);
    expect(error).toMatchObject({ code: "ALL_ATTEMPTS_FAILED", status: 429 });
    expect(error.attempts.map(({ deployment, kind }) => [deployment, kind])).toEqual([
      ["gemini-flash", "rate_limited"],
      ["localai-llama", "server_error"],
    ]);
    expect(error.cause).toMatchObject({ status: 429 });
  });

  test("tells listeners of attempts, fallbacks and cooldowns", async () => {
    gemini.reply = rateLimited();
    const told: string[] = [];
    const model = routedAt(
      { gemini, localai },
      {
        onAttempt: ({ deployment, kind }) => told.push(`${deployment} ${kind}`),
        onFallback: ({ from, to }) => told.push(`${from} to ${to}`),
        onCooldown: ({ deployment }) => told.push(`${deployment} cools`),
      },
    );
    await model.invoke("hi");
    expect(told.toSorted()).toEqual([
      "gemini-flash cools",
      "gemini-flash rate_limited",
      "gemini-flash to localai-llama",
      "localai-llama ok",
    ]);
  });

  test("takes no harm from a listener that throws, at once or later", async () => {
    const told: string[] = [];
    const onRouting = ({ name, message }: Error) => name === "RoutingWarning" && told.push(message);
    process.on("warning", onRouting);
    const model = routedAt(
      { localai },
      {
        onAttempt: () => {
          throw new Error("at once");
        },
      },
    );
    expect((await model.invoke("hi")).text).toBe("Hello there");
    const later = routedAt({ localai }, { onAttempt: () => Promise.reject(new Error("later")) as never });
    for await (const chunk of await later.stream("hi")) if (chunk.text !== "") break;
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off("warning", onRouting);
    expect(told).toEqual([expect.stringContaining("at once"), expect.stringContaining("later")]);
  });

  test("names the models there are when it asks for another", async () => {
    const error = await failureOf(routedAt({ gemini, localai }, { model: "gpt-9" }).invoke("hi"));
    expect(error).toMatchObject({ code: "UNKNOWN_MODEL", status: 400 });
    expect(error.message).toContain("localai-llama");
  });
});

describe("an answer that is none", () => {
  const stopped = { finishReason: "STOP" };
  test.each([
    ["no candidate", { candidates: [null] }],
    ["no part", { candidates: [{ content: { parts: [null] }, ...stopped }] }],
    ["parts of another shape", { candidates: [{ content: { parts: "x" }, ...stopped }] }],
    ["an empty part", { candidates: [{ content: { parts: [{}] }, ...stopped }] }],
    ["text that is none", { candidates: [{ content: { parts: [{ text: "" }] }, ...stopped }] }],
    ["a call of nothing", { candidates: [{ content: { parts: [{ functionCall: {} }] }, ...stopped }] }],
  ])("%s is asked of another, whole and streamed", async (_name, body) => {
    gemini.reply = (response, request) =>
      (request.isStream ? events([body]) : answer(200, body))(response, request);
    const model = routedAt({ gemini, localai }, { router: quick });
    expect((await model.invoke("hi")).text).toBe("Hello there");
    let text = "";
    for await (const chunk of await model.stream("hi")) text += chunk.text;
    expect(text).toBe("Hello there");
  });
});

describe("options of a call", () => {
  test("name another group, forbid fallbacks, and are bound by withConfig", async () => {
    const model = routedAt({ gemini, localai }, { router: quick });
    expect(kindsOf(await model.invoke("hi", { model: "localai-llama" }))).toEqual(["localai-llama ok"]);
    const bound = model.withConfig({ model: "localai-llama", tags: ["mine"] });
    expect(kindsOf(await bound.invoke("hi"))).toEqual(["localai-llama ok"]);
    gemini.reply = rateLimited();
    expect(await failureOf(model.invoke("hi", { disable_fallbacks: true }))).toMatchObject({ status: 429 });
  });

  test.each([
    ["the constructor", { local_only: true }, {}],
    ["a call", {}, { local_only: true }],
    ["a call's metadata", {}, { metadata: { local_only: true } }],
  ] as [string, { local_only?: boolean }, { local_only?: boolean; metadata?: { local_only: boolean } }][])(
    "local_only of %s sends nothing to another machine",
    async (_name, options, call) => {
      const model = routedAt({ gemini, localai }, options);
      expect(kindsOf(await model.invoke("secret", call))).toEqual(["localai-llama ok"]);
      expect(kindsOf(await model.withConfig(call).bindTools([]).invoke("secret"))).toEqual([
        "localai-llama ok",
      ]);
      localai.reply = answer(503, {});
      const strict = routedAt({ gemini, localai }, { ...options, router: quick });
      await failureOf(strict.invoke("secret", { ...call, ...(options.local_only && { local_only: false }) }));
      await failureOf(routedAt({ gemini }, options).invoke("secret", call));
      expect(gemini.requests).toEqual([]);
    },
  );

  test("a pipeline of structured output and tools keeps what was bound before", async () => {
    const model = routedAt({ gemini, localai }).withConfig({ local_only: true });
    const schema = z.object({ a: z.number() });
    expect(await model.withStructuredOutput(schema).invoke("add")).toEqual({ a: 1 });
    expect(gemini.requests).toEqual([]);
  });
});

describe("structured output", () => {
  const schema = z.object({ name: z.string(), age: z.number() });

  test("is asked for by each provider's own method", async () => {
    gemini.reply = rateLimited();
    const model = routedAt({ gemini, localai }).withStructuredOutput(schema);
    expect(await model.invoke("Ada")).toEqual({ name: "text", age: 1 });
    expect(said(gemini.requests[0] ?? expect.fail())).toContain("responseSchema");
    expect(said(localai.requests[0] ?? expect.fail())).toContain("json_schema");
  });

  test("that does not fit is mended once, with what was wrong, before anybody else is asked", async () => {
    gemini.reply = (response, request) => {
      const text = gemini.requests.length === 1 ? '{"name": "Ada"}' : '{"name": "Ada", "age": 36}';
      return answer(200, geminiAnswer(text))(response, request);
    };
    const model = routedAt({ gemini, localai });
    expect(await model.withStructuredOutput(schema).invoke("Ada")).toEqual({ name: "Ada", age: 36 });
    expect(gemini.requests).toHaveLength(2);
    expect(said(gemini.requests[1] ?? expect.fail())).toMatch(/could not be used.*age/);
    expect(localai.requests).toEqual([]);
  });

  test("that nobody can give is a RoutingError, or the message itself for whoever wants it", async () => {
    gemini.reply = answer(200, geminiAnswer("no JSON here"));
    const model = routedAt({ gemini }, { router: quick });
    const error = await failureOf(model.withStructuredOutput(schema).invoke("Ada"));
    expect(error).toMatchObject({ failure: { kind: "unusable_answer" } });
    const raw = await model.withStructuredOutput(schema, { includeRaw: true }).invoke("Ada");
    expect(raw).toMatchObject({ parsed: null });
    expect(raw.raw.text).toBe("no JSON here");
  });

  test("may be wanted in OpenAI's words, beside tools, as LangChain's agents do", async () => {
    const response_format = {
      type: "json_schema",
      json_schema: { name: "person", schema: z.toJSONSchema(schema), strict: true },
    };
    const tools = [
      { type: "function", function: { name: "add", parameters: { type: "object", properties: {} } } },
    ];
    for (const servers of [{ gemini }, { localai }]) {
      const model = routedAt(servers);
      const plain = await model.invoke("Ada", { response_format } as never);
      expect(JSON.parse(plain.text)).toEqual({ name: "text", age: 1 });
      const agent = model.bindTools(tools, { response_format } as never);
      expect((await agent.invoke("Ada")).tool_calls).toMatchObject([{ name: "add" }]);
    }
  });

  test("is streamed as one value", async () => {
    const values = [];
    const model = routedAt({ gemini }).withStructuredOutput(schema);
    for await (const value of await model.stream("Ada")) values.push(value);
    expect(values).toEqual([{ name: "text", age: 1 }]);
  });
});

describe("made by hand of any LangChain models", () => {
  const openai = () =>
    new ChatOpenAI({ model: "gpt-4o-mini", apiKey: "k", configuration: { baseURL: `${localai.url}/v1` } });
  const google = () =>
    new ChatGoogleGenerativeAI({ model: "gemini-2.5-flash", apiKey: "k", baseUrl: gemini.url });

  test("the first is asked first, the next when it fails, without the models' own retries", async () => {
    gemini.reply = rateLimited();
    const model = new RoutedChatModel({ models: { first: google(), second: openai() } });
    const result = await model.invoke("hi");
    expect(kindsOf(result)).toEqual(["first rate_limited", "second ok"]);
    expect(gemini.requests).toHaveLength(1);
    expect(result.response_metadata).toMatchObject({ model: "llama3.2:3b" });
    localai.reply = answer(500, {});
    const alone = new RoutedChatModel({ models: { only: openai() }, settings: { numRetries: 0 } });
    localai.requests.length = 0;
    await failureOf(alone.invoke("hi"));
    expect(localai.requests).toHaveLength(1);
  });

  test("tools and structured output are bound by each class in its way", async () => {
    gemini.reply = rateLimited();
    const tool = {
      type: "function",
      function: { name: "add", parameters: { type: "object", properties: {} } },
    };
    for (const models of [{ first: google(), second: openai() }, { first: openai() }]) {
      const model = new RoutedChatModel({ models, settings: { disableCooldowns: true } });
      expect((await model.bindTools([tool]).invoke("add")).tool_calls).toMatchObject([{ name: "add" }]);
      const schema = z.object({ a: z.number() });
      expect(await model.withStructuredOutput(schema, { method: "functionCalling" }).invoke("x")).toEqual({
        a: 1,
      });
      expect(await model.withStructuredOutput(schema).invoke("x")).toEqual({ a: 1 });
    }
  });

  test("a stream that Google's SDK breaks is no unhandled rejection, and the next model answers", async () => {
    gemini.reply = events([{ candidates: [] }], "cut");
    const models = { first: google(), second: openai() };
    const model = new RoutedChatModel({ models, settings: { numRetries: 0 } });
    let text = "";
    for await (const chunk of await model.stream("hi")) text += chunk.text;
    expect(text).toBe("Hello there");
  });

  test("a stream that OpenAI's class would end in silence is an error", async () => {
    localai.reply = events(openaiEvents(["half"], null).slice(0, -1));
    const model = new RoutedChatModel({ models: { only: openai() } });
    const read = async () => {
      for await (const chunk of await model.stream("hi")) expect(chunk).toBeDefined();
    };
    await expect(read()).rejects.toThrow(/finish reason/);
  });

  test("models of other people's classes, with and without streams of their own", async () => {
    const models = { list: new FakeListChatModel({ responses: ["from a list"] }) };
    const model = new RoutedChatModel({ models });
    expect((await model.invoke("hi")).text).toBe("from a list");
    let text = "";
    for await (const chunk of await model.stream("hi")) text += chunk.text;
    expect(text).toBe("from a list");
    const failing = new FakeStreamingChatModel({ thrownErrorString: "broken" });
    const both = new RoutedChatModel({ models: { failing, ...models }, settings: { numRetries: 0 } });
    expect(kindsOf(await both.invoke([new HumanMessage("hi")]))).toEqual(["failing server_error", "list ok"]);
  });

  test("in a list, under the names of their models", async () => {
    gemini.reply = rateLimited();
    const list = new RoutedChatModel({ models: [google(), openai(), openai()] });
    expect(kindsOf(await list.invoke("hi"))).toEqual(["gemini-2.5-flash rate_limited", "gpt-4o-mini ok"]);
    expect((await list.invoke("hi", { model: "gpt-4o-mini 2" })).text).toBe("Hello there");
  });

  test("models inside models", async () => {
    gemini.reply = rateLimited();
    const inner = new RoutedChatModel({ models: { google: google() }, settings: { numRetries: 0 } });
    const outer = new RoutedChatModel({ models: { inner, openai: openai() } });
    expect(kindsOf(await outer.invoke("hi"))).toEqual(["inner rate_limited", "openai ok"]);
  });

  test("with limits, tiers and places as a configuration has them", async () => {
    const models = {
      mine: { chat: openai(), local: true, order: 1, rpm: 1 },
      theirs: { chat: google(), group: "mine", order: 2 },
    };
    const model = new RoutedChatModel({ models });
    expect(kindsOf(await model.invoke("hi"))).toEqual(["mine ok"]);
    expect(kindsOf(await model.invoke("hi"))).toEqual(["theirs ok"]);
    expect(model.profile).toMatchObject({ toolCalling: true });
    localai.reply = openaiReply;
    const fresh = new RoutedChatModel({
      models: { theirs: google(), mine: { chat: openai(), local: true } },
    });
    expect(kindsOf(await fresh.invoke("secret", { local_only: true }))).toEqual(["mine ok"]);
  });
});

test("usage that a provider does not report is estimated, and marked", async () => {
  localai.reply = answer(200, { ...openaiAnswer("four words of text"), usage: undefined });
  const { usage_metadata, response_metadata } = await routedAt({ localai }).invoke("hi");
  expect(usage_metadata).toMatchObject({ output_tokens: 5 });
  expect(response_metadata).toMatchObject({ usage_estimated: true });
});

test("a thousand calls at once, failing at random, all come to an end, and memory stays flat", async () => {
  let seed = 7;
  const random = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
  const failures = [429, 500, 503, 401].map((status) =>
    Object.assign(new Error(`status ${status}`), { status }),
  );
  const flaky = (text: string) => {
    const chat = new FakeListChatModel({ responses: [text] });
    const generate = chat._generate.bind(chat);
    chat._generate = async (...arguments_) => {
      if (random() < 0.3) throw failures[Math.floor(random() * failures.length)] ?? new Error("unknown");
      return generate(...arguments_);
    };
    return chat;
  };
  const models = { one: flaky("one"), two: flaky("two"), three: flaky("three") };
  const model = new RoutedChatModel({ models, settings: { cooldownMs: 0 } });
  const controller = new AbortController();
  const round = async (count: number) => {
    const calls = Array.from({ length: count }, () => model.invoke("hi", { signal: controller.signal }));
    const settled = await Promise.allSettled(calls);
    const answered = settled.filter(({ status }) => status === "fulfilled");
    for (const one of settled) {
      if (one.status === "rejected") expect(one.reason).toBeInstanceOf(RoutingError);
    }
    return answered.length;
  };
  await round(300);
  global.gc?.();
  const before = process.memoryUsage().heapUsed;
  expect(await round(1_000)).toBeGreaterThan(900);
  global.gc?.();
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(120_000_000);
}, 60_000);
