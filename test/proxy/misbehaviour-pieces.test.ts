import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StreamReader } from "../../src/proxy/call.ts";
import { GeminiStream } from "../../src/proxy/gemini-stream.ts";
import { OpenAIStream } from "../../src/proxy/openai-stream.ts";

const runs = process.env.SOAK === "1" ? 20_000 : 1000;
const parameters = { numRuns: runs, ...(process.env.SOAK !== "1" && { seed: 20_261_125 }) };

/** Texts with everything in them that a frame's end, an escape or a hasty reader could stumble over. */
const trickyTexts = [
  '"',
  "\\",
  "\\u0041",
  "\n\n",
  "\r\n\r\n",
  "\u0000",
  "\u2028",
  "é✓😀",
  "data: [DONE]",
  '"finish_reason":"stop"',
  '"error":',
  '"content":"',
  "}]}",
  "<think>",
  "word ",
  " ",
];
const tricky = fc.constantFrom(...trickyTexts);
const text = fc
  .array(fc.oneof(tricky, fc.string({ unit: "binary", maxLength: 4 })), { maxLength: 4 })
  .map((all) => all.join("").toWellFormed());
const newline = fc.constantFrom("\n", "\r\n");
const style = fc.record({
  newline,
  prefix: fc.constantFrom("data: ", "data:"),
  noise: fc.constantFrom("", ": keep-alive", "event: message", "id: 7", "retry: 10"),
  isNumbered: fc.boolean(),
});
/** Where a stream is cut into pieces, as shares of its length. */
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 });

type Style = typeof style extends fc.Arbitrary<infer Value> ? Value : never;

function framesOf(events: readonly (object | string)[], { newline: end, prefix, noise }: Style): Buffer {
  const frames = events.map((event) => {
    const data = typeof event === "string" ? event : JSON.stringify(event);
    return `${noise === "" ? "" : `${noise}${end}`}${prefix}${data}${end}${end}`;
  });
  return Buffer.from(frames.join(""));
}

function piecesOf(bytes: Buffer, shares: readonly number[]): Buffer[] {
  const places = [...new Set([0, ...shares.map((share) => Math.floor(share * bytes.length)), bytes.length])];
  const sorted = places.toSorted((a, b) => a - b);
  return sorted.slice(1).map((to, index) => bytes.subarray(sorted[index], to));
}

/** What a reader gives for these pieces, as a caller would read it. */
function read(reader: StreamReader, pieces: readonly Buffer[]) {
  const out: (Buffer | string)[] = [];
  for (const piece of pieces) reader.push(piece, out);
  reader.end(out);
  const whole = Buffer.concat(
    out.map((one) => (typeof one === "string" ? Buffer.from(one) : one)),
  ).toString();
  const events = whole
    .split(/\r?\n\r?\n/)
    .flatMap((frame) => frame.split(/\r?\n/))
    .filter((line) => line.startsWith("data:"))
    .map((line) => line.slice("data:".length).trim());
  const chunks = events
    .filter((data) => data !== "[DONE]")
    .map(
      (data) => JSON.parse(data) as { choices: { delta: { content?: string }; finish_reason?: string }[] },
    );
  const choices = chunks.flatMap((chunk) => chunk.choices);
  return {
    content: choices.map(({ delta }) => delta.content ?? "").join(""),
    finishes: choices.map(({ finish_reason }) => finish_reason).filter(Boolean),
    dones: events.filter((data) => data === "[DONE]").length,
    whole,
  };
}

describe.each([
  {
    name: "OpenAI",
    reader: (): StreamReader => new OpenAIStream(false),
    event: (content: string, id: number) => ({
      id: `c${id}`,
      choices: [{ index: 0, delta: { content }, logprobs: null, finish_reason: null }],
    }),
    last: { id: "c0", choices: [{ index: 0, delta: {}, finish_reason: "stop" }] },
    end: ["[DONE]"],
  },
  {
    name: "Gemini",
    reader: (): StreamReader => new GeminiStream({ id: "c", model: "m", createdSeconds: 1 }),
    event: (content: string, id: number) => ({
      responseId: `r${id}`,
      candidates: [{ content: { role: "model", parts: [{ text: content }] }, index: 0 }],
    }),
    last: { candidates: [{ finishReason: "STOP", index: 0 }] },
    end: [],
  },
])("a stream of $name, in whatever pieces and clothes it comes,", ({ reader, event, last, end }) => {
  const stream = fc.tuple(fc.array(text, { minLength: 1, maxLength: 12 }), style, cuts);
  const eventsOf = (texts: readonly string[], { isNumbered }: Style) =>
    ["first", ...texts].map((one, index) => event(one, isNumbered ? index : 0));

  it("says the same, ends once and is whole", () => {
    fc.assert(
      fc.property(stream, ([texts, how, shares]) => {
        const bytes = framesOf([...eventsOf(texts, how), last, ...end], how);
        const one = reader();
        const given = read(one, piecesOf(bytes, shares));
        expect(given).toMatchObject({ content: `first${texts.join("")}`, finishes: ["stop"], dones: 1 });
        expect(one).toMatchObject({ state: "done", hasContent: true, problem: undefined });
        expect(given.whole).toBe(read(reader(), [bytes]).whole);
      }),
      parameters,
    );
  });

  it("is never whole when it is cut before its end, at whatever byte", () => {
    fc.assert(
      fc.property(stream, fc.double({ min: 0, max: 1, noNaN: true }), ([texts, how, shares], share) => {
        const bytes = framesOf(eventsOf(texts, how), how);
        const cut = bytes.subarray(0, Math.floor(share * bytes.length));
        const one = reader();
        const given = read(one, piecesOf(cut, shares));
        expect(one.state).toBe("failed");
        expect(one.problem).toBeDefined();
        expect(given.dones).toBe(0);
        expect(`first${texts.join("")}`.startsWith(given.content)).toBe(true);
      }),
      parameters,
    );
  });

  it("fails at a frame that is no JSON, and passes on nothing after it", () => {
    fc.assert(
      fc.property(stream, ([texts, how, shares]) => {
        const bytes = framesOf(
          [...eventsOf(texts, how), '{"choices":[{"del', event("after", 1), last, ...end],
          how,
        );
        const one = reader();
        const given = read(one, piecesOf(bytes, shares));
        expect(one).toMatchObject({ state: "failed", problem: { problem: "malformed_json" } });
        expect(given).toMatchObject({ content: `first${texts.join("")}`, dones: 0, finishes: [] });
      }),
      parameters,
    );
  });
});

describe("a stream of OpenAI", () => {
  const chunk = (content: string, index = 0, finish_reason: string | null = null) => ({
    choices: [{ index, delta: { content }, finish_reason }],
  });
  const plain: Style = { newline: "\n", prefix: "data: ", noise: "", isNumbered: false };

  it.each(['a"b', String.raw`\q`, String.raw`\u12`, "a\tb", "a\nb", String.raw`a\ `])(
    "fails at a frame like all others whose text is none: %j",
    (broken) => {
      const good = framesOf([chunk("one"), chunk("two"), chunk("three"), chunk("HERE")], plain).toString();
      const end = framesOf([chunk("", 0, "stop"), "[DONE]"], plain).toString();
      const one = new OpenAIStream(false);
      const given = read(one, [Buffer.from(good.replace("HERE", broken) + end)]);
      expect(one).toMatchObject({ state: "failed", problem: { problem: "malformed_json" } });
      expect(given).toMatchObject({ content: "onetwothree", dones: 0 });
    },
  );

  it("is cut when one of its choices has not ended, whatever comes after", () => {
    const events = [chunk("a", 0), chunk("b", 1), chunk("", 0, "stop"), "[DONE]"];
    const one = new OpenAIStream(false);
    expect(read(one, [framesOf(events, plain)]).dones).toBe(0);
    expect(one).toMatchObject({ state: "failed", problem: { problem: "stream_cut" } });
  });
});
