import type { AttemptTimeouts, Deployment } from "./deployment.ts";
import type { RouterSettings } from "./policy.ts";
import { attemptsIn, fallbacksUsed, type RouteState } from "./route-state.ts";

/** Attempts of a group after its first, given how its last one failed. */
export function retriesOf(state: RouteState, settings: RouterSettings, group: string): number {
  const { numRetries } = state.request;
  if (numRetries !== undefined) return numRetries;
  const last = state.attempts.findLast((attempt) => attempt.group === group)?.failure?.kind;
  if (last === undefined) return settings.numRetries;
  return (
    settings.modelGroupRetryPolicy?.[group]?.[last] ?? settings.retryPolicy?.[last] ?? settings.numRetries
  );
}

/** Attempts that a group still has in this route. */
export function attemptsLeft(state: RouteState, settings: RouterSettings, group: string): number {
  return 1 + retriesOf(state, settings, group) - attemptsIn(state, group);
}

/** When the whole request must have ended: the caller's word, else one attempt's time for each one allowed. */
export function deadlineOf(state: RouteState, settings: RouterSettings): number {
  const { request, startedAtMs } = state;
  if (request.deadlineMs !== undefined) return startedAtMs + request.deadlineMs;
  const timeoutMs = request.timeoutMs ?? settings.timeoutMs;
  const numRetries = request.numRetries ?? settings.numRetries;
  return startedAtMs + timeoutMs * (1 + numRetries + fallbacksUsed(state));
}

/** Time limits of one attempt: request, deployment, router, in that order, and never past the deadline. */
export function timeoutsOf(
  deployment: Deployment,
  state: RouteState,
  settings: RouterSettings,
  nowMs: number,
): AttemptTimeouts & { readonly attemptMs: number } {
  const { request } = state;
  const own = deployment.timeouts ?? {};
  const attemptMs = request.timeoutMs ?? own.attemptMs ?? settings.timeoutMs;
  const leftMs = Math.max(1, deadlineOf(state, settings) - nowMs);
  const firstContentMs = request.streamTimeoutMs ?? own.firstContentMs ?? settings.streamTimeoutMs;
  return { ...own, firstContentMs, attemptMs: Math.min(attemptMs, leftMs) };
}
