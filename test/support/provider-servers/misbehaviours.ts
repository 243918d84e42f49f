import type { ServerResponse } from "node:http";
import { geminiAnswer, geminiEvents, openaiAnswer, openaiEvents } from "./bodies.ts";
import { answer, events, type Reply } from "./wire-server.ts";

/** One provider's language: how it says the same things. */
export interface Wire {
  readonly name: "openai" | "gemini";
  readonly whole: (text: string) => unknown;
  readonly events: (texts: readonly string[], finishReason?: string | null) => unknown[];
  readonly error: (status: number, message: string, more?: object) => unknown;
  /** A stream's first event, before it has said anything. */
  readonly preamble: readonly unknown[];
  readonly blocked: { readonly whole: unknown; readonly events: readonly unknown[] };
}

export const openaiWire: Wire = {
  name: "openai",
  whole: (text) => openaiAnswer(text),
  events: (texts, finishReason = "stop") => openaiEvents(texts, finishReason),
  error: (_status, message, more = {}) => ({ error: { message, type: "error", code: null, ...more } }),
  preamble: openaiEvents([], null).slice(0, 1),
  blocked: { whole: openaiAnswer("", "content_filter"), events: openaiEvents([], "content_filter") },
};

const block = {
  promptFeedback: { blockReason: "PROHIBITED_CONTENT" },
  usageMetadata: { promptTokenCount: 5 },
};

export const geminiWire: Wire = {
  name: "gemini",
  whole: (text) => geminiAnswer(text),
  events: (texts, finishReason = "STOP") => geminiEvents(texts, finishReason),
  error: (code, message, more = {}) => ({ error: { code, message, status: "FAILED", ...more } }),
  preamble: [{ candidates: [{ content: { role: "model", parts: [{ text: "" }] }, index: 0 }] }],
  blocked: { whole: block, events: [block] },
};

/** What the caller of a route sees when its first deployment misbehaves so and a spare one is well. */
export type Outcome =
  /** The whole answer of the spare deployment. */
  | "spare"
  /** The whole answer of the one that misbehaves: it can honestly be had. */
  | "own"
  /** The beginning of its answer, then an error inside the stream. */
  | "broken"
  /** A refusal, which is an answer. */
  | "refused";

export interface Misbehaviour {
  readonly name: string;
  readonly reply: (wire: Wire) => Reply;
  readonly streamed: Outcome;
  readonly whole: Outcome;
  /** It is a time limit that ends it. */
  readonly isSilent?: boolean;
  /** Most calls of the misbehaving deployment in one request with one retry; default 2. */
  readonly mostCalls?: number;
}

/** What deployments that misbehave are heard to say before they do. */
export const beginning = ["Once ", "upon ", "a "];

/** Longer than any time limit of the tests that use it, and shorter than their patience. */
const lateMs = 1500;

export const misbehaviours: readonly Misbehaviour[] = [
  both(
    "a rate limit that will pass",
    "spare",
    ({ name, error }) =>
      name === "gemini"
        ? answer(429, error(429, "You exceeded your current quota. Please retry in 7s.", retryInfo("7s")))
        : answer(429, error(429, "Slow down.", { code: "rate_limit_exceeded" }), { "retry-after": "7" }),
    1,
  ),
  both("a storm of server errors", "spare", () => storm()),
  silent("silence before the headers", "spare", () => () => {}),
  silent("a first word that comes too late", "spare", (wire) => async (response, { isStream }) => {
    head(response, isStream);
    await new Promise((resolve) => setTimeout(resolve, lateMs));
    response.end(isStream ? framesOf(wire.events(["late"])) : JSON.stringify(wire.whole("late")));
  }),
  both("a connection cut before the first word", "spare", (wire) => interrupted(wire, [], "cut")),
  silent("a silence before the first word", "spare", (wire) => interrupted(wire, [], "stall")),
  {
    ...both("a connection cut in mid-answer", "spare", (wire) => interrupted(wire, beginning, "cut")),
    streamed: "broken",
  },
  silent("a silence in mid-answer", "broken", (wire) => interrupted(wire, beginning, "stall")),
  both("a malformed first frame", "spare", (wire) => malformed(wire, [])),
  {
    ...both("a malformed frame in mid-answer", "spare", (wire) => malformed(wire, beginning)),
    streamed: "broken",
  },
  both(
    "a stream without [DONE]",
    "own",
    (wire) => (response, request) =>
      request.isStream
        ? events(wire.events(beginning).filter((event) => event !== "[DONE]"))(response, request)
        : answer(200, wire.whole(beginning.join("")))(response, request),
  ),
  {
    name: "a stream that ends without a finish reason",
    streamed: "broken",
    whole: "own",
    reply: (wire) => (response, request) =>
      request.isStream
        ? events([...wire.events(beginning, null).filter((event) => event !== "[DONE]"), "[DONE]"])(
            response,
            request,
          )
        : answer(200, wire.whole(beginning.join("")))(response, request),
  },
  both("an error event in a 200 before the first word", "spare", (wire) => erring(wire, [])),
  {
    ...both("an error event in a 200 in mid-answer", "spare", (wire) => erring(wire, beginning)),
    streamed: "broken",
  },
  both(
    "a quota that is gone",
    "spare",
    ({ name, error }) =>
      name === "gemini"
        ? answer(429, error(429, "You exceeded your current quota. Please retry in 6s.", perDay))
        : answer(429, error(429, "You exceeded your current quota.", { code: "insufficient_quota" })),
    1,
  ),
  both("a bad key", "spare", ({ error }) => answer(401, error(401, "Incorrect API key provided.")), 1),
  both(
    "a refusal of the content",
    "refused",
    ({ blocked }) =>
      (response, request) =>
        request.isStream
          ? events(blocked.events)(response, request)
          : answer(200, blocked.whole)(response, request),
    1,
  ),
  both(
    "a context that is too long",
    "spare",
    ({ name, error }) =>
      name === "gemini"
        ? answer(
            400,
            error(400, "The input token count (9000) exceeds the maximum number of tokens allowed (8192)."),
          )
        : answer(
            400,
            error(400, "This model's maximum context length is 8192 tokens.", {
              code: "context_length_exceeded",
            }),
          ),
    1,
  ),
  both("a web page instead of an answer", "spare", () =>
    answer(200, "<html><body>Log in</body></html>", { "content-type": "text/html" }),
  ),
  both("nothing at all", "spare", () => answer(200, "")),
  both(
    "an empty answer",
    "spare",
    (wire) => (response, request) =>
      request.isStream
        ? events(wire.events([""]))(response, request)
        : answer(200, wire.whole(""))(response, request),
  ),
  both("a redirect to elsewhere", "spare", () => answer(302, "", { location: "http://169.254.169.254/" })),
];

function both(
  name: string,
  outcome: Outcome,
  reply: Misbehaviour["reply"],
  mostCalls?: number,
): Misbehaviour {
  return { name, streamed: outcome, whole: outcome, reply, ...(mostCalls !== undefined && { mostCalls }) };
}

/** A deployment that was silent is not asked again while anybody else is left. */
function silent(name: string, streamed: Outcome, reply: Misbehaviour["reply"]): Misbehaviour {
  return { name, streamed, whole: "spare", reply, isSilent: true, mostCalls: 1 };
}

function retryInfo(retryDelay: string) {
  return { details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay }] };
}

const perDay = {
  details: [
    {
      "@type": "type.googleapis.com/google.rpc.QuotaFailure",
      violations: [{ quotaId: "GenerateRequestsPerDayPerProjectPerModel-FreeTier" }],
    },
    ...retryInfo("6s").details,
  ],
};

/** Another server error each time, as JSON, as a page and as nothing. */
function storm(): Reply {
  const bodies = [openaiWire.error(500, "Internal error"), "<html>Bad gateway</html>", "", "overloaded"];
  const statuses = [500, 502, 503, 529];
  let next = 0;
  return (response, request) => {
    const turn = next % statuses.length;
    next += 1;
    return answer(statuses[turn] ?? 500, bodies[turn])(response, request);
  };
}

/** The beginning of an answer, and then the end of its connection or nothing. */
function interrupted(wire: Wire, texts: readonly string[], how: "cut" | "stall"): Reply {
  return (response, request) => {
    if (request.isStream) {
      const list =
        texts.length === 0 ? wire.preamble : wire.events(texts, null).filter((event) => event !== "[DONE]");
      return events(list, how === "cut" ? "cut" : "open")(response, request);
    }
    const text = JSON.stringify(wire.whole("never whole"));
    response.writeHead(200, { "content-type": "application/json", "content-length": text.length });
    response.write(text.slice(0, text.length / 2));
    if (how === "cut") setTimeout(() => response.destroy(), 20);
    return undefined;
  };
}

function malformed(wire: Wire, texts: readonly string[]): Reply {
  return (response, request) => {
    if (!request.isStream)
      return answer(200, JSON.stringify(wire.whole("x")).slice(0, -9))(response, request);
    const said = texts.length === 0 ? [] : wire.events(texts, null).filter((event) => event !== "[DONE]");
    return events([...said, '{"choices":[{"delta":{"con', "[DONE]"])(response, request);
  };
}

function erring(wire: Wire, texts: readonly string[]): Reply {
  return (response, request) => {
    const error = wire.error(503, "The model is overloaded.");
    if (!request.isStream) return answer(200, error)(response, request);
    const said = texts.length === 0 ? [] : wire.events(texts, null).filter((event) => event !== "[DONE]");
    return events([...said, error, "[DONE]"])(response, request);
  };
}

function head(response: ServerResponse, isStream: boolean): void {
  response.writeHead(200, { "content-type": isStream ? "text/event-stream" : "application/json" });
  response.flushHeaders();
}

function framesOf(list: readonly unknown[]): string {
  return list
    .map((event) => `data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`)
    .join("");
}
