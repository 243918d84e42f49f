import fc from "fast-check";
import { expect, it } from "vitest";
import {
  fromGeminiResponse,
  GeminiStreamTranslator,
  geminiTrouble,
  toGeminiEmbeddingRequest,
  toGeminiRequest,
} from "../../src/providers/gemini-translator.ts";

const runs = process.env.SOAK === "1" ? 20_000 : 1000;
const parameters = { numRuns: runs, ...(process.env.SOAK !== "1" && { seed: 20_261_125 }) };

/** Texts that can be found again: each has a number of its own beside whatever else it says. */
const text = fc.tuple(fc.nat(), fc.string({ unit: "binary", maxLength: 8 })).map(([n, s]) => `<${n}>${s}`);
const textContent = fc.oneof(
  text,
  fc.array(
    text.map((one) => ({ type: "text", text: one })),
    { maxLength: 3 },
  ),
);
const callId = fc.constantFrom("a", "b", "c");
const toolCall = fc.record({
  id: callId,
  type: fc.constant("function"),
  function: fc.record({
    name: fc.constantFrom("f", "g"),
    arguments: fc.oneof(
      fc.constant(""),
      text,
      text.map((one) => JSON.stringify({ one })),
    ),
  }),
});
const message = fc.oneof(
  fc.record({ role: fc.constantFrom("system", "developer", "user"), content: textContent }),
  fc.record({
    role: fc.constant("assistant"),
    content: fc.oneof(textContent, fc.constant(null)),
    tool_calls: fc.array(toolCall, { maxLength: 3 }),
  }),
  fc.record({ role: fc.constant("tool"), tool_call_id: callId, content: textContent }),
);
const model = fc.constantFrom("gemini-flash-latest", "gemini-2.5-pro");

type Json = Record<string, unknown>;
interface Body {
  contents: { role: string; parts: Json[] }[];
  systemInstruction?: { parts: Json[] };
}

it("a conversation of any order loses no text and alternates, the user first", () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 12 }), model, (messages, name) => {
      const { contents, systemInstruction } = toGeminiRequest({ messages }, name).body as unknown as Body;
      expect(contents.length).toBeGreaterThan(0);
      contents.forEach(({ role, parts }, index) => {
        expect(role).toBe(index % 2 === 0 ? "user" : "model");
        expect(parts.length).toBeGreaterThan(0);
        for (const part of parts) expect(part.text).not.toBe("");
      });
      const sent = strings([contents, systemInstruction]).join("\n");
      for (const one of strings(messages.map(spoken))) expect(sent).toContain(one);
    }),
    parameters,
  );
});

it("every tool call is followed by its results in its own order, and nothing else comes between", () => {
  const exchange = fc.array(fc.uniqueArray(callId, { minLength: 1 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(exchange, fc.infiniteStream(fc.nat()), (steps, order) => {
      const messages = steps.flatMap((ids, step) => [
        {
          role: "assistant",
          tool_calls: ids.map((id) => ({ id: id + step, function: { name: id + step, arguments: "{}" } })),
        },
        ...ids
          .map((id) => ({ id, rank: order.next().value }))
          .sort((a, b) => a.rank - b.rank)
          .map(({ id }) => ({ role: "tool", tool_call_id: id + step, content: id + step })),
      ]);
      const { contents } = toGeminiRequest({ messages }, "gemini-3").body as unknown as Body;
      for (let index = 1; index < contents.length; index += 2) {
        const called = contents[index]?.parts.map(({ functionCall }) => (functionCall as Json).id);
        const answered = contents[index + 1]?.parts.map(
          ({ functionResponse }) => (functionResponse as Json).id,
        );
        expect(answered).toEqual(called);
        expect(contents[index]?.parts[0]?.thoughtSignature).toBeDefined();
      }
    }),
    parameters,
  );
});

it("whatever is sent instead of a request, an answer or an event throws nothing", () => {
  const junk = fc.oneof(
    fc.jsonValue({ maxDepth: 4 }),
    fc.object({
      key: fc.constantFrom(
        "messages",
        "role",
        "content",
        "tools",
        "function",
        "type",
        "tool_calls",
        "stop",
        "input",
      ),
      maxDepth: 5,
    }),
    fc.object({
      key: fc.constantFrom(
        "candidates",
        "content",
        "parts",
        "text",
        "functionCall",
        "finishReason",
        "usageMetadata",
      ),
      maxDepth: 5,
    }),
  );
  const label = { id: "id", model: "m", createdSeconds: 1 };
  fc.assert(
    fc.property(junk, fc.array(junk, { maxLength: 4 }), (one, list) => {
      const body = (typeof one === "object" && one !== null ? one : { messages: one }) as Json;
      toGeminiRequest(body, "gemini-3");
      toGeminiRequest({ ...body, messages: list, tools: list, response_format: one }, "gemini-2.5-flash");
      toGeminiEmbeddingRequest(body, "m");
      geminiTrouble(one);
      fromGeminiResponse(one, label);
      fromGeminiResponse({ candidates: list, usageMetadata: one }, label);
      const translator = new GeminiStreamTranslator({ ...label, includeUsage: true });
      for (const event of [one, { candidates: list }]) JSON.stringify(translator.push(event));
      JSON.stringify(translator.end());
    }),
    parameters,
  );
});

it("streamed or whole, an answer says the same", () => {
  const part = fc.oneof(
    fc.record({ text, thought: fc.constantFrom(true, undefined) }),
    text.map((one) => ({ functionCall: { name: "f", args: { one } } })),
  );
  const label = { id: "id", model: "m", createdSeconds: 1 };
  fc.assert(
    fc.property(fc.array(fc.array(part, { maxLength: 3 }), { minLength: 1, maxLength: 5 }), (events) => {
      const whole = fromGeminiResponse(
        { candidates: [{ content: { parts: events.flat() }, finishReason: "STOP" }] },
        label,
      ).choices[0];
      const translator = new GeminiStreamTranslator(label);
      const chunks = events.flatMap((parts, index) =>
        translator.push({
          candidates: [{ content: { parts }, ...(index === events.length - 1 && { finishReason: "STOP" }) }],
        }),
      );
      const choices = [...chunks, ...translator.end().chunks].flatMap((chunk) => chunk.choices);
      const joined = (name: "content" | "reasoning_content") =>
        choices.map(({ delta }) => delta[name] ?? "").join("");
      const calls = choices
        .flatMap(({ delta }) => delta.tool_calls ?? [])
        .map(({ id, type, function: called }) => ({ id, type, function: called }));
      expect(joined("content")).toBe(whole?.message.content ?? "");
      expect(joined("reasoning_content")).toBe(whole?.message.reasoning_content ?? "");
      expect(calls).toEqual(whole?.message.tool_calls ?? []);
      expect(choices.at(-1)?.finish_reason).toBe(whole?.finish_reason);
      expect(choices.filter(({ delta }) => delta.role !== undefined).length).toBe(1);
    }),
    parameters,
  );
});

/** What of a message is its text: arguments that are JSON are sent as JSON. */
function spoken(one: Json): unknown {
  const calls = (one.tool_calls ?? []) as { function: { arguments: string } }[];
  return [one.content, calls.map((call) => parsed(call.function.arguments))];
}

function strings(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => (key === "type" ? [] : strings(inner)));
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return json;
  }
}
