import { describe, expect, it } from "vitest";
import * as z from "zod";
import { toGeminiRequest } from "../../src/providers/gemini-translator.ts";

const model = "gemini-flash-lite-latest";
const hello = [{ role: "user", content: "hello" }];
const asked = (body: Record<string, unknown>, name = model) =>
  toGeminiRequest({ messages: hello, ...body }, name);
const contents = (messages: unknown[], name = model) => toGeminiRequest({ messages }, name).body.contents;
const config = (body: Record<string, unknown>, name = model) => asked(body, name).body.generationConfig;

describe("messages for Gemini", () => {
  it("are addressed to the model's method, streamed or not", () => {
    expect(asked({}).path).toBe("models/gemini-flash-lite-latest:generateContent");
    expect(asked({ stream: true }).path).toBe(
      "models/gemini-flash-lite-latest:streamGenerateContent?alt=sse",
    );
    expect(asked({}, "tunedModels/mine").path).toBe("tunedModels/mine:generateContent");
  });

  it("keep every system and developer text in one instruction, wherever it stood", () => {
    const { body } = toGeminiRequest(
      {
        messages: [
          { role: "system", content: "Be brief." },
          ...hello,
          { role: "developer", content: [{ type: "text", text: "Be kind." }] },
        ],
      },
      model,
    );
    expect(body.systemInstruction).toEqual({ parts: [{ text: "Be brief." }, { text: "Be kind." }] });
    expect(body.contents).toEqual([{ role: "user", parts: [{ text: "hello" }] }]);
  });

  it("say an instruction as the user's turn when there is nothing else", () => {
    const { body } = toGeminiRequest({ messages: [{ role: "system", content: "Say hi." }] }, model);
    expect(body).toEqual({ contents: [{ role: "user", parts: [{ text: "Say hi." }] }] });
  });

  it("alternate: neighbours of one role become one turn, and a blank user begins before a model", () => {
    const messages = [
      { role: "assistant", content: "Welcome." },
      { role: "user", content: "a" },
      { role: "user", content: "b" },
      { role: "assistant", content: "" },
      { role: "user", content: "c" },
    ];
    expect(contents(messages)).toEqual([
      { role: "user", parts: [{ text: " " }] },
      { role: "model", parts: [{ text: "Welcome." }] },
      { role: "user", parts: [{ text: "a" }, { text: "b" }, { text: "c" }] },
    ]);
  });

  it("carry images: data inline, https by address, anything else not at all and says so", () => {
    const seen = (url: string) =>
      toGeminiRequest(
        {
          messages: [
            {
              role: "user",
              content: [
                { type: "text", text: "see" },
                { type: "image_url", image_url: { url } },
              ],
            },
          ],
        },
        model,
      );
    const partOf = (url: string) => (seen(url).body.contents as { parts: unknown[] }[])[0]?.parts[1];
    expect(partOf("data:image/png;base64,AAAA")).toEqual({
      inlineData: { mimeType: "image/png", data: "AAAA" },
    });
    expect(partOf("data:image/svg+xml;utf8,%3Csvg/%3E")).toEqual({
      inlineData: { mimeType: "image/svg+xml", data: "PHN2Zy8+" },
    });
    expect(partOf("https://example.com/a.webp?x=1.png")).toEqual({
      fileData: { mimeType: "image/webp", fileUri: "https://example.com/a.webp?x=1.png" },
    });
    for (const url of ["http://192.168.1.2/a.png", "file:///etc/passwd", "a.png", "data:image/png"]) {
      expect(seen(url).unsendable, url).toMatch(/^Gemini cannot be sent an image/);
    }
  });

  it("carry audio and files, and name what cannot be carried", () => {
    const user = (part: unknown) => toGeminiRequest({ messages: [{ role: "user", content: [part] }] }, model);
    const first = (part: unknown) => (user(part).body.contents as { parts: unknown[] }[])[0]?.parts[0];
    expect(first({ type: "input_audio", input_audio: { data: "QQ==", format: "wav" } })).toEqual({
      inlineData: { mimeType: "audio/wav", data: "QQ==" },
    });
    expect(first({ type: "file", file: { file_data: "data:application/pdf;base64,QQ==" } })).toEqual({
      inlineData: { mimeType: "application/pdf", data: "QQ==" },
    });
    expect(user({ type: "file", file: { file_id: "file-1" } }).unsendable).toMatch(/another provider holds/);
    expect(user({ type: "hologram" }).unsendable).toMatch(/type "hologram"/);
  });
});

describe("tools for Gemini", () => {
  const weather = {
    type: "function",
    function: {
      name: "weather",
      description: "the weather",
      parameters: z.toJSONSchema(z.object({ city: z.string() })),
    },
  };
  const history = [
    ...hello,
    {
      role: "assistant",
      content: null,
      tool_calls: [
        {
          id: "call_1",
          type: "function",
          function: { name: "weather", arguments: '{"city":"Lisboa"}' },
          extra_content: { google: { thought_signature: "sig" } },
        },
        { id: "call_2", type: "function", function: { name: "time", arguments: "" } },
      ],
    },
    { role: "tool", tool_call_id: "call_2", content: "noon" },
    { role: "tool", tool_call_id: "call_1", content: '{"sky":"clear"}' },
    { role: "user", content: "and now?" },
  ];

  it("are declared with their JSON schema, and without one when they take nothing", () => {
    const nothing = {
      type: "function",
      function: { name: "now", parameters: { type: "object", properties: {} } },
    };
    expect(asked({ tools: [weather, nothing] }).body.tools).toEqual([
      {
        functionDeclarations: [
          {
            name: "weather",
            description: "the weather",
            parametersJsonSchema: {
              type: "object",
              properties: { city: { type: "string" } },
              required: ["city"],
              additionalProperties: false,
            },
          },
          { name: "now" },
        ],
      },
    ]);
  });

  it.each([
    ["none", { mode: "NONE" }],
    ["auto", { mode: "AUTO" }],
    ["required", { mode: "ANY" }],
    [
      { type: "function", function: { name: "weather" } },
      { mode: "ANY", allowedFunctionNames: ["weather"] },
    ],
    [
      { type: "allowed_tools", allowed_tools: { mode: "required", tools: [weather] } },
      { mode: "ANY", allowedFunctionNames: ["weather"] },
    ],
  ])("are chosen as %j asks", (tool_choice, functionCallingConfig) => {
    expect(asked({ tools: [weather], tool_choice }).body.toolConfig).toEqual({ functionCallingConfig });
  });

  it("of the older kind are the same", () => {
    const { body, unsupported } = asked({
      functions: [weather.function],
      function_call: { name: "weather" },
    });
    expect(body.tools).toEqual(asked({ tools: [weather] }).body.tools);
    expect(body.toolConfig).toEqual({
      functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["weather"] },
    });
    expect(unsupported).toEqual([]);
  });

  it("called in the history keep signature and id; their results follow in the order of the calls", () => {
    expect(contents(history)).toEqual([
      { role: "user", parts: [{ text: "hello" }] },
      {
        role: "model",
        parts: [
          {
            functionCall: { id: "call_1", name: "weather", args: { city: "Lisboa" } },
            thoughtSignature: "sig",
          },
          { functionCall: { id: "call_2", name: "time", args: {} } },
        ],
      },
      {
        role: "user",
        parts: [
          { functionResponse: { id: "call_1", name: "weather", response: { sky: "clear" } } },
          { functionResponse: { id: "call_2", name: "time", response: { result: "noon" } } },
          { text: "and now?" },
        ],
      },
    ]);
  });

  it("called by another model get the stand-in signature once; older models know neither signature nor id", () => {
    const unsigned = JSON.parse(
      JSON.stringify(history).replace(',"extra_content":{"google":{"thought_signature":"sig"}}', ""),
    ) as unknown[];
    const partsFor = (name: string) => (contents(unsigned, name) as { parts: unknown[] }[])[1]?.parts;
    expect(partsFor(model)).toEqual([
      {
        functionCall: { id: "call_1", name: "weather", args: { city: "Lisboa" } },
        thoughtSignature: "skip_thought_signature_validator",
      },
      { functionCall: { id: "call_2", name: "time", args: {} } },
    ]);
    expect(partsFor("gemini-2.5-flash")).toEqual([
      { functionCall: { name: "weather", args: { city: "Lisboa" } } },
      { functionCall: { name: "time", args: {} } },
    ]);
  });

  it("keep results whose calls are gone as text, broken arguments as they were written, and long ids whole", () => {
    const messages = [
      { role: "tool", tool_call_id: "gone", content: "lost result" },
      { role: "assistant", tool_calls: [{ id: "c", function: { name: "f", arguments: "{broken" } }] },
      { role: "tool", tool_call_id: "c", content: '{"id":12345678901234567890}' },
    ];
    expect(contents(messages, "gemini-2.5-flash")).toEqual([
      { role: "user", parts: [{ text: "lost result" }] },
      { role: "model", parts: [{ functionCall: { name: "f", args: { arguments: "{broken" } } }] },
      {
        role: "user",
        parts: [{ functionResponse: { name: "f", response: { result: '{"id":12345678901234567890}' } } }],
      },
    ]);
  });

  it("and an output format at once cannot be asked of a model before Gemini 3", () => {
    const body = { tools: [weather], response_format: { type: "json_object" } };
    expect(asked(body, "gemini-2.5-flash").unsendable).toMatch(/tools and an output format/);
    expect(asked(body).unsendable).toBeUndefined();
  });
});

describe("settings for Gemini", () => {
  it("are its own names for OpenAI's", () => {
    const body = {
      temperature: 0,
      top_p: 0.9,
      max_tokens: 10,
      max_completion_tokens: 20,
      n: 2,
      seed: 7,
      presence_penalty: 0.5,
      frequency_penalty: -0.5,
      logprobs: true,
      top_logprobs: 3,
      stop: "END",
      user: "u",
      stream_options: { include_usage: true },
    };
    expect(asked(body).unsupported).toEqual([]);
    expect(config(body)).toEqual({
      temperature: 0,
      topP: 0.9,
      maxOutputTokens: 20,
      candidateCount: 2,
      seed: 7,
      presencePenalty: 0.5,
      frequencyPenalty: -0.5,
      responseLogprobs: true,
      logprobs: 3,
      stopSequences: ["END"],
    });
    expect(config({ stop: ["a", "", "b"] })).toEqual({ stopSequences: ["a", "b"] });
  });

  it("are not sent where they are the default or absent", () => {
    expect(
      asked({ n: 1, presence_penalty: 0, temperature: null, stop: null, logprobs: false }).body,
    ).not.toHaveProperty("generationConfig");
  });

  it("name what Gemini does not have, unless it asks for nothing", () => {
    expect(asked({ logit_bias: { 50256: -100 }, verbosity: "low", prediction: {} }).unsupported).toEqual([
      "logit_bias",
      "verbosity",
    ]);
    expect(asked({ logit_bias: {}, parallel_tool_calls: false, audio: null }).unsupported).toEqual([]);
    const one = { type: "function", function: { name: "f" } };
    const custom = { type: "custom", custom: { name: "g" } };
    expect(asked({ tools: [one, custom] }).unsupported).toEqual(["tools"]);
    expect(asked({ tools: [one], parallel_tool_calls: false }).unsupported).toEqual([]);
    expect(asked({ tools: [one, one], parallel_tool_calls: false }).unsupported).toEqual([
      "parallel_tool_calls",
    ]);
  });

  it("ask for Google's own tools as they stand, and for OpenAI's web search", () => {
    expect(asked({ tools: [{ urlContext: {} }], web_search_options: {} }).body.tools).toEqual([
      { urlContext: {} },
      { googleSearch: {} },
    ]);
  });

  it.each([
    ["gemini-flash-lite-latest", "none", { thinkingLevel: "minimal" }],
    ["gemini-flash-lite-latest", "minimal", { thinkingLevel: "minimal" }],
    ["gemini-3-pro-preview", "minimal", { thinkingLevel: "low" }],
    ["gemini-3-pro-preview", "medium", { thinkingLevel: "high" }],
    ["gemini-3.1-pro-preview", "medium", { thinkingLevel: "medium" }],
    ["gemini-3.1-flash", "xhigh", { thinkingLevel: "high" }],
    ["gemini-2.5-flash", "none", { thinkingBudget: 0 }],
    ["gemini-2.5-flash", "disable", { thinkingBudget: 0 }],
    ["gemini-2.5-pro", "none", { thinkingBudget: 128 }],
    ["gemini-2.5-flash", "low", { thinkingBudget: 1024 }],
    ["gemini-2.5-flash", "medium", { thinkingBudget: 8192 }],
    ["gemini-2.5-flash", "high", { thinkingBudget: 24_576 }],
  ])("make %s think as much as reasoning_effort %s", (name, reasoning_effort, thinkingConfig) => {
    expect(config({ reasoning_effort }, name)).toEqual({ thinkingConfig });
  });

  it("take Google's own words for thinking, and LiteLLM's budget", () => {
    const own = { google: { thinking_config: { thinking_budget: 800, include_thoughts: true } } };
    expect(config({ extra_body: own, reasoning_effort: "low" })).toEqual({
      thinkingConfig: { thinkingBudget: 800, includeThoughts: true },
    });
    expect(config({ thinking: { type: "enabled", budget_tokens: 512 } })).toEqual({
      thinkingConfig: { thinkingBudget: 512, includeThoughts: true },
    });
    expect(asked({ reasoning_effort: "low" }, "gemini-2.0-flash").unsupported).toEqual(["reasoning_effort"]);
    expect(asked({ reasoning_effort: "none" }, "gemini-2.0-flash").unsupported).toEqual([]);
  });
});

describe("an output schema for Gemini", () => {
  const sent = (schema: unknown) =>
    (
      config({
        response_format: { type: "json_schema", json_schema: { name: "x", strict: true, schema } },
      }) as Record<string, unknown>
    ).responseJsonSchema;

  it("is asked for as JSON, with or without a schema", () => {
    expect(config({ response_format: { type: "json_object" } })).toEqual({
      responseMimeType: "application/json",
    });
    expect(config({ response_format: { type: "text" } })).toBeUndefined();
    expect(
      config({ response_format: { type: "json_schema", json_schema: { schema: { type: "object" } } } }),
    ).toEqual({
      responseMimeType: "application/json",
      responseJsonSchema: { type: "object" },
    });
  });

  it("says in the keywords Gemini knows what others say in more", () => {
    const zod = z.object({
      kind: z.literal("a"),
      note: z.string().min(1).nullable().default(null),
      age: z.int().gt(0).lt(10),
      tags: z.record(z.string(), z.number()),
      pair: z.tuple([z.string(), z.number()]),
    });
    expect(sent(z.toJSONSchema(zod))).toEqual({
      type: "object",
      properties: {
        kind: { type: "string", enum: ["a"] },
        note: { anyOf: [{ type: "string" }, { type: "null" }] },
        age: { type: "integer", minimum: 1, maximum: 9 },
        tags: { type: "object", additionalProperties: { type: "number" } },
        pair: {
          type: "array",
          prefixItems: [{ type: "string" }, { type: "number" }],
          minItems: 2,
          maxItems: 2,
        },
      },
      required: ["kind", "note", "age", "tags", "pair"],
      additionalProperties: false,
    });
  });

  it("says a choice of null by the type, and leaves out formats that Gemini refuses", () => {
    expect(sent({ type: ["string", "null"], enum: ["a", null] })).toEqual({
      type: ["string", "null"],
      enum: ["a"],
    });
    expect(sent({ type: "string", enum: ["a", null] })).toEqual({ type: ["string", "null"], enum: ["a"] });
    expect(sent({ enum: [1, null] })).toEqual({ anyOf: [{ enum: [1] }, { type: "null" }] });
    expect(sent({ const: null })).toEqual({ type: "null" });
    expect(sent({ type: "string", format: "uuid", pattern: "^a" })).toEqual({ type: "string" });
    expect(sent({ type: "string", format: "date" })).toEqual({ type: "string", format: "date" });
  });

  it("keeps references alone, definitions under their new name, and properties named like keywords", () => {
    const schema = {
      definitions: { node: { type: "object", properties: { next: { $ref: "#/definitions/node" } } } },
      type: "object",
      properties: {
        pattern: { type: "string", nullable: true },
        default: { $ref: "#/definitions/node", description: "gone beside a reference" },
        any: true,
      },
      allOf: [
        { properties: { more: { oneOf: [{ type: "string" }, { type: "number" }] } }, required: ["more"] },
      ],
    };
    expect(sent(schema)).toEqual({
      type: "object",
      properties: {
        pattern: { type: ["string", "null"] },
        default: { $ref: "#/$defs/node" },
        any: {},
        more: { anyOf: [{ type: "string" }, { type: "number" }] },
      },
      required: ["more"],
      $defs: { node: { type: "object", properties: { next: { $ref: "#/$defs/node" } } } },
    });
  });
});
