import type { Failure, FailureKind } from "./failure.ts";

/** What a failure allows: the table of failures, one row a kind. */
export interface Rule {
  /** The same deployment again: never, after the stated delay, after back-off, at once but once, or when nothing else is left. */
  readonly same: "never" | "stated_delay" | "back_off" | "repair_once" | "last_resort";
  /** Another deployment of the group: never, any, or one that takes more. */
  readonly other: "never" | "any" | "larger";
  /** Where a fallback may be looked for. */
  readonly fallback: "never" | "general" | "larger" | "content_policy";
  /** When the deployment cools down: see `health.ts`. */
  readonly cools: "never" | "stated" | "quota" | "stated_or_rate" | "rate" | "at_once" | "key" | "model";
}

export const rules: Readonly<Record<FailureKind, Rule>> = {
  rate_limited: { same: "stated_delay", other: "any", fallback: "general", cools: "stated" },
  quota_exhausted: { same: "never", other: "any", fallback: "general", cools: "quota" },
  request_too_large: { same: "never", other: "larger", fallback: "larger", cools: "never" },
  context_length: { same: "never", other: "larger", fallback: "larger", cools: "never" },
  content_blocked: { same: "never", other: "never", fallback: "content_policy", cools: "never" },
  timeout: { same: "last_resort", other: "any", fallback: "general", cools: "rate" },
  overloaded: { same: "back_off", other: "any", fallback: "general", cools: "stated_or_rate" },
  server_error: { same: "back_off", other: "any", fallback: "general", cools: "rate" },
  connection: { same: "back_off", other: "any", fallback: "general", cools: "rate" },
  unusable_answer: { same: "repair_once", other: "any", fallback: "general", cools: "never" },
  auth: { same: "never", other: "any", fallback: "general", cools: "key" },
  model_not_found: { same: "never", other: "any", fallback: "general", cools: "model" },
  invalid_request: { same: "never", other: "never", fallback: "never", cools: "never" },
  cancelled: { same: "never", other: "never", fallback: "never", cools: "never" },
};

const unreached: Rule = { same: "never", other: "any", fallback: "general", cools: "at_once" };

/** The deployment is well: only the name it was asked by is gone. */
const retired: Rule = { ...rules.model_not_found, cools: "never" };

/** The request is wrong for this client only. */
const unsent: Rule = { same: "never", other: "any", fallback: "general", cools: "never" };

/**
 * The row of a failure. A connection that was never made is dead at once, one that broke is not; a retired
 * name that has a successor says nothing of the deployment.
 */
export function ruleOf(failure: Failure): Rule {
  if (failure.successor !== undefined) return retired;
  if (failure.unsent === true) return unsent;
  return neverReached(failure) ? unreached : rules[failure.kind];
}

/** Nothing listened, the name did not resolve or no way led there: the request was not sent. */
export function neverReached(failure: Failure): boolean {
  const { kind, connection } = failure;
  const isDead = connection === "refused" || connection === "not_found" || connection === "unreachable";
  return kind === "connection" && isDead;
}
