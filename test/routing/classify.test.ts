import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { classify, findFailure, signalsOfHttpAnswer, signalsOfStreamError } from "../../src/routing/index.ts";

interface Fixture {
  name: string;
  status: number;
  headers: Record<string, string>;
  body: unknown;
  expect: { kind: string; retryAfterMs?: number };
}

const fixtures = JSON.parse(
  readFileSync(new URL("../fixtures/provider-errors.json", import.meta.url), "utf8"),
) as Fixture[];
const nowMs = Date.parse("2026-11-25T12:00:00Z");

describe("recorded answers", () => {
  for (const fixture of fixtures) {
    it(`reads ${fixture.name} as ${fixture.expect.kind}`, () => {
      const text = typeof fixture.body === "string" ? fixture.body : JSON.stringify(fixture.body);
      const failure = classify(signalsOfHttpAnswer({ ...fixture, body: text }), nowMs);
      expect(failure.kind).toBe(fixture.expect.kind);
      if (fixture.expect.retryAfterMs !== undefined)
        expect(failure.delayMs).toBe(fixture.expect.retryAfterMs);
      if (fixture.status >= 400) expect(failure.status).toBe(fixture.status);
      expect(classify(signalsOfHttpAnswer(fixture), nowMs).kind).toBe(fixture.expect.kind);
    });
  }

  it("reads an error event inside a 200 stream like the same answer with its own status", () => {
    for (const fixture of fixtures.filter(({ status, body }) => status >= 400 && typeof body === "object")) {
      const failure = classify(signalsOfStreamError(fixture.body), nowMs);
      const numbered = typeof (fixture.body as { error?: { code?: unknown } }).error?.code === "number";
      if (numbered) expect([fixture.name, failure.kind]).toEqual([fixture.name, fixture.expect.kind]);
      else expect(findFailure(signalsOfStreamError(fixture.body), nowMs)).toBeDefined();
    }
  });
});

/** Answers of other servers, as their documentation, sources and users show them. */
const others: readonly [name: string, status: number, body: unknown, kind: string, delayMs?: number][] = [
  [
    "OpenAI, requests of the day",
    429,
    {
      error: {
        message:
          "Rate limit reached for gpt-4o on requests per day (RPD): Limit 200, Used 200, Requested 1. Please try again in 7m12s.",
        type: "requests",
        code: "rate_limit_exceeded",
      },
    },
    "quota_exhausted",
    432_000,
  ],
  [
    "OpenAI, requests of the day that come back one by one",
    429,
    {
      error: {
        message:
          "Rate limit reached on requests per day (RPD): Limit 10000, Used 10000, Requested 1. Please try again in 8.64s.",
        code: "rate_limit_exceeded",
      },
    },
    "rate_limited",
    8_640,
  ],
  [
    "Azure",
    429,
    {
      error: {
        code: "429",
        message: "Requests have exceeded call rate limit. Please retry after 20 seconds.",
      },
    },
    "rate_limited",
    20_000,
  ],
  [
    "Groq, too large",
    413,
    {
      error: {
        message: "Request too large for model `llama` on tokens per minute (TPM): Limit 6000, Requested 7000",
        code: "rate_limit_exceeded",
      },
    },
    "request_too_large",
  ],
  [
    "Anthropic, no credit",
    400,
    {
      error: {
        type: "invalid_request_error",
        message: "Your credit balance is too low to access the Anthropic API.",
      },
    },
    "quota_exhausted",
  ],
  ["DeepSeek, no balance", 402, { error: { message: "Insufficient Balance" } }, "quota_exhausted"],
  ["Mistral, limit", 429, { message: "Requests rate limit exceeded" }, "rate_limited"],
  ["Mistral, invalid", 422, { detail: [{ loc: ["body"], msg: "field required" }] }, "invalid_request"],
  ["Ollama, no model", 404, { error: "model 'llama9' not found" }, "model_not_found"],
  [
    "vLLM, context",
    400,
    {
      object: "error",
      message: "This model's maximum context length is 4096 tokens. However, you requested 5000",
      type: "BadRequestError",
      code: 400,
    },
    "context_length",
  ],
  [
    "vLLM, no model",
    404,
    { object: "error", message: "The model `x` does not exist.", type: "NotFoundError", code: 404 },
    "model_not_found",
  ],
  [
    "llama-server, loading",
    503,
    { error: { message: "Loading model", type: "unavailable_error", code: 503 } },
    "overloaded",
  ],
  [
    "LocalAI, context",
    500,
    {
      error: {
        code: 500,
        message:
          "rpc error: code = Internal desc = request (12012 tokens) exceeds the available context size (4096 tokens), try increasing it",
        type: "",
      },
    },
    "context_length",
  ],
  [
    "Anthropic, context",
    400,
    {
      error: { type: "invalid_request_error", message: "prompt is too long: 213462 tokens > 200000 maximum" },
    },
    "context_length",
  ],
  [
    "Vertex, quota of zero",
    429,
    {
      error: {
        code: 429,
        status: "RESOURCE_EXHAUSTED",
        message: "Quota exceeded",
        details: [
          {
            reason: "RATE_LIMIT_EXCEEDED",
            metadata: { quota_limit: "RequestsPerMinute", quota_limit_value: "0" },
          },
        ],
      },
    },
    "quota_exhausted",
  ],
  [
    "Gemini, wrong country",
    400,
    {
      error: {
        code: 400,
        message: "User location is not supported for the API use.",
        status: "FAILED_PRECONDITION",
      },
    },
    "auth",
  ],
  [
    "Gemini, API off",
    403,
    {
      error: {
        code: 403,
        message: "Generative Language API has not been used in project 1",
        status: "PERMISSION_DENIED",
        details: [{ reason: "SERVICE_DISABLED" }],
      },
    },
    "auth",
  ],
  [
    "OpenAI, no access to the model",
    403,
    { error: { message: "Project `p` does not have access to model `gpt-9`", code: "model_not_found" } },
    "model_not_found",
  ],
  [
    "OpenAI, image refused",
    400,
    { error: { message: "Your request was rejected by the safety system.", code: "moderation_blocked" } },
    "content_blocked",
  ],
  ["Cloudflare, no answer", 524, "<html>A timeout occurred</html>", "timeout"],
  ["a page instead of an answer", 200, "<html>hi</html>", "unusable_answer"],
  ["half an answer", 200, '{"id": "x", "choi', "unusable_answer"],
  ["nothing", 200, "", "unusable_answer"],
  ["no choices", 200, { choices: [] }, "unusable_answer"],
  ["an error in a success", 200, { error: { message: "boom", code: 500 } }, "server_error"],
  ["an error without a code in a success", 200, { error: { message: "boom" } }, "server_error"],
  [
    "a filtered answer",
    200,
    { choices: [{ finish_reason: "content_filter", message: { content: "" } }] },
    "content_blocked",
  ],
  ["a redirect", 302, "", "server_error"],
];

describe("answers of other servers", () => {
  it.each(others)("%s (%i)", (_, status, body, kind, delayMs) => {
    const failure = classify(signalsOfHttpAnswer({ status, body }), nowMs);
    expect(failure.kind).toBe(kind);
    if (delayMs !== undefined) expect(failure.delayMs).toBe(delayMs);
  });

  it("says what is wrong with a broken answer, not the half of it that came", () => {
    const { message } = classify(signalsOfHttpAnswer({ status: 200, body: '{"id": "x", "choi' }), nowMs);
    expect(message).toBe("The answer is not whole JSON.");
  });

  it("reads an error event that has no error object", () => {
    const event = { type: "error", code: "rate_limit_exceeded", message: "try again in 2s" };
    expect(classify(signalsOfStreamError(event), nowMs)).toMatchObject({
      kind: "rate_limited",
      delayMs: 2_000,
    });
  });
});

describe("a good answer", () => {
  const text =
    "Error: maximum context length. The API key not valid, limit: 0, retry in 5s, model x not found, overloaded.";

  it.each([
    ["of OpenAI", { choices: [{ finish_reason: "stop", message: { content: text } }] }],
    [
      "of OpenAI, tools",
      { choices: [{ finish_reason: "tool_calls", message: { content: null, tool_calls: [{}] } }] },
    ],
    ["of OpenAI, cut by its limit", { choices: [{ finish_reason: "length", message: { content: "" } }] }],
    ["of Gemini", { candidates: [{ finishReason: "STOP", content: { parts: [{ text }] } }] }],
    [
      "of Gemini, a call",
      { candidates: [{ finishReason: "STOP", content: { parts: [{ functionCall: {} }] } }] },
    ],
    ["of Gemini, cut by its limit", { candidates: [{ finishReason: "MAX_TOKENS", content: {} }] }],
    ["of embeddings", { data: [{ embedding: [1] }] }],
  ])("%s is none of these, whatever it says", (_, body) => {
    expect(
      findFailure(signalsOfHttpAnswer({ status: 200, body: JSON.stringify(body) }), nowMs),
    ).toBeUndefined();
    expect(findFailure(signalsOfHttpAnswer({ status: 200, body }), nowMs)).toBeUndefined();
  });
});

describe("a stated delay", () => {
  const delay = (headers: Record<string, string>, message = "") =>
    classify(signalsOfHttpAnswer({ status: 503, headers, body: { error: { message } } }), nowMs).delayMs;

  it.each([
    [{ "Retry-After": "2" }, "", 2_000],
    [{ "retry-after": "Wed, 25 Nov 2026 12:00:30 GMT" }, "", 30_000],
    [{ "retry-after": "Wed, 25 Nov 2026 11:00:00 GMT" }, "", 0],
    [{ "retry-after-ms": "1500", "retry-after": "9" }, "", 1_500],
    [{ "retry-after": "soon" }, "try again in 1m26.4s", 86_400],
    [{}, "Please retry in 900.2ms.", 901],
    [{}, "retry after 10s", 10_000],
    [{}, "try again in 2 minutes", 120_000],
    [{}, "try again in a while", undefined],
  ])("of %j %s is %s ms", (headers, message, expected) => {
    expect(delay(headers as Record<string, string>, message)).toBe(expected);
  });
});
