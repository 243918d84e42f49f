import { gzipSync } from "node:zlib";
import {
  AIMessage,
  HumanMessage,
  SystemMessage,
  ToolMessage,
  type AIMessageChunk,
} from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { createModel } from "../../src/providers/create-model.ts";
import { geminiAnswer, geminiEvents } from "../support/provider-servers/bodies.ts";
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
  createModel(settingsFor("gemini", server.url, more));

async function streamed(chunks: AsyncIterable<AIMessageChunk>) {
  let whole: AIMessageChunk | undefined;
  let pieces = 0;
  for await (const chunk of chunks) {
    whole = whole === undefined ? chunk : whole.concat(chunk);
    pieces += 1;
  }
  return { whole, pieces };
}

const weather = tool(() => "sunny", {
  name: "weather",
  description: "the weather of a city",
  schema: z.object({ city: z.string() }),
});

describe("the Gemini model", () => {
  it("answers with the model that really answered, how it ended and what it used, thoughts included", async () => {
    server.reply = answer(200, geminiAnswer("Hello"));
    const message = await (await model()).invoke("hi");
    expect(message.content).toBe("Hello");
    expect(message.response_metadata).toMatchObject({
      model_name: "gemini-3.1-flash-lite",
      finishReason: "STOP",
    });
    expect(message.usage_metadata).toMatchObject({ input_tokens: 5, output_tokens: 6, total_tokens: 11 });
  });

  it("sends the key as a header, and no temperature unless one is set", async () => {
    server.reply = answer(200, geminiAnswer("Hello"));
    await (await model()).invoke("hi");
    await (await model({ parameters: { temperature: 0.2, max_tokens: 50, stop: "END" } })).invoke("hi");
    await (await model()).invoke("hi", { stop: ["X"] });
    const [plain, set, stopped] = server.requests;
    expect(plain?.path).toBe("/v1beta/models/gemini-flash-lite-latest:generateContent");
    expect(plain?.headers["x-goog-api-key"]).toBe("k");
    expect(plain?.body.generationConfig).not.toHaveProperty("temperature");
    expect(set?.body.generationConfig).toMatchObject({
      temperature: 0.2,
      maxOutputTokens: 50,
      stopSequences: ["END"],
    });
    expect(stopped?.body.generationConfig).toMatchObject({ stopSequences: ["X"] });
  });

  it.each(["", "/", "/v1beta", "/v1beta/", "/v1beta/openai", "/v1"])(
    "reaches a base URL that ends with %j",
    async (ending) => {
      server.reply = answer(200, geminiAnswer("Hello"));
      await (await model({ baseUrl: `${server.url}${ending}` })).invoke("hi");
      const version = ending.startsWith("/v1") && !ending.startsWith("/v1beta") ? "v1" : "v1beta";
      expect(server.requests[0]?.path).toBe(`/${version}/models/gemini-flash-lite-latest:generateContent`);
    },
  );

  it("streams text, and the usage and end that come without content, once each", async () => {
    server.reply = events(geminiEvents(["Hel", "lo ", "wörld"]));
    const { whole, pieces } = await streamed(await (await model()).stream("hi"));
    expect(pieces).toBeGreaterThanOrEqual(3);
    expect(whole?.content).toBe("Hello wörld");
    expect(whole?.usage_metadata).toMatchObject({ input_tokens: 5, output_tokens: 4, total_tokens: 9 });
    expect(whole?.response_metadata).toMatchObject({
      model_name: "gemini-3.1-flash-lite",
      finishReason: "STOP",
    });
    expect(server.requests[0]?.path).toContain(":streamGenerateContent?alt=sse");
  });

  it("reads a stream split inside characters and line ends, and one sent as a JSON array", async () => {
    server.reply = async (response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      const text = geminiEvents(["Olá ", "mundo ✓"]).map((event) => `data: ${JSON.stringify(event)}\r\n\r\n`);
      for (const byte of Buffer.from(text.join(""))) {
        response.write(Buffer.of(byte));
        if (byte > 127 || byte === 13) await new Promise((resolve) => setImmediate(resolve));
      }
      response.end();
    };
    expect((await streamed(await (await model()).stream("hi"))).whole?.content).toBe("Olá mundo ✓");
    server.reply = answer(200, geminiEvents(["Hel", "lo"]));
    expect((await streamed(await (await model()).stream("hi"))).whole?.content).toBe("Hello");
  });

  it("does not count usage twice when only some events carry it", async () => {
    const usageMetadata = { promptTokenCount: 7, candidatesTokenCount: 1, totalTokenCount: 8 };
    const [first, ...others] = geminiEvents(["a", "b", "c"]);
    server.reply = events([{ ...first, usageMetadata }, ...others]);
    const { whole } = await streamed(await (await model()).stream("hi"));
    expect(whole?.usage_metadata).toMatchObject({ input_tokens: 7, output_tokens: 4, total_tokens: 9 });
  });

  it("keeps the thought signature of a tool call for the way back, streamed and not", async () => {
    const parts = [
      { functionCall: { name: "weather", args: { city: "Lisboa" }, id: "f1" }, thoughtSignature: "sig-1" },
    ];
    const body = {
      candidates: [{ content: { role: "model", parts }, finishReason: "STOP", index: 0 }],
    };
    const bound = (await model()).bindTools?.([weather]);
    for (const isStreamed of [false, true]) {
      server.reply = isStreamed ? events([body]) : answer(200, body);
      const called = isStreamed
        ? (await streamed((await bound?.stream("hi")) as AsyncIterable<AIMessageChunk>)).whole
        : await bound?.invoke("hi");
      expect(called?.tool_calls?.[0]).toMatchObject({ name: "weather", args: { city: "Lisboa" } });
      server.reply = answer(200, geminiAnswer("sunny"));
      const result = new ToolMessage({ content: "sunny", tool_call_id: called?.tool_calls?.[0]?.id ?? "" });
      await bound?.invoke([new HumanMessage("hi"), called as AIMessage, result]);
      const contents = server.requests.at(-1)?.body.contents as { parts: object[] }[];
      expect(contents[1]?.parts[0]).toMatchObject({ thoughtSignature: "sig-1" });
    }
  });

  it("sends the tool call of another model with the stand-in signature that Gemini 3 accepts", async () => {
    server.reply = answer(200, geminiAnswer("sunny"));
    const called = new AIMessage({ content: "", tool_calls: [{ id: "x", name: "weather", args: {} }] });
    const result = new ToolMessage({ content: "sunny", tool_call_id: "x" });
    await (await model()).invoke([new HumanMessage("hi"), called, result]);
    const contents = server.requests[0]?.body.contents as { parts: object[] }[];
    expect(contents[1]?.parts[0]).toMatchObject({ thoughtSignature: "skip_thought_signature_validator" });
  });

  it("takes images under an alias that names no generation", async () => {
    server.reply = answer(200, geminiAnswer("a cat"));
    const image = { type: "image_url", image_url: { url: "data:image/png;base64,aGk=" } };
    await (await model()).invoke([new HumanMessage({ content: [image] })]);
    expect(JSON.stringify(server.requests[0]?.body)).toContain('"inlineData"');
  });

  it("sends every system message as the one instruction, wherever it stands", async () => {
    server.reply = answer(200, geminiAnswer("Hello"));
    const messages = [new HumanMessage("hi"), new SystemMessage("be short"), new SystemMessage("be kind")];
    await (await model()).invoke(messages);
    expect(server.requests[0]?.body).toMatchObject({
      systemInstruction: { parts: [{ text: "be short\n\nbe kind" }] },
      contents: [{ role: "user", parts: [{ text: "hi" }] }],
    });
  });

  it("reads messages that cannot be sent as wrong for this client, not as a failing server", async () => {
    const orphan = [new HumanMessage("hi"), new ToolMessage({ content: "x", tool_call_id: "nobody" })];
    await expect((await model()).invoke(orphan)).rejects.toMatchObject({ reason: "unsendable", status: 400 });
    expect(server.requests).toHaveLength(0);
  });

  it("reads a compressed answer of a server behind an eager proxy", async () => {
    server.reply = (response) =>
      void response
        .writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" })
        .end(gzipSync(JSON.stringify(geminiAnswer("small"))));
    expect((await (await model()).invoke("hi")).content).toBe("small");
  });

  it("names every key that traces want", async () => {
    const params = (await model({ parameters: { temperature: 0.5 } })).getLsParams({});
    expect(params).toMatchObject({
      ls_provider: "google_genai",
      ls_model_name: "gemini-flash-lite-latest",
      ls_model_type: "chat",
      ls_temperature: 0.5,
    });
  });
});
