import { BaseCallbackHandler } from "@langchain/core/callbacks/base";
import type { AIMessageChunk, BaseMessage } from "@langchain/core/messages";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { END, MemorySaver, MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { RoutedChatModel } from "../../src/routing-entry.ts";
import { openaiEvents } from "../support/provider-servers/bodies.ts";
import { answer, events, startWireServer, type WireServer } from "../support/provider-servers/wire-server.ts";
import { openaiReply, rateLimited } from "./clever-server.ts";
import { routedAt } from "./models.ts";

let gemini: WireServer;
let localai: WireServer;
let model: RoutedChatModel;
beforeAll(async () => {
  [gemini, localai] = await Promise.all([startWireServer(), startWireServer()]);
});
afterAll(() => Promise.all([gemini.close(), localai.close()]));
beforeEach(() => {
  gemini.reply = rateLimited();
  localai.reply = openaiReply;
  model = routedAt({ gemini, localai }, { router: { disable_cooldowns: true } });
});

const answerText = "Hello there";
const textOf = (chunks: readonly { text: string }[]) => chunks.map(({ text }) => text).join("");
const collect = async <Item>(stream: AsyncIterable<Item>) => {
  const items: Item[] = [];
  for await (const item of stream) items.push(item);
  return items;
};

class Recorder extends BaseCallbackHandler {
  override name = "Recorder";
  readonly runs: { id: string; parent: string | undefined; name: string }[] = [];
  tokens = "";
  starts = 0;
  ends = 0;
  errors = 0;
  override handleChainStart(...[, , id, parent, , , , name]: unknown[]) {
    this.runs.push({ id: String(id), parent: parent as string | undefined, name: String(name) });
  }
  override handleChatModelStart() {
    this.starts += 1;
  }
  override handleLLMNewToken(token: string) {
    this.tokens += token;
  }
  override handleLLMEnd() {
    this.ends += 1;
  }
  override handleLLMError() {
    this.errors += 1;
  }
}

/** A graph of somebody's own around the model, which it invokes or streams. */
function around(isStreamed: boolean, checkpointer?: MemorySaver) {
  return new StateGraph(MessagesAnnotation)
    .addNode("talk", async ({ messages }) => {
      if (!isStreamed) return { messages: [await model.invoke(messages)] };
      let whole: AIMessageChunk | undefined;
      for await (const chunk of await model.stream(messages)) whole = whole?.concat(chunk) ?? chunk;
      return { messages: whole === undefined ? [] : [whole] };
    })
    .addEdge(START, "talk")
    .addEdge("talk", END)
    .compile(checkpointer === undefined ? {} : { checkpointer });
}

describe("every token comes out once", () => {
  test("from the model alone, with one run of a model in the trace", async () => {
    const recorder = new Recorder();
    const chunks = await collect(await model.stream("hi", { callbacks: [recorder] }));
    expect(textOf(chunks)).toBe(answerText);
    expect(recorder).toMatchObject({ tokens: answerText, starts: 1, ends: 1, errors: 0 });
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
    expect(chunks.at(-1)?.response_metadata.route).toMatchObject([
      { deployment: "gemini-flash", kind: "rate_limited" },
      { deployment: "localai-llama", kind: "ok" },
    ]);
  });

  test("from a chain", async () => {
    const chain = ChatPromptTemplate.fromTemplate("{question}").pipe(model).pipe(new StringOutputParser());
    expect((await collect(await chain.stream({ question: "hi" }))).join("")).toBe(answerText);
  });

  test.each([
    ["invoked", false, undefined],
    ["streamed", true, undefined],
    ["invoked under a checkpointer", false, new MemorySaver()],
    ["streamed under a checkpointer", true, new MemorySaver()],
  ])("from a graph around it, %s, in messages mode", async (_name, isStreamed, checkpointer) => {
    const graph = around(isStreamed, checkpointer);
    const config = { configurable: { thread_id: String(isStreamed) }, streamMode: "messages" as const };
    const tuples = await collect(await graph.stream({ messages: "hi" }, config));
    const texts = tuples.map(([message]) => message as BaseMessage).filter((one) => one.type === "ai");
    expect(textOf(texts)).toBe(answerText);
    if (checkpointer === undefined) return;
    const [first] = await collect(graph.getStateHistory({ configurable: { thread_id: String(isStreamed) } }));
    expect(Object.keys(first?.values ?? {})).toEqual(["messages"]);
  });

  test("from a graph around it, with the route's steps under subgraphs", async () => {
    const stream = await around(false).stream(
      { messages: "hi" },
      { streamMode: ["messages", "updates"], subgraphs: true },
    );
    const items = await collect(stream);
    const tokens = items
      .filter(([, mode]) => mode === "messages")
      .map(([, , data]) => (data as unknown as [BaseMessage])[0]);
    expect(textOf(tokens.filter((one) => one.type === "ai"))).toBe(answerText);
  });

  test.each(["v1", "v2"] as const)("from streamEvents %s of a graph around it", async (version) => {
    const list = await collect(around(false).streamEvents({ messages: "hi" }, { version }));
    const tokens = list.filter(({ event }) => event === "on_chat_model_stream" || event === "on_llm_stream");
    expect(textOf(tokens.map(({ data }) => data.chunk as AIMessageChunk))).toBe(answerText);
  });

  test("from streamEvents v3 of the model", async () => {
    const list = await collect(
      model.streamEvents("hi", { version: "v3" } as never) as AsyncIterable<unknown>,
    );
    const deltas = list.map((one) => one as { event: string; delta?: { text?: string } });
    expect(
      deltas.map(({ event, delta }) => (event === "content-block-delta" ? delta?.text : "")).join(""),
    ).toBe(answerText);
  });
});

test("the steps of a route are seen beneath the model's run", async () => {
  const recorder = new Recorder();
  await model.invoke("hi", { callbacks: [recorder] });
  const names = recorder.runs.map(({ name }) => name);
  expect(names[0]).toBe("routing");
  expect(names.filter((name) => name !== "__start__")).toEqual([
    "routing",
    "select",
    "choose",
    "gemini-flash",
    "classify",
    "fallback",
    "select",
    "choose",
    "localai-llama",
    "classify",
  ]);
  const [root, ...steps] = recorder.runs;
  expect(root?.parent).toBeDefined();
  expect(steps.every(({ parent }) => parent !== undefined)).toBe(true);
});

test("a stream that breaks before its first content is retried or falls back, unseen", async () => {
  gemini.reply = events(
    [{ candidates: [{ content: { role: "model", parts: [{ text: "" }] }, index: 0 }] }],
    "cut",
  );
  const chunks = await collect(await model.stream("hi"));
  expect(textOf(chunks)).toBe(answerText);
  expect(chunks.at(-1)?.response_metadata.route).toMatchObject([
    { kind: "connection" },
    {},
    {},
    { kind: "ok" },
  ]);
});

test("a stream that breaks after content is the provider's own error, and nothing is glued on", async () => {
  gemini.reply = answer(503, { error: { code: 503, message: "overloaded" } }, { "retry-after": "60" });
  localai.reply = events(openaiEvents(["half", " an"], null).slice(0, -1), "cut");
  const seen: string[] = [];
  const read = async () => {
    for await (const chunk of await model.stream("hi")) seen.push(chunk.text);
  };
  await expect(read()).rejects.toThrow(/broke|cut|terminated/i);
  expect(seen.join("")).toBe("half an");
});

test("a reader who stops early ends the provider's call within 50 ms", async () => {
  localai.reply = events(openaiEvents(["a", "b"], null).slice(0, -1), "open");
  for await (const chunk of await model.stream("hi")) if (chunk.text === "a") break;
  const startedAt = performance.now();
  await localai.requests.at(-1)?.clientGone;
  expect(performance.now() - startedAt).toBeLessThan(50);
});

test.each(["invoke", "stream"] as const)(
  "an abort during %s reaches the provider and is not routed",
  async (way) => {
    gemini.reply = () => undefined;
    const others = localai.requests.length;
    const abortAndMeasure = async () => {
      const controller = new AbortController();
      const asked = gemini.requests.length;
      const options = { signal: controller.signal };
      const ask = async () =>
        way === "invoke" ? model.invoke("hi", options) : collect(await model.stream("hi", options));
      const running = ask();
      while (gemini.requests.length === asked) await new Promise((resolve) => setTimeout(resolve, 1));
      const abortedAt = performance.now();
      controller.abort();
      await expect(running).rejects.toMatchObject({ name: expect.stringMatching(/Abort/) });
      await gemini.requests.at(-1)?.clientGone;
      return performance.now() - abortedAt;
    };
    // The machine may be busy with something else once.
    const ms = Math.min(await abortAndMeasure(), await abortAndMeasure(), await abortAndMeasure());
    expect(ms).toBeLessThan(50);
    expect(localai.requests.length).toBe(others);
  },
);

test("a call's timeout ends it in time, and is not routed", async () => {
  gemini.reply = () => undefined;
  const startedAt = performance.now();
  await expect(model.invoke("hi", { timeout: 100 })).rejects.toMatchObject({ name: "TimeoutError" });
  expect(performance.now() - startedAt).toBeLessThan(250);
});
