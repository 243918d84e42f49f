/** Every way in which an attempt can fail; what follows from each stands in `rules.ts`. */
export const failureKinds = [
  "rate_limited",
  "quota_exhausted",
  "request_too_large",
  "context_length",
  "content_blocked",
  "timeout",
  "overloaded",
  "server_error",
  "connection",
  "unusable_answer",
  "auth",
  "model_not_found",
  "invalid_request",
  "cancelled",
] as const;

export type FailureKind = (typeof failureKinds)[number];

/** Our own clocks over one attempt, and the request's deadline over all. */
export type TimerName = "connect" | "headers" | "first_content" | "idle" | "attempt" | "deadline";

/** How a connection failed: `refused` and `not_found` never reached the other side. */
export type ConnectionProblem = "refused" | "not_found" | "unreachable" | "reset" | "cut" | "other";

/** What a provider said of the quota that ran out. */
export interface QuotaFacts {
  readonly id?: string | undefined;
  readonly metric?: string | undefined;
  readonly limit?: number | undefined;
  readonly period?: "minute" | "day" | undefined;
  readonly unit?: "requests" | "tokens" | undefined;
}

/** A classified error: plain, serialisable data. */
export interface Failure {
  readonly kind: FailureKind;
  /** The provider's own sentence, shortened, keys blotted out. */
  readonly message: string;
  /** Name of the row of the classification table that matched. */
  readonly rule: string;
  /** The upstream status as it came, or the one that an error inside a 200 carries. */
  readonly status?: number | undefined;
  /** The provider's code, or the network's (`ECONNREFUSED`). */
  readonly code?: string | undefined;
  /** How long the provider asks to wait, in milliseconds. */
  readonly delayMs?: number | undefined;
  readonly quota?: QuotaFacts | undefined;
  /** The window that the provider named when a prompt was too long, in tokens. */
  readonly contextWindowTokens?: number | undefined;
  /** The model is retired and this name of its successor's was not tried yet. */
  readonly successor?: string | undefined;
  /** Nothing was sent: this deployment's client cannot say such a request. Another's may. */
  readonly unsent?: boolean | undefined;
  readonly timer?: TimerName | undefined;
  readonly connection?: ConnectionProblem | undefined;
  /** Content had already reached the caller: nothing may be asked again. */
  readonly afterContent?: boolean | undefined;
  /** Planted by `--simulate` or a test hook: never remembered in the ledger. */
  readonly simulated?: boolean | undefined;
}
