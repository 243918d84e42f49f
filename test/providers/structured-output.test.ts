import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { createModel } from "../../src/providers/create-model.ts";
import { dialectSchema } from "../../src/providers/output-dialect.ts";
import type { JsonSchema } from "../../src/providers/output-shape.ts";
import { ProviderError } from "../../src/providers/provider-error.ts";
import { jsonIn } from "../../src/providers/structured-output.ts";
import { geminiAnswer, openaiAnswer } from "../support/provider-servers/bodies.ts";
import { settingsFor } from "../support/provider-servers/settings.ts";
import { answer, startWireServer, type WireServer } from "../support/provider-servers/wire-server.ts";

let server: WireServer;
beforeAll(async () => {
  server = await startWireServer();
});
afterAll(() => server.close());
beforeEach(() => {
  server.requests.length = 0;
});

const person = z.object({
  name: z.string().describe("full name"),
  age: z.int().min(0).max(150).optional(),
  role: z.enum(["author", "editor"]).nullable(),
  tags: z.array(z.string()).default([]),
  scores: z.record(z.string(), z.number()),
  contact: z.union([z.object({ mail: z.string() }), z.object({ phone: z.string() })]).optional(),
});

const schemaOf = (schema: z.ZodType) => z.toJSONSchema(schema, { io: "input" }) as JsonSchema;

describe("the schema a provider is told", () => {
  it("is Gemini's subset: inlined, nullable, no open keys, no limits it may refuse", () => {
    const { schema } = dialectSchema(schemaOf(person), "gemini");
    expect(schema).toEqual({
      type: "object",
      properties: {
        name: { type: "string", description: "full name" },
        age: { type: "integer" },
        role: { type: "string", enum: ["author", "editor"], nullable: true },
        tags: { type: "array", items: { type: "string" } },
        scores: {
          type: "array",
          items: {
            type: "object",
            properties: { key: { type: "string" }, value: { type: "number" } },
            required: ["key", "value"],
            propertyOrdering: ["key", "value"],
          },
        },
        contact: {
          anyOf: [
            {
              type: "object",
              properties: { mail: { type: "string" } },
              required: ["mail"],
              propertyOrdering: ["mail"],
            },
            {
              type: "object",
              properties: { phone: { type: "string" } },
              required: ["phone"],
              propertyOrdering: ["phone"],
            },
          ],
        },
      },
      required: ["name", "role", "scores"],
      propertyOrdering: ["name", "age", "role", "tags", "scores", "contact"],
    });
  });

  it("is strict for OpenAI and LocalAI: every property required, null for absent, objects closed", () => {
    const { schema } = dialectSchema(schemaOf(person), "openai");
    expect(schema).toMatchObject({
      type: "object",
      required: ["name", "age", "role", "tags", "scores", "contact"],
      additionalProperties: false,
      properties: {
        age: { type: ["integer", "null"] },
        role: { type: ["string", "null"], enum: ["author", "editor", null] },
        tags: { anyOf: [{ type: "array" }, { type: "null" }] },
        contact: { anyOf: [{ type: "object" }, { type: "object" }, { type: "null" }] },
      },
    });
    expect(JSON.stringify(schema)).not.toMatch(/minimum|\$ref|\$schema|title|default|propertyNames/);
  });

  it("comes back as it was asked for", () => {
    const told = {
      name: "Ada",
      age: null,
      role: null,
      tags: ["x"],
      scores: [{ key: "a", value: 1 }],
      contact: null,
    };
    const restored = dialectSchema(schemaOf(person), "openai").restore(told);
    expect(restored).toEqual({ name: "Ada", role: null, tags: ["x"], scores: { a: 1 } });
    expect(person.safeParse(restored).success).toBe(true);
  });

  it("inlines references, wraps a list, and refuses one that contains itself", () => {
    const shared = z.object({ city: z.string() }).meta({ id: "Place" });
    const list = dialectSchema(schemaOf(z.array(z.object({ from: shared, to: shared }))), "gemini");
    expect(JSON.stringify(list.schema)).not.toContain("$ref");
    expect(list.schema).toMatchObject({ type: "object", required: ["value"] });
    expect(list.restore({ value: [{ from: { city: "a" }, to: { city: "b" } }] })).toEqual([
      { from: { city: "a" }, to: { city: "b" } },
    ]);
    interface Tree {
      children: Tree[];
    }
    const tree: z.ZodType<Tree> = z.lazy(() => z.object({ children: z.array(tree) }));
    expect(() => dialectSchema(schemaOf(z.object({ tree })), "gemini")).toThrow("contains itself");
  });

  it("keeps constants, unions of constants, numbers to choose from and tuples", () => {
    const schema = z.object({
      kind: z.union([z.literal("a"), z.literal("b")]),
      level: z.literal([1, 2, 3]),
      pair: z.tuple([z.string(), z.number()]),
      anything: z.unknown(),
    });
    expect(dialectSchema(schemaOf(schema), "gemini").schema).toMatchObject({
      properties: {
        kind: { type: "string", enum: ["a", "b"] },
        level: { type: "number", description: "One of: 1, 2, 3." },
        pair: { type: "array", items: { anyOf: [{ type: "string" }, { type: "number" }] } },
        anything: { type: "string" },
      },
    });
    const { restore } = dialectSchema(schemaOf(schema), "openai");
    expect(restore({ anything: '{"a":1}' })).toEqual({ anything: { a: 1 } });
  });
});

describe("JSON in a model's text", () => {
  it.each([
    ['{"a":1}', { a: 1 }],
    ['```json\n{"a":1}\n```', { a: 1 }],
    ['<think>maybe {"a":2}</think>\n{"a":1}', { a: 1 }],
    ['Here it is: {"a":1}. Enjoy!', { a: 1 }],
    ["[1,2]", [1, 2]],
  ])("%j is found", (text, value) => expect(jsonIn(text)).toEqual({ value }));
  it.each(["", "no", '{"a":1', "{a:1}"])("%j has none", (text) => expect(jsonIn(text)).toBeUndefined());
});

describe.each(["gemini", "localai"] as const)("structured output of %s", (provider) => {
  const replyWith = (text: string, finish?: string) => {
    server.reply = answer(
      200,
      provider === "gemini"
        ? geminiAnswer(
            text,
            finish ? { candidates: [{ content: { parts: [{ text }] }, finishReason: finish }] } : {},
          )
        : openaiAnswer(text, finish ?? "stop"),
    );
  };
  const model = () => createModel(settingsFor(provider, server.url));
  const small = z.object({ name: z.string(), age: z.int().max(150) });

  it("is asked for by a schema that the server enforces", async () => {
    replyWith('{"name":"Ada","age":36}');
    const value = await (await model()).withStructuredOutput(small, { name: "person" }).invoke("who?");
    expect(value).toEqual({ name: "Ada", age: 36 });
    const body = server.requests[0]?.body;
    if (provider === "gemini") {
      expect(body?.generationConfig).toMatchObject({
        responseMimeType: "application/json",
        responseSchema: { type: "object", required: ["name", "age"] },
      });
    } else {
      expect(body?.response_format).toMatchObject({
        type: "json_schema",
        json_schema: { name: "person", strict: true, schema: { additionalProperties: false } },
      });
      expect(body?.stream).not.toBe(true);
    }
  });

  it("comes back in the shape asked for, records and absent values restored", async () => {
    const schema = z.object({ scores: z.record(z.string(), z.number()), note: z.string().optional() });
    replyWith('{"scores":[{"key":"a","value":1}],"note":null}');
    expect(await (await model()).withStructuredOutput(schema).invoke("?")).toEqual({ scores: { a: 1 } });
  });

  it("keeps the model's own text when it is no JSON or does not fit", async () => {
    const structured = (await model()).withStructuredOutput(small);
    for (const [text, sentence] of [
      ["I would rather not.", "is no JSON"],
      ['{"name":"Ada","age":900}', "does not fit the schema: age:"],
      ['{"name":"Ada"}', "does not fit the schema: age:"],
    ] as const) {
      replyWith(text);
      const error: unknown = await structured.invoke("who?").catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(ProviderError);
      expect(error).toMatchObject({ reason: "unfit", text });
      expect((error as ProviderError).message).toContain(sentence);
    }
  });

  it("says when the answer was cut at the token limit", async () => {
    replyWith('{"name":"Ad', provider === "gemini" ? "MAX_TOKENS" : "length");
    const structured = (await model()).withStructuredOutput(small);
    await expect(structured.invoke("who?")).rejects.toThrow("cut at the token limit");
  });

  it("gives the raw message too when asked, with null for what does not fit", async () => {
    replyWith("nothing");
    const raw = (await model()).withStructuredOutput(small, { includeRaw: true });
    const result = await raw.invoke("who?");
    expect(result.parsed).toBeNull();
    expect(result.raw.content).toBe("nothing");
  });

  it("takes a JSON schema and validates by it", async () => {
    const schema = { type: "object", properties: { n: { type: "integer", minimum: 3 } }, required: ["n"] };
    const structured = (await model()).withStructuredOutput(schema);
    replyWith('{"n":4}');
    expect(await structured.invoke("?")).toEqual({ n: 4 });
    replyWith('{"n":1}');
    await expect(structured.invoke("?")).rejects.toMatchObject({ reason: "unfit" });
  });

  it("leaves its format in the trace", async () => {
    replyWith('{"name":"Ada","age":36}');
    let seen: unknown;
    const structured = (await model()).withStructuredOutput(small);
    await structured.invoke("who?", {
      callbacks: [
        {
          handleChatModelStart: (_model, _messages, _run, _parent, extra) => {
            seen = (extra as { options?: Record<string, unknown> } | undefined)?.options;
          },
        },
      ],
    });
    expect(seen).toMatchObject({ ls_structured_output_format: { kwargs: { method: "json_schema" } } });
  });
});
