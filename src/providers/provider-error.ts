import { KnownError } from "../errors.ts";

/**
 * How a call to a model failed, as the wire showed it:
 * `http` a status outside 200-299; `network` no connection, or one that broke before an answer;
 * `cut` an answer or stream that ended before its end; `malformed` an answer that is not what it should be;
 * `empty` a finished answer without content; `blocked` refused for its content;
 * `unusable` finished for a reason that leaves no answer; `unfit` an output that does not fit its schema;
 * `stream_error` an error sent inside a 200; `no_key` nothing was sent because the key is missing;
 * `unsendable` nothing was sent because this provider's class has no way to say it (audio by URL, for example).
 */
export type ProviderFailureReason =
  | "http"
  | "network"
  | "cut"
  | "malformed"
  | "empty"
  | "blocked"
  | "unusable"
  | "unfit"
  | "stream_error"
  | "no_key"
  | "unsendable";

export interface ProviderErrorFacts {
  /** HTTP status; for an error inside a 200 the status it states. */
  readonly status?: number;
  /** Answer headers, names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The parsed JSON of the answer or of the error event, else its text (at most 4,000 characters). */
  readonly body?: unknown;
  /** Gemini's `finishReason` or OpenAI's `finish_reason`. */
  readonly finishReason?: string;
  /** Gemini's `promptFeedback.blockReason`. */
  readonly blockReason?: string;
  /** The model's own text, when it could not be used. */
  readonly text?: string;
}

/** Thrown by every model and embedding of this area; an aborted call throws its signal's reason instead. */
export class ProviderError extends KnownError {
  readonly reason: ProviderFailureReason;
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly finishReason: string | undefined;
  readonly blockReason: string | undefined;
  readonly text: string | undefined;

  constructor(
    reason: ProviderFailureReason,
    message: string,
    facts: ProviderErrorFacts & { cause?: unknown } = {},
  ) {
    const { cause, ...values } = facts;
    super(codeOf(reason), message, { cause, facts: { reason, ...values } });
    this.reason = reason;
    this.status = values.status;
    this.headers = values.headers ?? {};
    this.body = values.body;
    this.finishReason = values.finishReason;
    this.blockReason = values.blockReason;
    this.text = values.text;
  }

  /** The facts under the names that error classification reads first. */
  get signals(): ProviderSignals {
    const problem = problemOf(this.reason, this.finishReason);
    const code = networkCode(this.cause);
    return {
      ...(this.status !== undefined && { status: this.status }),
      headers: this.headers,
      body: this.body,
      // Not our own message: it begins with the deployment's name, which may say anything.
      text: typeof this.body === "string" ? this.body : (messageIn(this.body) ?? ""),
      ...(code !== undefined && { code }),
      ...(this.finishReason !== undefined && { finishReason: this.finishReason }),
      ...(this.blockReason !== undefined && { blockReason: this.blockReason }),
      ...(problem !== undefined && { problem }),
    };
  }
}

export interface ProviderSignals {
  readonly status?: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly text: string;
  readonly code?: string;
  readonly finishReason?: string;
  readonly blockReason?: string;
  readonly problem?:
    | "no_key"
    | "not_sendable"
    | "stream_cut"
    | "empty_answer"
    | "malformed_json"
    | "schema_mismatch"
    | "malformed_call"
    | "refused";
}

function problemOf(
  reason: ProviderFailureReason,
  finishReason: string | undefined,
): ProviderSignals["problem"] {
  switch (reason) {
    case "no_key":
      return "no_key";
    case "unsendable":
      return "not_sendable";
    case "cut":
      return "stream_cut";
    case "malformed":
      return "malformed_json";
    case "empty":
      return "empty_answer";
    case "blocked":
      return "refused";
    case "unfit":
      return "schema_mismatch";
    case "unusable":
      return /CALL/.test(finishReason ?? "") ? "malformed_call" : "empty_answer";
    default:
      return undefined;
  }
}

function codeOf(reason: ProviderFailureReason): string {
  return `PROVIDER_${reason.toUpperCase()}`;
}

/** The ProviderError inside an SDK's own error, following `cause`; undefined when there is none. */
export function providerErrorIn(error: unknown): ProviderError | undefined {
  let current = error;
  for (let depth = 0; depth < 8 && current instanceof Error; depth += 1) {
    if (current instanceof ProviderError) return current;
    current = current.cause;
  }
  return undefined;
}

const maxBodyCharacters = 4000;

/** The first system or undici code along `cause` and inside aggregates (`ECONNREFUSED`, `UND_ERR_SOCKET`). */
export function networkCode(error: unknown): string | undefined {
  let current: unknown = error;
  for (let depth = 0; depth < 8 && current instanceof Error; depth += 1) {
    const first = current instanceof AggregateError ? (current.errors as unknown[])[0] : undefined;
    const code = field(current, "code") ?? field(first, "code");
    if (typeof code === "string" && !code.startsWith("PROVIDER_")) return code;
    current = current.cause;
  }
  return undefined;
}

/** JSON when the text is JSON, else the text itself, shortened: what an error keeps of an answer. */
export function bodyOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text.slice(0, maxBodyCharacters);
  }
}

/** The provider's own sentence in an error body (`error.message`, `message`, `error`), if it has one. */
export function messageIn(body: unknown): string | undefined {
  if (Array.isArray(body)) return messageIn(body[0]);
  if (typeof body === "string") return readableText(body);
  const error = field(body, "error");
  for (const candidate of [field(error, "message"), error, field(body, "message"), field(body, "detail")]) {
    if (typeof candidate === "string" && candidate !== "") return candidate;
  }
  return undefined;
}

/** The HTTP status that an error event inside a 200 states (`error.code` as a number), if it does. */
export function statusIn(body: unknown): number | undefined {
  if (Array.isArray(body)) return statusIn(body[0]);
  const code = field(field(body, "error"), "code");
  const status = typeof code === "string" ? Number(code) : code;
  return typeof status === "number" && status >= 400 && status < 600 ? status : undefined;
}

/** A property of an unknown value; undefined when it is no object or has none. */
export function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

function readableText(text: string): string | undefined {
  const plain = text
    .replaceAll(/<(style|script)[\s\S]*?<\/\1>|<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
  return plain === "" ? undefined : plain.slice(0, 200);
}

/** Nothing was sent: LangChain's class has no way to say these messages to this provider. Another may have one. */
export function unsendable({ id }: { readonly id: string }, cause: unknown): ProviderError {
  const sentence = cause instanceof Error ? cause.message : String(cause);
  return new ProviderError("unsendable", `${id} cannot be sent these messages: ${sentence}`, {
    status: 400,
    body: { error: { message: sentence } },
    cause,
  });
}
