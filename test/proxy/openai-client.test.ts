import OpenAI, {
  APIUserAbortError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
} from "openai";
import { zodFunction, zodResponseFormat } from "openai/helpers/zod";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import {
  geminiAnswer,
  geminiEvents,
  openaiAnswer,
  openaiEvents,
} from "../support/provider-servers/bodies.ts";
import { answer, events, startWireServer, type WireServer } from "../support/provider-servers/wire-server.ts";
import { startProxy, type StartedProxy } from "../support/proxy.ts";
import { geminiReply, openaiReply } from "../routed-chat-model/clever-server.ts";

const key = "sk-of-the-proxy";
let gemini: WireServer;
let openai: WireServer;
let proxy: StartedProxy;
let client: OpenAI;

beforeAll(async () => {
  [gemini, openai] = await Promise.all([startWireServer(), startWireServer()]);
  proxy = await startProxy({
    model_list: [
      {
        model_name: "gemini-group",
        litellm_params: { model: "gemini/gemini-flash-lite-latest", api_key: "g", api_base: gemini.url },
      },
      {
        model_name: "openai-group",
        litellm_params: { model: "openai/llama3.2:3b", api_key: "o", api_base: `${openai.url}/v1` },
      },
      {
        model_name: "gemini-embedding",
        litellm_params: { model: "gemini/gemini-embedding-001", api_key: "g", api_base: gemini.url },
        model_info: { mode: "embedding" },
      },
      {
        model_name: "openai-embedding",
        litellm_params: {
          model: "openai/text-embedding-3-small",
          api_key: "o",
          api_base: `${openai.url}/v1`,
        },
        model_info: { mode: "embedding" },
      },
    ],
    router_settings: { num_retries: 0, disable_cooldowns: true },
    general_settings: { master_key: key },
  });
  client = new OpenAI({ baseURL: `${proxy.url}/v1`, apiKey: key, maxRetries: 0 });
});
afterAll(async () => {
  await Promise.all([proxy.close(), gemini.close(), openai.close()]);
});
beforeEach(() => {
  gemini.reply = geminiReply;
  openai.reply = openaiReply;
  gemini.requests.length = 0;
  openai.requests.length = 0;
});

const messages = [{ role: "user" as const, content: "hello" }];

describe.each(["gemini-group", "openai-group"])("the official client, asking %s", (model) => {
  const server = () => (model === "gemini-group" ? gemini : openai);

  it("gets an answer with usage and the model that gave it", async () => {
    const completion = await client.chat.completions.create({ model, messages });
    expect(completion.choices[0]?.message.content).toBe("Hello there");
    expect(completion.choices[0]?.finish_reason).toBe("stop");
    expect(completion.model).toBe(model === "gemini-group" ? "gemini-3.1-flash-lite" : "llama3.2:3b");
    expect(completion.usage?.prompt_tokens).toBe(5);
    expect(completion.id).toBeTruthy();
  });

  it("gets a stream, with its usage when it asks for it", async () => {
    const stream = await client.chat.completions.create({
      model,
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = "";
    const finishes: unknown[] = [];
    let usage: OpenAI.CompletionUsage | null | undefined;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? "";
      if (chunk.choices[0]?.finish_reason) finishes.push(chunk.choices[0].finish_reason);
      usage = chunk.usage ?? usage;
    }
    expect(text).toBe("Hello there");
    expect(finishes).toEqual(["stop"]);
    expect(usage?.total_tokens).toBe(9);
  });

  it("gets a stream through the client's own helper", async () => {
    const stream = client.chat.completions.stream({ model, messages });
    expect(await stream.finalContent()).toBe("Hello there");
  });

  it("runs tools to the end of the conversation, streamed and not", async () => {
    const tool = zodFunction({
      name: "weather",
      parameters: z.object({ city: z.string() }),
      function: ({ city }) => `sunny in ${city}`,
    });
    for (const stream of [false, true]) {
      server().requests.length = 0;
      const runner = stream
        ? client.chat.completions.runTools({ model, messages, tools: [tool], stream: true })
        : client.chat.completions.runTools({ model, messages, tools: [tool] });
      expect(await runner.finalContent()).toBe("Hello there");
      expect(server().requests).toHaveLength(2);
      expect(JSON.stringify(server().requests[1]?.body)).toContain("sunny in text");
    }
  });

  it("gets two tool calls at once, each with an id of its own", async () => {
    const tools = ["first", "second"].map((name) => ({
      type: "function" as const,
      function: { name, parameters: { type: "object", properties: { b: { type: "number" } } } },
    }));
    const asked = [{ role: "user" as const, content: "ALWAYS call both" }];
    const { choices } = await client.chat.completions.create({ model, messages: asked, tools });
    const calls = choices[0]?.message.tool_calls ?? [];
    expect(choices[0]?.finish_reason).toBe("tool_calls");
    expect(calls.map((call) => call.type === "function" && call.function.name)).toEqual(["first", "second"]);
    expect(new Set(calls.map(({ id }) => id)).size).toBe(2);
  });

  it("gets structured output parsed by its zod schema, streamed and not", async () => {
    const schema = z.object({ title: z.string(), year: z.number().int(), tags: z.array(z.string()) });
    const response_format = zodResponseFormat(schema, "book");
    const parsed = await client.chat.completions.parse({ model, messages, response_format });
    expect(parsed.choices[0]?.message.parsed).toEqual({ title: "text", year: 1, tags: ["text"] });
    const stream = client.chat.completions.stream({ model, messages, response_format });
    const final = await stream.finalChatCompletion();
    expect(final.choices[0]?.message.parsed).toEqual({ title: "text", year: 1, tags: ["text"] });
  });

  it.each([
    [400, BadRequestError],
    [401, AuthenticationError],
    [403, PermissionDeniedError],
    [404, NotFoundError],
    [429, RateLimitError],
    [500, InternalServerError],
    [503, InternalServerError],
  ])("gets a %i as the client's own error, streamed and not", async (status, expected) => {
    server().reply = answer(status, { error: { code: status, message: "No.", status: "NO" } });
    for (const stream of [false, true]) {
      const error = await client.chat.completions
        .create({ model, messages, stream })
        .catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(expected);
      expect(error).toMatchObject({ status });
    }
  });

  it("gets the error of a stream that broke off as an error, after what came before", async () => {
    server().reply =
      model === "gemini-group"
        ? events(geminiEvents(["Hel"], null))
        : events(openaiEvents(["Hel"], null).slice(0, -1), "cut");
    const stream = await client.chat.completions.create({ model, messages, stream: true });
    let text = "";
    const reading = (async () => {
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
    })();
    await expect(reading).rejects.toThrow(/broke off/);
    expect(text).toBe("Hel");
  });

  /** Asks, leaves, and gives the milliseconds until the provider was left too. */
  async function leave(isStream: boolean): Promise<number> {
    server().requests.length = 0;
    const beginning =
      model === "gemini-group" ? geminiEvents(["Hel"], null) : openaiEvents(["Hel"], null).slice(0, -1);
    server().reply = isStream ? events(beginning, "open") : () => {};
    const controller = new AbortController();
    const { signal } = controller;
    let leftAtMs = 0;
    const abort = () => {
      leftAtMs = performance.now();
      controller.abort();
    };
    const reading = async () => {
      const stream = await client.chat.completions.create({ model, messages, stream: true }, { signal });
      for await (const chunk of stream) if (chunk.choices[0]?.delta.content) abort();
    };
    const asking = isStream ? reading() : client.chat.completions.create({ model, messages }, { signal });
    const settled = asking.then(
      () => "ended",
      (error: unknown) => error,
    );
    await expect.poll(() => server().requests.length).toBe(1);
    if (!isStream) abort();
    await server().requests[0]?.clientGone;
    const ms = performance.now() - leftAtMs;
    // The client ends a stream that it aborted itself without an error.
    expect([isStream ? "ended" : expect.any(APIUserAbortError)]).toContainEqual(await settled);
    expect(server().requests).toHaveLength(1);
    return ms;
  }

  it("aborts: the provider is left within 50 ms, streamed or not, and nothing is asked again", async () => {
    for (const isStream of [false, true]) {
      const tries: number[] = [];
      // A busy machine may be late now and then; what is late by nature always is.
      while (tries.length < 5 && !tries.some((ms) => ms < 50)) tries.push(await leave(isStream));
      expect(Math.min(...tries)).toBeLessThan(50);
    }
  });

  it("keeps what it sends besides: images, stops, sampling", async () => {
    const image_url = { url: "data:image/png;base64,iVBORw0KGgo=" };
    await client.chat.completions.create({
      model,
      messages: [
        { role: "system", content: "Be brief." },
        {
          role: "user",
          content: [
            { type: "text", text: "What is it?" },
            { type: "image_url", image_url },
          ],
        },
      ],
      stop: ["END"],
      temperature: 0.3,
      max_completion_tokens: 9,
      seed: 4,
    });
    const sent = JSON.stringify(server().requests[0]?.body);
    for (const piece of ["Be brief.", "What is it?", "iVBORw0KGgo=", "END", "0.3", "9", "4"])
      expect(sent).toContain(piece);
  });
});

describe("the official client", () => {
  it("gets embeddings as numbers, though it asks for base64 in secret", async () => {
    gemini.reply = answer(200, { embeddings: [{ values: [0.5, -1] }, { values: [2, 0.25] }] });
    const list = await client.embeddings.create({ model: "gemini-embedding", input: ["a", "b"] });
    expect(list.data.map(({ embedding }) => embedding)).toEqual([
      [0.5, -1],
      [2, 0.25],
    ]);
    const base64 = Buffer.from(new Float32Array([0.5, -1]).buffer).toString("base64");
    openai.reply = answer(200, {
      object: "list",
      data: [{ object: "embedding", index: 0, embedding: base64 }],
      model: "e",
      usage: { prompt_tokens: 1, total_tokens: 1 },
    });
    const passed = await client.embeddings.create({ model: "openai-embedding", input: "a" });
    expect(passed.data[0]?.embedding).toEqual([0.5, -1]);
  });

  it("lists the models it can ask for", async () => {
    const { data } = await client.models.list();
    expect(data.map(({ id }) => id).toSorted()).toEqual([
      "gemini-embedding",
      "gemini-group",
      "openai-embedding",
      "openai-group",
    ]);
  });

  it("is told that a model is unknown, and that its key is wrong", async () => {
    const unknown = client.chat.completions.create({ model: "no-such-model", messages });
    await expect(unknown).rejects.toThrow(/gemini-group/);
    const stranger = client.withOptions({ apiKey: "sk-other" });
    await expect(
      stranger.chat.completions.create({ model: "openai-group", messages }),
    ).rejects.toBeInstanceOf(AuthenticationError);
    expect(openai.requests).toHaveLength(0);
  });

  it("retries by itself as it is told to: Retry-After reaches it", async () => {
    openai.reply = answer(
      429,
      { error: { message: "Slow down.", code: "rate_limit_exceeded" } },
      { "retry-after": "3" },
    );
    const error = await client.chat.completions
      .create({ model: "openai-group", messages })
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RateLimitError);
    const seconds = Number((error as RateLimitError).headers?.get("retry-after"));
    expect(seconds).toBeGreaterThanOrEqual(2);
    expect(seconds).toBeLessThanOrEqual(3);
  });

  it("carries a thought signature through a tool round trip, streamed and not, in Google's own field", async () => {
    const model = "gemini-group";
    const tools = [{ type: "function" as const, function: { name: "weather" } }];
    const parts = [{ functionCall: { name: "weather", args: {} }, thoughtSignature: "sig-1" }];
    const called = { candidates: [{ content: { role: "model", parts }, finishReason: "STOP" }] };
    for (const isStream of [false, true]) {
      gemini.requests.length = 0;
      openai.requests.length = 0;
      gemini.reply = isStream ? events([called]) : answer(200, called);
      const first = isStream
        ? await client.chat.completions.stream({ model, messages, tools }).finalChatCompletion()
        : await client.chat.completions.create({ model, messages, tools });
      const { message } = first.choices[0]!;
      const result = { role: "tool" as const, tool_call_id: message.tool_calls![0]!.id, content: "sunny" };
      gemini.reply = answer(200, geminiAnswer("sunny"));
      await client.chat.completions.create({ model, tools, messages: [...messages, message, result] });
      const { contents } = gemini.requests[1]!.body as { contents: { parts: object[] }[] };
      expect(contents[1]?.parts[0]).toMatchObject({ thoughtSignature: "sig-1" });
      // Another provider knows no such field.
      openai.reply = answer(200, openaiAnswer("sunny"));
      await client.chat.completions.create({
        model: "openai-group",
        messages: [...messages, message, result],
      });
      expect(JSON.stringify(openai.requests[0]?.body)).not.toContain("extra_content");
    }
  });
});
