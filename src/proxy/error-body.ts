import { httpStatusOf, RoutingError, type Failure } from "../routing/core.ts";
import { RequestProblem } from "./request-problem.ts";

/** An error as OpenAI's API and its clients know it. */
export interface ErrorAnswer {
  readonly status: number;
  /** `{ error: { message, type, param, code } }`. */
  readonly body: { readonly error: ErrorObject };
  /** When it is worth asking again, in milliseconds from now. */
  readonly retryAfterMs?: number | undefined;
}

interface ErrorObject {
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | number | null;
}

/** Whatever was thrown while a request was served, for its caller; of what nobody foresaw only that it happened. */
export function errorAnswer(error: unknown): ErrorAnswer {
  if (error instanceof RequestProblem) {
    const { status, message, code, param } = error;
    return { status, body: errorBody(message, typeOf(status), code.toLowerCase(), param) };
  }
  if (error instanceof RoutingError) {
    const { status, message, retryAfterMs, failure, code } = error;
    const isUnknown = code === "UNKNOWN_MODEL";
    const body = errorBody(
      message,
      failure === undefined ? typeOf(status) : typeOfFailure(failure, status),
      isUnknown ? "model_not_found" : codeOf(failure, code),
      isUnknown ? "model" : null,
    );
    return { status, body, retryAfterMs: retryAfterMs ?? (status === 429 ? failure?.delayMs : undefined) };
  }
  return { status: 500, body: errorBody("The proxy failed: see its log.", "server_error", "internal_error") };
}

/** What is sent inside a stream whose content has begun: the status can no longer be. */
export function errorEvent(failure: Failure): string {
  const status = httpStatusOf(failure);
  const message = `The answer broke off: ${failure.message}`;
  const { error } = errorBody(message, typeOfFailure(failure, status), codeOf(failure, failure.kind));
  return `data: ${JSON.stringify({ error: { ...error, status } })}\n\n`;
}

export function errorBody(
  message: string,
  type: string,
  code: string | number | null,
  param: string | null = null,
): ErrorAnswer["body"] {
  return { error: { message, type, param, code } };
}

/** The provider's own code where its clients look for one (`insufficient_quota`), else the kind of failure. */
function codeOf(failure: Failure | undefined, otherwise: string): string {
  if (failure === undefined) return otherwise.toLowerCase();
  const { kind, code } = failure;
  if (kind === "context_length") return "context_length_exceeded";
  if (kind === "content_blocked") return "content_filter";
  if (kind === "quota_exhausted") return "insufficient_quota";
  if (kind === "auth") return "invalid_api_key";
  if (kind === "model_not_found") return "model_not_found";
  return kind === "rate_limited" || kind === "invalid_request" ? (code ?? kind).toLowerCase() : kind;
}

function typeOfFailure({ kind }: Failure, status: number): string {
  if (kind === "quota_exhausted") return "insufficient_quota";
  if (kind === "rate_limited") return "rate_limit_error";
  return kind === "timeout" ? "timeout_error" : typeOf(status);
}

function typeOf(status: number): string {
  switch (status) {
    case 401:
      return "authentication_error";
    case 403:
      return "permission_error";
    case 404:
      return "not_found_error";
    case 429:
      return "rate_limit_error";
    default:
      return status >= 500 ? "server_error" : "invalid_request_error";
  }
}
