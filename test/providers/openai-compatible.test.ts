import { HumanMessage, type AIMessageChunk } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { createModel } from "../../src/providers/create-model.ts";
import { ProviderError } from "../../src/providers/provider-error.ts";
import { openaiAnswer, openaiEvents } from "../support/provider-servers/bodies.ts";
import { settingsFor } from "../support/provider-servers/settings.ts";
import { answer, events, startWireServer, type WireServer } from "../support/provider-servers/wire-server.ts";

let server: WireServer;
beforeAll(async () => {
  server = await startWireServer();
});
afterAll(() => server.close());
beforeEach(() => {
  server.requests.length = 0;
});

const model = (more: Parameters<typeof settingsFor>[2] = {}) =>
  createModel(settingsFor("localai", server.url, more));

async function streamed(chunks: AsyncIterable<AIMessageChunk>) {
  let whole: AIMessageChunk | undefined;
  for await (const chunk of chunks) whole = whole === undefined ? chunk : whole.concat(chunk);
  return whole;
}

describe("the OpenAI-compatible model", () => {
  it("answers with its model, end and usage, whole and streamed", async () => {
    server.reply = answer(200, openaiAnswer("Hello"));
    const message = await (await model()).invoke("hi");
    expect(message.content).toBe("Hello");
    expect(message.response_metadata).toMatchObject({ model_name: "llama3.2:3b", finish_reason: "stop" });
    expect(message.usage_metadata).toMatchObject({ input_tokens: 5, output_tokens: 4, total_tokens: 9 });

    server.reply = events(openaiEvents(["Hel", "lo"]), "end", "\n");
    const whole = await streamed(await (await model()).stream("hi"));
    expect(whole?.content).toBe("Hello");
    expect(whole?.response_metadata).toMatchObject({ model_name: "llama3.2:3b", finish_reason: "stop" });
    expect(server.requests.map(({ path }) => path)).toEqual(["/v1/chat/completions", "/v1/chat/completions"]);
  });

  it("says that it cannot send what its class has no way to say, whole and streamed, and sends nothing", async () => {
    const audio = new HumanMessage({
      content: [
        { type: "audio", source_type: "url", url: "https://example.org/a.wav", mime_type: "audio/wav" },
      ],
    });
    const asks = [
      async () => (await model()).invoke([audio]),
      async () => streamed(await (await model()).stream([audio])),
    ];
    for (const ask of asks) {
      await expect(ask()).rejects.toMatchObject({ reason: "unsendable", status: 400 });
    }
    expect(server.requests).toEqual([]);
  });

  it("sends no temperature unless one is set, and other parameters as they are", async () => {
    server.reply = answer(200, openaiAnswer("Hello"));
    await (await model()).invoke("hi");
    await (
      await model({ parameters: { temperature: 0.7, max_tokens: 9, grammar: "root ::= x" } })
    ).invoke("hi");
    const [plain, set] = server.requests;
    expect(plain?.body).not.toHaveProperty("temperature");
    expect(set?.body).toMatchObject({ temperature: 0.7, max_tokens: 9, grammar: "root ::= x" });
  });

  it("needs no key at LocalAI, takes none from the environment, and keeps to chat completions", async () => {
    server.reply = answer(200, openaiAnswer("Hello"));
    const before = process.env.OPENAI_API_KEY;
    process.env.OPENAI_API_KEY = "sk-from-the-environment";
    try {
      const names = ["llama3.2:3b", "gpt-5.2-codex", "o1-mini"];
      for (const name of names) {
        const one = await model({ apiKey: undefined, model: name, parameters: { max_tokens: 7 } });
        await one.invoke("hi");
      }
    } finally {
      if (before === undefined) delete process.env.OPENAI_API_KEY;
      else process.env.OPENAI_API_KEY = before;
    }
    for (const request of server.requests) {
      expect(request.path).toBe("/v1/chat/completions");
      expect(request.headers.authorization).not.toContain("sk-");
      expect(request.body).toMatchObject({ max_tokens: 7 });
    }
  });

  it("does not ask OpenAI or Gemini at all without a key, and names the variable", async () => {
    for (const [provider, variable] of [
      ["openai", "OPENAI_API_KEY"],
      ["gemini", "GOOGLE_API_KEY"],
    ] as const) {
      const url = provider === "openai" ? "https://api.openai.com" : server.url;
      const one = await createModel(settingsFor(provider, url, { apiKey: undefined }));
      await expect(one.invoke("hi")).rejects.toMatchObject({ reason: "no_key", status: 401 });
      await expect(one.invoke("hi")).rejects.toThrow(`set ${variable}`);
    }
    expect(server.requests).toHaveLength(0);
  });

  it("gives tool calls, streamed in pieces", async () => {
    const piece = (call: object) => ({
      id: "c",
      object: "chat.completion.chunk",
      model: "m",
      choices: [{ index: 0, delta: { tool_calls: [{ index: 0, ...call }] }, finish_reason: null }],
    });
    const end = { choices: [{ index: 0, delta: {}, finish_reason: "tool_calls" }] };
    server.reply = events([
      piece({ id: "t1", type: "function", function: { name: "weather", arguments: '{"ci' } }),
      piece({ function: { arguments: 'ty":"Porto"}' } }),
      end,
      "[DONE]",
    ]);
    const weather = tool(() => "sunny", { name: "weather", schema: z.object({ city: z.string() }) });
    const bound = (await model()).bindTools?.([weather]);
    const whole = await streamed((await bound?.stream("hi")) as AsyncIterable<AIMessageChunk>);
    expect(whole?.tool_calls).toMatchObject([{ name: "weather", args: { city: "Porto" } }]);
  });

  it("never shows the error text that LocalAI streams as content before its error event", async () => {
    const text =
      "rpc error: code = Internal desc = request (12012 tokens) exceeds the available context size (4096 tokens)";
    const error = { error: { code: "server_error", message: text, type: "server_error" } };
    server.reply = events([...openaiEvents([text], null).slice(0, -1), error, "[DONE]"]);
    const shown: unknown[] = [];
    const run = async () => {
      for await (const chunk of await (await model()).stream("hi")) shown.push(chunk.content);
    };
    await expect(run()).rejects.toMatchObject({ reason: "stream_error", body: error });
    expect(shown.join("")).toBe("");
  });

  it("shows an answer that only begins like that error", async () => {
    server.reply = events(openaiEvents(["rpc", " is a remote call"]));
    expect((await streamed(await (await model()).stream("hi")))?.content).toBe("rpc is a remote call");
    server.reply = events(openaiEvents(["rpc error:", " means that"]));
    expect((await streamed(await (await model()).stream("hi")))?.content).toBe("rpc error: means that");
  });

  it("reads a server that answers a stream request with one whole completion", async () => {
    server.reply = answer(200, openaiAnswer("Hello"));
    expect((await streamed(await (await model()).stream("hi")))?.content).toBe("Hello");
  });

  it("follows no redirect", async () => {
    server.reply = answer(307, "", { location: "http://192.0.2.1/elsewhere" });
    await expect((await model()).invoke("hi")).rejects.toMatchObject({ reason: "http", status: 307 });
    expect(server.requests).toHaveLength(1);
  });

  it("keeps the status, headers and body of an error", async () => {
    const body = { error: { message: "slow down", type: "requests", code: "rate_limit_exceeded" } };
    server.reply = answer(429, body, { "retry-after": "7" });
    const error: unknown = await (await model()).invoke("hi").catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ProviderError);
    expect(error).toMatchObject({ status: 429, body });
    expect((error as ProviderError).headers["retry-after"]).toBe("7");
    expect(server.requests).toHaveLength(1);
  });
});
