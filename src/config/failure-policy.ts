import { nearest } from "./nearest.ts";
import { invalidValue, type ReadConfig } from "./read-config.ts";
import type { FailureKindName, PerKind } from "./settings.ts";

/** LiteLLM's exception names and the kinds of failure they stand for. */
const kindsOf: Readonly<Record<string, readonly FailureKindName[]>> = {
  RateLimitError: ["rate_limited"],
  TimeoutError: ["timeout"],
  InternalServerError: ["server_error", "overloaded"],
  ServiceUnavailableError: ["overloaded"],
  APIConnectionError: ["connection"],
  BadRequestError: ["invalid_request"],
  AuthenticationError: ["auth"],
  NotFoundError: ["model_not_found"],
  ContentPolicyViolationError: ["content_blocked"],
  ContextWindowExceededError: ["context_length"],
};

const kinds: readonly FailureKindName[] = [
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
];

/** `{ RateLimitErrorRetries: 3 }` or `{ rate_limited: 3 }` by kind of failure. Throws UsageError for an unknown name. */
export function perKind(
  read: ReadConfig | undefined,
  policy: Readonly<Record<string, number>>,
  key: string,
  group?: string,
): PerKind {
  const result: Partial<Record<FailureKindName, number>> = {};
  for (const [name, value] of Object.entries(policy)) {
    const plain = name.replace(/(Retries|AllowedFails)$/, "");
    const found = kindsOf[plain] ?? kinds.filter((kind) => kind === name);
    if (found.length === 0 && read !== undefined) {
      const guess = nearest(plain, [...Object.keys(kindsOf), ...kinds]);
      const path = ["router_settings", key, ...(group === undefined ? [] : [group]), name];
      throw invalidValue(
        read.source,
        path,
        `this is no kind of failure${guess ? `; is ${guess} meant?` : "."}`,
      );
    }
    for (const kind of found) result[kind] = value;
  }
  return result;
}
