import { KnownError } from "../errors.ts";
import type { Failure, FailureKind } from "./failure.ts";
import { primaryFailure, type AttemptRecord, type RouteState } from "./route-state.ts";

export type RoutingErrorCode =
  | "UNKNOWN_MODEL"
  | "NO_LOCAL_DEPLOYMENT"
  | "NO_FITTING_DEPLOYMENT"
  | "NO_CAPACITY"
  | "ALL_ATTEMPTS_FAILED"
  | "CANCELLED";

/** Why a route ended without an answer: plain data. */
export interface RouteProblem {
  readonly code: RoutingErrorCode;
  /** HTTP status for whoever asked. */
  readonly status: number;
  readonly message: string;
  /** When it is worth asking again, in milliseconds from now. */
  readonly retryAfterMs?: number | undefined;
  /** The failure that it stands for: that of the deployment asked first. */
  readonly failure?: Failure | undefined;
}

/** Thrown when a route ends without an answer; `cause` is what the primary's attempt threw. */
export class RoutingError extends KnownError {
  readonly status: number;
  readonly retryAfterMs: number | undefined;
  readonly failure: Failure | undefined;
  /** The whole route: every attempt, in order. */
  readonly attempts: readonly AttemptRecord[];
  readonly route: RouteState | undefined;

  constructor(problem: RouteProblem, route?: RouteState, cause?: unknown) {
    const { code, status, message, retryAfterMs, failure } = problem;
    super(code, message, {
      cause,
      facts: { status, retryAfterMs, failure, attempts: route?.attempts ?? [] },
    });
    this.status = status;
    this.retryAfterMs = retryAfterMs;
    this.failure = failure;
    this.attempts = route?.attempts ?? [];
    this.route = route;
  }
}

const statusOfKind: Readonly<Record<FailureKind, number>> = {
  rate_limited: 429,
  quota_exhausted: 429,
  request_too_large: 413,
  context_length: 400,
  content_blocked: 400,
  timeout: 504,
  overloaded: 503,
  server_error: 502,
  connection: 502,
  unusable_answer: 502,
  auth: 401,
  model_not_found: 404,
  invalid_request: 400,
  cancelled: 499,
};

/** The upstream's own status where it is one of failure, else the one that the kind stands for. */
export function httpStatusOf({ status, kind }: Failure): number {
  // Google says 400 of a key that it does not know; clients of OpenAI's API tell a bad key by 401.
  if (kind === "auth" && status === 400) return statusOfKind.auth;
  return status !== undefined && status >= 400 ? status : statusOfKind[kind];
}

/** A route that was tried and failed: the primary's failure, and how many others there were. */
export function failedRoute(state: RouteState, why: string, retryAfterMs: number | undefined): RouteProblem {
  const failure = primaryFailure(state) ?? state.attempts.at(-1)?.failure;
  if (state.attempts.at(-1)?.kind === "cancelled") return cancelledRoute();
  const tried = state.attempts.map(({ deployment, kind }) => `${deployment} (${kind})`).join(", ");
  return {
    code: "ALL_ATTEMPTS_FAILED",
    status: failure === undefined ? 503 : httpStatusOf(failure),
    message: `${state.request.model}: ${failure?.message ?? "no answer"} — asked: ${tried}; ${why}.`,
    retryAfterMs,
    failure,
  };
}

export function cancelledRoute(): RouteProblem {
  return { code: "CANCELLED", status: 499, message: "The caller went away." };
}
