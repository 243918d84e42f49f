import type { TimerName } from "./failure.ts";

/** What was wrong with an answer that came as a success. */
export type AnswerProblem =
  | "stream_cut"
  | "empty_answer"
  | "malformed_json"
  | "schema_mismatch"
  | "malformed_call"
  | "refused"
  | "no_key"
  | "not_sendable";

/**
 * Everything that `classify` reads, as plain data: structured fields first, text last.
 * An error of our own providers may carry a partial one as its property `signals`: it wins.
 */
export interface Signals {
  readonly status?: number | undefined;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The parsed JSON body, or the error event of a stream. */
  readonly body?: unknown;
  /** The body or message as text. */
  readonly text?: string | undefined;
  /** A network or provider code found on a thrown error (`ECONNREFUSED`, `insufficient_quota`). */
  readonly code?: string | undefined;
  /** How the answer ended: OpenAI's `finish_reason` or Gemini's `finishReason`. */
  readonly finishReason?: string | undefined;
  /** Gemini's `promptFeedback.blockReason`. */
  readonly blockReason?: string | undefined;
  readonly problem?: AnswerProblem | undefined;
  /** Our timer that ended the attempt: a timeout, which is routed. */
  readonly timer?: TimerName | undefined;
  /** The caller's own signal was aborted: never routed. */
  readonly callerAborted?: boolean | undefined;
  /** Content had already gone to the caller. */
  readonly contentSent?: boolean | undefined;
  readonly simulated?: boolean | undefined;
}

/** What the attempt knows beside the answer or the error itself. */
export type AttemptFacts = Pick<Signals, "timer" | "callerAborted" | "contentSent" | "problem" | "simulated">;

/** An answer as it came over HTTP; `body` is its text, or its JSON already parsed. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Headers | Readonly<Record<string, string | readonly string[] | undefined>> | undefined;
  readonly body?: unknown;
}

/** Signals of a raw HTTP answer, good or bad. */
export function signalsOfHttpAnswer(answer: HttpAnswer, facts: AttemptFacts = {}): Signals {
  const text = typeof answer.body === "string" ? answer.body : undefined;
  return {
    ...facts,
    status: answer.status,
    headers: plainHeaders(answer.headers),
    body: text === undefined ? answer.body : parsed(text),
    text,
  };
}

/** Signals of a stream's error event (the parsed `data:` of it), under the 200 that it came in. */
export function signalsOfStreamError(event: unknown, facts: AttemptFacts = {}): Signals {
  const hasError = typeof event === "object" && event !== null && (Array.isArray(event) || "error" in event);
  return signalsOfHttpAnswer({ status: 200, body: hasError ? event : { error: event } }, facts);
}

/** Headers of any kind as a plain record with names in lower case. */
export function plainHeaders(headers: unknown): Record<string, string> {
  const plain: Record<string, string> = {};
  if (typeof headers !== "object" || headers === null) return plain;
  const entries = isIterable(headers) ? [...headers] : Object.entries(headers);
  for (const entry of entries) {
    if (!Array.isArray(entry) || entry[1] === undefined) continue;
    plain[String(entry[0]).toLowerCase()] = Array.isArray(entry[1]) ? entry[1].join(", ") : String(entry[1]);
  }
  return plain;
}

function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
