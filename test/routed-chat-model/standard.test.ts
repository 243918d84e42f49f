/**
 * The cases of LangChain's own tests for chat models (`internal/standard-tests` of langchainjs, which is on no
 * registry), on the routed model over both kinds of provider and over a fallback.
 */
import { BaseCallbackHandler } from "@langchain/core/callbacks/base";
import {
  AIMessage,
  AIMessageChunk,
  HumanMessage,
  SystemMessage,
  ToolMessage,
  getBufferString,
  type UsageMetadata,
} from "@langchain/core/messages";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { RunnableLambda } from "@langchain/core/runnables";
import { StructuredTool, tool } from "@langchain/core/tools";
import { toJsonSchema } from "@langchain/core/utils/json_schema";
import type { StreamEvent } from "@langchain/core/tracers/log_stream";
import { concat } from "@langchain/core/utils/stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { z as z3 } from "zod/v3";
import type { CreateRoutedChatModelOptions } from "../../src/routing-entry.ts";
import type { WireServer } from "../support/provider-servers/wire-server.ts";
import { rateLimited, startCleverServer } from "./clever-server.ts";
import { routedAt } from "./models.ts";

const adderSchema = z
  .object({ a: z.number().int().describe("The first integer."), b: z.number().int().describe("The second.") })
  .describe("Add two integers");

class AdderTool extends StructuredTool {
  override name = "AdderTool";
  override description = "Add two integers";
  override schema = adderSchema;
  protected override async _call({ a, b }: { a: number; b: number }) {
    return JSON.stringify({ result: a + b });
  }
}

class StartHandler extends BaseCallbackHandler {
  override name = "StartHandler";
  extra: Record<string, unknown> = {};
  override handleChatModelStart(...[, , , , extra]: unknown[]) {
    Object.assign(this.extra, extra);
  }
}

const prompt = ChatPromptTemplate.fromMessages([
  ["system", "You must ALWAYS use the {toolName} function."],
  ["human", "What is the sum of 1836281973 and 19973286?"],
]);
const weather = tool(() => "70 degrees and sunny", {
  name: "get_current_weather",
  description: "Get the current weather for a location.",
  schema: z.object({ location: z.string().describe("The location.") }),
});
const time = tool(() => "noon", {
  name: "get_current_time",
  description: "Get the current time",
  schema: z.object({ location: z.string() }),
});
const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=";

let openai: WireServer;
let gemini: WireServer;
let limited: WireServer;
beforeAll(async () => {
  [openai, gemini, limited] = await Promise.all([
    startCleverServer("openai"),
    startCleverServer("gemini"),
    startCleverServer("gemini"),
  ]);
  limited.reply = rateLimited();
});
afterAll(() => Promise.all([openai.close(), gemini.close(), limited.close()]));

describe.each([
  ["an OpenAI-compatible server", () => ({ localai: openai })],
  ["Gemini", () => ({ gemini })],
  ["a fallback from a limited Gemini", () => ({ gemini: limited, localai: openai })],
])("over %s", (_name, servers) => {
  const create = (options: CreateRoutedChatModelOptions = {}) => routedAt(servers(), options);
  const collect = async (stream: AsyncIterable<AIMessageChunk>) => {
    let whole: AIMessageChunk | undefined;
    for await (const chunk of stream) whole = whole === undefined ? chunk : concat(whole, chunk);
    return whole ?? expect.fail("nothing was streamed");
  };
  const isGemini = () => !("localai" in servers());

  test("it is made from LangChain's usual options", () => {
    const usual = { temperature: 0, maxTokens: 100, timeout: 60, stopSequences: [], maxRetries: 2 };
    for (const more of [{}, { apiKey: "test" }, { streaming: true }]) {
      expect(create({ ...usual, ...more } as CreateRoutedChatModelOptions)).toBeDefined();
    }
    expect(create().bindTools([new AdderTool()])).toBeDefined();
    expect(create().withStructuredOutput(adderSchema)).toBeDefined();
  });

  test("getLsParams has all keys", () => {
    const params = create({ temperature: 0, maxTokens: 100, stop: [] }).getLsParams({} as never);
    expect(Object.keys(params).toSorted()).toEqual([
      "ls_max_tokens",
      "ls_model_name",
      "ls_model_type",
      "ls_provider",
      "ls_stop",
      "ls_temperature",
    ]);
    expect(params).toMatchObject({ ls_model_type: "chat", ls_temperature: 0, ls_max_tokens: 100 });
    expect(Object.keys(create().getLsParams({} as never))).toHaveLength(6);
  });

  test("an aborted signal is an error of invoke and the end of a stream", async () => {
    const signal = AbortSignal.abort();
    await expect(create().invoke("hello", { signal })).rejects.toThrow();
    const stream = async () => collect(await create().stream("hello", { signal }));
    await expect(stream()).rejects.toThrow();
  });

  test("invoke gives a message with text", async () => {
    const result = await create().invoke("Hello");
    expect(result).toBeInstanceOf(AIMessage);
    expect(result.text).not.toBe("");
  });

  test("stream gives chunks of content", async () => {
    let characters = 0;
    for await (const token of await create().stream("Hello")) {
      expect(token).toBeInstanceOf(AIMessageChunk);
      characters += token.text.length;
    }
    expect(characters).toBe("Hello there".length);
  });

  test("batch gives a message for each", async () => {
    const results = await create().batch(["Hello", "Hey"]);
    expect(results).toHaveLength(2);
    for (const result of results) expect(result).toBeInstanceOf(AIMessage);
  });

  test("streamEvents begins, streams and ends", async () => {
    const events: StreamEvent[] = [];
    for await (const event of create().streamEvents("Hello", { version: "v2" })) events.push(event);
    expect(events[0]?.event).toBe("on_chat_model_start");
    expect(events.at(-1)?.event).toBe("on_chat_model_end");
    expect(events[Math.floor(events.length / 2)]?.event).toBe("on_chat_model_stream");
    const streamed = events
      .filter(({ event }) => event === "on_chat_model_stream")
      .map(({ data }) => (data.chunk as AIMessageChunk).text)
      .join("");
    expect(streamed).toBe("Hello there");
    expect(events.at(-1)?.data.output).toMatchObject({ text: "Hello there" });
  });

  test("a conversation, also with several messages of one role in a row", async () => {
    const talk = [new HumanMessage("hello"), new AIMessage("hello"), new HumanMessage("how are you")];
    expect((await create().invoke(talk)).text).not.toBe("");
    const doubled = [
      new SystemMessage("hello"),
      new SystemMessage("hello"),
      new HumanMessage("hello"),
      new HumanMessage("hello"),
      new AIMessage("hello"),
      new AIMessage("hello"),
      new HumanMessage("how are you"),
    ];
    expect((await create().invoke(doubled)).text).not.toBe("");
  });

  test("usage and the model's name stand in the answer, whole or streamed", async () => {
    const whole = await create().invoke("Hello");
    const streamed = await collect(await create().stream("Hello"));
    for (const message of [whole, streamed]) {
      const usage = message.usage_metadata as UsageMetadata | undefined;
      expect(usage?.input_tokens).toBe(5);
      expect(usage?.output_tokens).toBeGreaterThan(0);
      expect(usage?.total_tokens).toBeGreaterThan(5);
      const name = isGemini() ? "gemini-3.1-flash-lite" : "llama3.2:3b";
      expect(message.response_metadata).toMatchObject({ model: name, model_name: name });
    }
  });

  test("stop sequences reach the provider, from a call and from the constructor", async () => {
    const server = isGemini() ? gemini : openai;
    await create().invoke("hi", { stop: ["you"] });
    expect(JSON.stringify(server.requests.at(-1)?.body)).toContain('["you"]');
    await create({ stop: ["we"] }).invoke("hi");
    expect(JSON.stringify(server.requests.at(-1)?.body)).toContain('["we"]');
  });

  test("it calls tools of every form", async () => {
    const result = await create().bindTools([new AdderTool()]).invoke("Use the tool.");
    expect(result).toBeInstanceOf(AIMessage);
    expect(result.tool_calls).toMatchObject([{ name: "AdderTool", args: { a: 1, b: 2 }, type: "tool_call" }]);
    const runnable = RunnableLambda.from(() => {}).asTool({
      name: "math_addition",
      description: "Add",
      schema: adderSchema,
    });
    const openaiTool = {
      type: "function",
      function: { name: "math_addition", description: "Add", parameters: toJsonSchema(adderSchema) },
    };
    const parameters = { name: "math_addition", description: "Add", schema: adderSchema };
    for (const form of [runnable, openaiTool, parameters]) {
      const chain = prompt.pipe(create().bindTools([form]));
      const { tool_calls } = await chain.invoke({ toolName: "math_addition" });
      expect(tool_calls).toHaveLength(1);
      expect(tool_calls?.[0]).toMatchObject({ name: "math_addition", args: { a: 1, b: 2 } });
    }
  });

  test("histories of tool calls are understood, as string and as list", async () => {
    const model = create().bindTools([new AdderTool()]);
    const call = { name: "AdderTool", args: { a: 1, b: 2 }, id: "abc123", type: "tool_call" as const };
    const blocks = [
      { type: "text", text: "some text" },
      { type: "tool_use", id: "abc123", name: "AdderTool", input: { a: 1, b: 2 } },
    ];
    for (const content of ["", blocks]) {
      const history = [
        new HumanMessage("What is 1 + 2"),
        new AIMessage({ content, tool_calls: [call] }),
        new ToolMessage('{"result":3}', "abc123", "AdderTool"),
      ];
      expect(await model.invoke(history)).toBeInstanceOf(AIMessage);
      const fewShot = [...history, new AIMessage("3"), new HumanMessage("What is 3 + 4")];
      expect(await model.invoke(fewShot)).toBeInstanceOf(AIMessage);
    }
  });

  test.each([false, true])("a tool's result comes back to the model (streamed: %s)", async (isStreamed) => {
    const model = create().bindTools([weather]);
    const ask = async (messages: (HumanMessage | AIMessage | ToolMessage)[]): Promise<AIMessage> =>
      isStreamed ? collect(await model.stream(messages)) : model.invoke(messages);
    const messages: (HumanMessage | AIMessage | ToolMessage)[] = [new HumanMessage("What's the weather?")];
    const called = await ask(messages);
    const [call] = called.tool_calls ?? [];
    expect(call?.name).toBe("get_current_weather");
    messages.push(
      called,
      new ToolMessage({ tool_call_id: call?.id ?? "", name: "get_current_weather", content: "70" }),
    );
    expect((await ask(messages)).text).toBe("Hello there");
  });

  test("tools are streamed, with usage", async () => {
    const chain = prompt.pipe(create().bindTools([new AdderTool()]));
    const result = await collect(await chain.stream({ toolName: "AdderTool" }));
    expect(result.tool_calls?.[0]).toMatchObject({ name: "AdderTool", args: { a: 1, b: 2 } });
    const usage = result.usage_metadata as UsageMetadata | undefined;
    expect(usage?.input_tokens).toBeGreaterThan(0);
    expect(usage?.output_tokens).toBeGreaterThan(0);
  });

  test("tools are called side by side, and their history is understood", async () => {
    const model = create().bindTools([weather, time]);
    const question = new HumanMessage("ALWAYS call both");
    const whole = await model.invoke([question]);
    const streamed = await collect(await model.stream([question]));
    for (const message of [whole, streamed]) {
      expect(message.tool_calls?.map(({ name }) => name)).toEqual([
        "get_current_weather",
        "get_current_time",
      ]);
      const results = (message.tool_calls ?? []).map(
        ({ id = "", name }) => new ToolMessage({ tool_call_id: id, name, content: "noon" }),
      );
      expect((await model.invoke([question, message, ...results])).text).toBe("Hello there");
    }
  });

  test.each([false, true])("structured output, with the message too: %s", async (includeRaw) => {
    const handler = new StartHandler();
    const ask = async () => {
      const config = { callbacks: [handler] };
      const name = "math_addition";
      if (!includeRaw) {
        const model = create().withStructuredOutput(adderSchema, { name });
        return prompt.pipe(model).invoke({ toolName: "x" }, config);
      }
      const model = create().withStructuredOutput(adderSchema, { name, includeRaw });
      const { raw, parsed } = await prompt.pipe(model).invoke({ toolName: "x" }, config);
      expect(raw).toBeInstanceOf(AIMessage);
      return parsed;
    };
    expect(await ask()).toEqual({ a: 1, b: 2 });
    const { ls_structured_output_format: format } = handler.extra.options as {
      ls_structured_output_format: { kwargs: { method: string }; schema: unknown };
    };
    expect(format.kwargs.method).toBe("functionCalling");
    expect(format.schema).toEqual(toJsonSchema(adderSchema));
  });

  test("structured output by a schema of zod 3 and by a plain JSON schema", async () => {
    const old = z3.object({ a: z3.number().int(), b: z3.number().int() });
    for (const schema of [old as unknown as Record<string, unknown>, toJsonSchema(adderSchema)]) {
      expect(await create().withStructuredOutput(schema).invoke("add")).toEqual({ a: 1, b: 2 });
    }
  });

  test.each(["functionCalling", "jsonSchema"] as const)("structured output by %s", async (method) => {
    const model = create().withStructuredOutput(adderSchema, { name: "math_addition", method });
    expect(await model.invoke("add")).toEqual({ a: 1, b: 2 });
  });

  test("structured output with objects inside objects", async () => {
    const schema = z.object({
      decision: z.enum(["UseAPI", "UseFallback"]),
      explanation: z.string(),
      apiDetails: z.object({ serviceName: z.string(), parameters: z.record(z.string(), z.unknown()) }),
    });
    const result = await create().withStructuredOutput(schema, { name: "service_tool" }).invoke("x");
    expect(result).toMatchObject({ decision: "UseAPI", apiDetails: { serviceName: "text" } });
  });

  test("answers are cached, messages of parts too", async () => {
    const model = create({ cache: true });
    const message = new HumanMessage({ content: [{ type: "text", text: "Hello there!" }] });
    const key = model._getSerializedCacheKeyParametersForCall({} as never);
    await model.invoke([message]);
    const cached = await model.cache?.lookup(getBufferString([message]), key);
    expect(cached).toHaveLength(1);
    const again = await model.invoke([message]);
    expect(cached?.[0]).toMatchObject({ message: again });
  });

  test("text and images in every standard form reach a provider", async () => {
    const image = { type: "image", source_type: "base64", data: pixel, mime_type: "image/png" };
    const byUrl = { type: "image", source_type: "url", url: `data:image/png;base64,${pixel}` };
    const openaiForm = { type: "image_url", image_url: { url: `data:image/png;base64,${pixel}` } };
    const text = { type: "text", source_type: "text", text: "What is this?" };
    for (const part of [image, byUrl, openaiForm]) {
      const content = [text, part] as never;
      expect((await create().invoke([new HumanMessage({ content })])).text).not.toBe("");
      const server = isGemini() ? gemini : openai;
      expect(JSON.stringify(server.requests.at(-1)?.body)).toContain(pixel);
    }
  });

  test("the answer of outputVersion v1 is made of content blocks", async () => {
    const result = await create({ outputVersion: "v1" }).invoke("hi");
    expect(result.content).toMatchObject([{ type: "text", text: "Hello there" }]);
  });

  test("it serialises without keys, and so does its answer with its route", async () => {
    const model = create();
    expect(JSON.stringify(model)).toContain("RoutedChatModel");
    expect(JSON.stringify([model, model.lc_kwargs, model._identifyingParams()])).not.toContain(
      "key-of-gemini",
    );
    const answer = await model.invoke("hi");
    const copied = JSON.parse(JSON.stringify(answer)) as { kwargs: AIMessage };
    expect(copied.kwargs.response_metadata.route).toEqual(answer.response_metadata.route);
  });
});
