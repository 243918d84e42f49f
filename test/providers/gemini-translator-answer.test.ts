import { describe, expect, it } from "vitest";
import {
  fromGeminiEmbeddingResponse,
  fromGeminiResponse,
  GeminiStreamTranslator,
  geminiTrouble,
  joinedEvents,
  toGeminiEmbeddingRequest,
  toGeminiRequest,
  type ChatCompletion,
} from "../../src/providers/gemini-translator.ts";
import { geminiAnswer, geminiEvents } from "../support/provider-servers/bodies.ts";

const label = { id: "chatcmpl-0123456789", model: "asked", createdSeconds: 17 };
const candidate = (parts: unknown[], finishReason: string | undefined = "STOP", index = 0) => ({
  content: { role: "model", parts },
  ...(finishReason !== undefined && { finishReason }),
  index,
});
const translated = (answer: unknown) => fromGeminiResponse(answer, label);
const streamed = (list: readonly unknown[], includeUsage = false) => {
  const translator = new GeminiStreamTranslator({ ...label, includeUsage });
  const chunks = list.flatMap((event) => translator.push(event));
  const { chunks: last, complete } = translator.end();
  return { translator, chunks: [...chunks, ...last], complete };
};
const call = { functionCall: { name: "weather", args: { city: "Lisboa" } }, thoughtSignature: "sig" };

describe("an answer of Gemini", () => {
  it("becomes OpenAI's, with the model that answered and thoughts counted as output", () => {
    expect(translated(geminiAnswer("Hello"))).toEqual({
      id: "chatcmpl-0123456789",
      object: "chat.completion",
      created: 17,
      model: "gemini-3.1-flash-lite",
      choices: [
        {
          index: 0,
          message: { role: "assistant", content: "Hello", refusal: null },
          logprobs: null,
          finish_reason: "stop",
        },
      ],
      usage: {
        prompt_tokens: 5,
        completion_tokens: 6,
        total_tokens: 11,
        completion_tokens_details: { reasoning_tokens: 2 },
      },
    } satisfies ChatCompletion);
  });

  it("counts what was cached", () => {
    const usageMetadata = { promptTokenCount: 9, cachedContentTokenCount: 4, candidatesTokenCount: 1 };
    expect(translated(geminiAnswer("x", { usageMetadata })).usage).toEqual({
      prompt_tokens: 9,
      completion_tokens: 1,
      total_tokens: 10,
      prompt_tokens_details: { cached_tokens: 4 },
    });
  });

  it("keeps thoughts out of the content", () => {
    const parts = [{ text: "hmm", thought: true }, { text: "Yes" }, { text: "." }];
    expect(translated({ candidates: [candidate(parts)] }).choices[0]?.message).toEqual({
      role: "assistant",
      content: "Yes.",
      refusal: null,
      reasoning_content: "hmm",
    });
  });

  it("gives tool calls ids of their own, short enough for OpenAI, and keeps their signatures", () => {
    const calls = [call, { functionCall: { id: "f1", name: "time" } }];
    const { message, finish_reason } = translated({ candidates: [candidate(calls)] }).choices[0]!;
    expect(finish_reason).toBe("tool_calls");
    expect(message).toEqual({
      role: "assistant",
      content: null,
      refusal: null,
      tool_calls: [
        {
          id: "call_chatcmpl0123456789_0",
          type: "function",
          function: { name: "weather", arguments: '{"city":"Lisboa"}' },
          extra_content: { google: { thought_signature: "sig" } },
        },
        { id: "f1", type: "function", function: { name: "time", arguments: "{}" } },
      ],
    });
    const long = fromGeminiResponse({ candidates: [candidate([call])] }, { ...label, id: "x".repeat(99) });
    expect(long.choices[0]?.message.tool_calls?.[0]?.id.length).toBeLessThanOrEqual(40);
  });

  it("goes back to Gemini as it came, signatures of text and calls included", () => {
    const parts = [{ text: "Let me look.", thoughtSignature: "text-sig" }, call];
    const { message } = translated({ candidates: [candidate(parts)] }).choices[0]!;
    const result = { role: "tool", tool_call_id: message.tool_calls?.[0]?.id, content: "sunny" };
    const { body } = toGeminiRequest(
      { messages: [{ role: "user", content: "hi" }, message, result] },
      "gemini-3",
    );
    const [, model, user] = body.contents as { parts: { functionCall?: object }[] }[];
    expect(model?.parts[0]).toEqual(parts[0]);
    expect(model?.parts[1]).toMatchObject(call);
    expect(user?.parts[0]).toMatchObject({
      functionResponse: { name: "weather", response: { result: "sunny" } },
    });
  });

  it.each([
    ["STOP", "stop"],
    ["MAX_TOKENS", "length"],
    ["SAFETY", "content_filter"],
    ["RECITATION", "content_filter"],
    ["PROHIBITED_CONTENT", "content_filter"],
  ])("that ended with %s ended with %s", (finishReason, expected) => {
    const answer = { candidates: [candidate([{ text: "x" }], finishReason)] };
    expect(translated(answer).choices[0]?.finish_reason).toBe(expected);
  });

  it("has a choice for each candidate, with the likelihoods of its tokens", () => {
    const logprobsResult = {
      chosenCandidates: [{ token: "é", logProbability: -0.5 }],
      topCandidates: [
        {
          candidates: [
            { token: "é", logProbability: -0.5 },
            { token: "e", logProbability: -2 },
          ],
        },
      ],
    };
    const answer = {
      candidates: [{ ...candidate([{ text: "é" }]), logprobsResult }, candidate([{ text: "b" }])],
    };
    const [first, second] = translated(answer).choices;
    expect(first?.logprobs).toEqual({
      content: [
        {
          token: "é",
          logprob: -0.5,
          bytes: [195, 169],
          top_logprobs: [
            { token: "é", logprob: -0.5, bytes: [195, 169] },
            { token: "e", logprob: -2, bytes: [101] },
          ],
        },
      ],
      refusal: null,
    });
    expect(second).toMatchObject({ index: 1, message: { content: "b" }, logprobs: null });
  });

  it("that came as a list of events is one answer, for each candidate", () => {
    const list = [
      ...geminiEvents(["Hel", "lo"], null),
      { candidates: [candidate([{ text: "other" }], "MAX_TOKENS", 1)] },
      ...geminiEvents([]),
    ];
    const { choices, usage } = translated(joinedEvents(list));
    expect(choices.map(({ message, finish_reason }) => [message.content, finish_reason])).toEqual([
      ["Hello", "stop"],
      ["other", "length"],
    ]);
    expect(usage.total_tokens).toBe(9);
    const failed = { error: { code: 500 } };
    expect(joinedEvents([...list, failed])).toBe(failed);
  });

  it("shows generated images and code that was run", () => {
    const parts = [
      { inlineData: { mimeType: "image/png", data: "AA==" } },
      { executableCode: { language: "PYTHON", code: "print(1)\n" } },
      { codeExecutionResult: { outcome: "OUTCOME_OK", output: "1\n" } },
    ];
    const { message } = translated({ candidates: [candidate(parts)] }).choices[0]!;
    expect(message.images).toEqual([{ type: "image_url", image_url: { url: "data:image/png;base64,AA==" } }]);
    expect(message.content).toBe("\n```python\nprint(1)\n```\n\n```\n1\n```\n");
  });
});

describe("what is wrong with an answer", () => {
  it.each([
    ["a good one", geminiAnswer("x"), undefined],
    ["a tool call", { candidates: [candidate([call])] }, undefined],
    ["one good among two", { candidates: [candidate([], "SAFETY"), candidate([{ text: "x" }])] }, undefined],
    [
      "a blocked prompt",
      { promptFeedback: { blockReason: "SAFETY" } },
      { problem: "refused", blockReason: "SAFETY" },
    ],
    [
      "a refusal",
      { candidates: [candidate([{ text: "x" }], "SPII")] },
      { problem: "refused", finishReason: "SPII" },
    ],
    [
      "a broken call",
      { candidates: [candidate([], "MALFORMED_FUNCTION_CALL")] },
      { problem: "malformed_call", finishReason: "MALFORMED_FUNCTION_CALL" },
    ],
    [
      "thoughts alone",
      { candidates: [candidate([{ text: "x", thought: true }])] },
      { problem: "empty_answer", finishReason: "STOP" },
    ],
    ["thoughts up to the caller's limit", { candidates: [candidate([], "MAX_TOKENS")] }, undefined],
    ["no candidates", {}, { problem: "empty_answer" }],
    ["no object", [1], { problem: "malformed_json" }],
  ])("is seen in %s", (_, answer, trouble) => {
    expect(geminiTrouble(answer)).toEqual(trouble);
  });
});

describe("a stream of Gemini", () => {
  it("becomes OpenAI's chunks: the role once, a finish at the end, the usage when asked for", () => {
    const { chunks, complete, translator } = streamed(geminiEvents(["Hel", "lo"]), true);
    expect(chunks.map(({ choices }) => choices)).toEqual([
      [{ index: 0, delta: { role: "assistant", content: "Hel" }, finish_reason: null }],
      [{ index: 0, delta: { content: "lo" }, finish_reason: null }],
      [{ index: 0, delta: {}, finish_reason: "stop" }],
      [],
    ]);
    expect(chunks.at(-1)?.usage).toEqual({ prompt_tokens: 5, completion_tokens: 4, total_tokens: 9 });
    expect(new Set(chunks.map(({ model }) => model))).toEqual(new Set(["gemini-3.1-flash-lite"]));
    expect(complete).toBe(true);
    expect(translator.trouble).toBeUndefined();
  });

  it("has no usage chunk unless asked, and keeps the books all the same", () => {
    const { chunks, translator } = streamed(geminiEvents(["a"]));
    expect(chunks.some(({ usage }) => usage !== undefined)).toBe(false);
    expect(translator.usage.total_tokens).toBe(9);
  });

  it("numbers tool calls over all events and ends with tool_calls", () => {
    const { chunks } = streamed([
      { candidates: [candidate([{ text: "hm", thought: true }, call], undefined)] },
      { candidates: [candidate([call], "STOP")] },
    ]);
    expect(
      chunks.flatMap(({ choices }) => choices.flatMap(({ delta }) => delta.tool_calls ?? [])),
    ).toMatchObject([
      { index: 0, id: "call_chatcmpl0123456789_0", extra_content: { google: { thought_signature: "sig" } } },
      { index: 1, id: "call_chatcmpl0123456789_1", function: { arguments: '{"city":"Lisboa"}' } },
    ]);
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe("tool_calls");
    expect(chunks[0]?.choices[0]?.delta.reasoning_content).toBe("hm");
  });

  it("that ends without a finish reason is not complete, and closes nothing", () => {
    const { chunks, complete } = streamed(geminiEvents(["a"], null), true);
    expect(complete).toBe(false);
    expect(chunks).toHaveLength(1);
    expect(streamed([]).complete).toBe(false);
  });

  it.each([
    ["a blocked prompt", [{ promptFeedback: { blockReason: "OTHER" } }], "refused"],
    ["a refusal after words", geminiEvents(["a"], "SAFETY"), "refused"],
    ["a broken call", geminiEvents(["a"], "MALFORMED_FUNCTION_CALL"), "malformed_call"],
    ["an empty answer", geminiEvents([""]), "empty_answer"],
  ])("shows %s as trouble", (_, list, problem) => {
    expect(streamed(list).translator.trouble?.problem).toBe(problem);
  });

  it("keeps candidates apart", () => {
    const { chunks } = streamed([
      { candidates: [candidate([{ text: "a" }], undefined, 0), candidate([{ text: "b" }], undefined, 1)] },
      { candidates: [candidate([], "STOP", 1), candidate([], "MAX_TOKENS", 0)] },
    ]);
    const ends = chunks
      .flatMap(({ choices }) => choices)
      .filter(({ finish_reason }) => finish_reason !== null);
    expect(ends.map(({ index, finish_reason }) => [index, finish_reason])).toEqual([
      [0, "length"],
      [1, "stop"],
    ]);
  });
});

describe("embeddings of Gemini", () => {
  const vector = [3, 4];

  it("are asked for in hundreds, as long as wished", () => {
    const input = Array.from({ length: 101 }, (_, index) => `text ${index}`);
    const { path, bodies, unsendable } = toGeminiEmbeddingRequest(
      { input, dimensions: 2 },
      "gemini-embedding-001",
    );
    expect(path).toBe("models/gemini-embedding-001:batchEmbedContents");
    expect(bodies.map(({ requests }) => (requests as unknown[]).length)).toEqual([100, 1]);
    expect(bodies[1]).toEqual({
      requests: [
        {
          model: "models/gemini-embedding-001",
          content: { parts: [{ text: "text 100" }] },
          outputDimensionality: 2,
        },
      ],
    });
    expect(unsendable).toBeUndefined();
    expect(toGeminiEmbeddingRequest({ input: [[1, 2]] }, "m").unsendable).toMatch(/tokens/);
  });

  it("come back in order, of length one when shortened, as numbers or as base64", () => {
    const answers = [{ embeddings: [{ values: vector }, { values: [1, 0] }] }];
    const request = { input: ["a", "b"], dimensions: 2 };
    const label = { model: "m", inputTokens: 3 };
    expect(fromGeminiEmbeddingResponse(answers, request, label)).toEqual({
      object: "list",
      data: [
        { object: "embedding", index: 0, embedding: [0.6, 0.8] },
        { object: "embedding", index: 1, embedding: [1, 0] },
      ],
      model: "m",
      usage: { prompt_tokens: 3, total_tokens: 3 },
    });
    const encoded = fromGeminiEmbeddingResponse(
      answers,
      { input: ["a", "b"], encoding_format: "base64" },
      label,
    );
    const bytes = Buffer.from(String(encoded?.data[0]?.embedding), "base64");
    expect([bytes.readFloatLE(0), bytes.readFloatLE(4)]).toEqual(vector);
  });

  it("that miss a vector are no answer", () => {
    const label = { model: "m", inputTokens: 3 };
    for (const answers of [
      [],
      [{}],
      [{ embeddings: [{ values: [] }] }],
      [{ embeddings: [{ values: ["x"] }] }],
    ]) {
      expect(fromGeminiEmbeddingResponse(answers, { input: "a" }, label)).toBeUndefined();
    }
  });
});
