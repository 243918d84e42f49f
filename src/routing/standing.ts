import type { Deployment } from "./deployment.ts";
import type { Failure } from "./failure.ts";
import { ruleOf } from "./rules.ts";
import type { RouteState } from "./route-state.ts";

/** Whether this route may ask a deployment (again): what its own attempts so far say. */
export type Standing =
  | { readonly kind: "fresh" }
  /** Again, not before this time; `needsBackOff` when nobody stated a delay. */
  | {
      readonly kind: "later";
      readonly notBeforeMs: number;
      readonly needsBackOff: boolean;
      readonly failure: Failure;
    }
  /** It was silent: only when nothing else is left. */
  | { readonly kind: "last_resort" }
  | { readonly kind: "never" };

export function standingOf(deployment: Deployment, state: RouteState, takesLongPrompts = false): Standing {
  const last = state.attempts.findLast((attempt) => attempt.deployment === deployment.id);
  if (last?.failure !== undefined) {
    return afterOwnFailure(last.failure, last.startedAtMs + last.ms);
  }
  return takesMore(deployment, state, takesLongPrompts) ? { kind: "fresh" } : { kind: "never" };
}

function afterOwnFailure(failure: Failure, endedAtMs: number): Standing {
  switch (ruleOf(failure).same) {
    case "never":
    case "repair_once":
      return { kind: "never" };
    case "last_resort":
      return { kind: "last_resort" };
    case "stated_delay":
    case "back_off": {
      const notBeforeMs = endedAtMs + (failure.delayMs ?? 0);
      return { kind: "later", notBeforeMs, needsBackOff: failure.delayMs === undefined, failure };
    }
  }
}

/** After a prompt was too long or too large somewhere, only a deployment that may take more is asked. */
function takesMore(deployment: Deployment, state: RouteState, takesLongPrompts: boolean): boolean {
  for (const { failure, deployment: failedId, model } of state.attempts) {
    if (failure === undefined || failedId === deployment.id) continue;
    if (failure.kind === "context_length") {
      const isOther = takesLongPrompts || deployment.model !== model;
      if (!hasLargerWindow(deployment, failure, isOther, state)) return false;
    }
    if (failure.kind === "request_too_large" && !hasLargerLimit(deployment, failure)) return false;
  }
  return true;
}

/**
 * An unknown window counts as larger, but not that of the very model which refused, unless the configuration sends
 * long prompts there: the same model may be served elsewhere with a wider window.
 */
function hasLargerWindow(
  deployment: Deployment,
  failure: Failure,
  isOther: boolean,
  state: RouteState,
): boolean {
  const own = deployment.contextWindowTokens;
  if (own === undefined) return isOther;
  return own > Math.max(failure.contextWindowTokens ?? 0, state.request.inputTokens);
}

function hasLargerLimit(deployment: Deployment, failure: Failure): boolean {
  return deployment.tpm === undefined || deployment.tpm > (failure.quota?.limit ?? 0);
}
