import { groupsLeft } from "./chain.ts";
import { decide, type Decision } from "./decide.ts";
import { worldOf, type Desk } from "./desk.ts";
import { fitting } from "./fits.ts";
import type { RouteState } from "./route-state.ts";
import { failedRoute, type RouteProblem } from "./routing-error.ts";

/** What follows from a failure; on `fail` the problem is what the caller is told. */
export type Judgement =
  | { readonly kind: "again"; readonly state: RouteState; readonly decision: Decision }
  | {
      readonly kind: "fail";
      readonly state: RouteState;
      readonly decision: Decision;
      readonly problem: RouteProblem;
    };

/** Decides what follows from the route's last attempt, which failed, and writes it into the state. */
export function judge(desk: Desk, state: RouteState): Judgement {
  const nowMs = desk.clock.now();
  const decision = decide(state, desk.catalog, worldOf(desk, state, nowMs), nowMs, desk.random);
  const attempts = state.attempts.map((attempt, place) =>
    place === state.attempts.length - 1 ? { ...attempt, decision: sentenceOf(decision) } : attempt,
  );
  const decided = { ...state, attempts };
  if (decision.kind !== "fail") {
    return { kind: "again", decision, state: afterDecision(desk, decided, decision, nowMs) };
  }
  const problem = failedRoute(decided, decision.why, retryAfterMs(desk, decided, nowMs));
  return { kind: "fail", state: decided, decision, problem };
}

function afterDecision(
  { events }: Desk,
  state: RouteState,
  decision: Exclude<Decision, { kind: "fail" }>,
  nowMs: number,
): RouteState {
  if (decision.kind === "fallback") {
    events.onFallback?.({ from: state.group, to: decision.group, why: decision.why }, state);
    return { ...state, group: decision.group, next: {} };
  }
  const { deployments, model, repair, waitMs, isBackOff } = decision;
  const notBeforeMs = isBackOff === true && waitMs > 0 ? nowMs + waitMs : undefined;
  return { ...state, next: { only: deployments, model, repair, notBeforeMs } };
}

/** When anything that could answer this request is free again, in milliseconds from now. */
function retryAfterMs(desk: Desk, state: RouteState, nowMs: number): number | undefined {
  const fresh: RouteState = { ...state, attempts: [], group: state.primary, next: {} };
  const groups = [state.primary, ...groupsLeft(fresh, desk.catalog, "general")];
  const world = worldOf(desk, state, nowMs);
  const turns = groups.flatMap((group) =>
    fitting(fresh, desk.catalog, group).map(({ deployment }) => world(deployment)),
  );
  const soonestMs = Math.min(Infinity, ...turns.map(({ freeAtMs }) => freeAtMs)) - nowMs;
  return soonestMs > 0 && soonestMs < Infinity ? soonestMs : undefined;
}

function sentenceOf(decision: Decision): string {
  const target = decision.kind === "fallback" ? ` to ${decision.group}` : "";
  const wait = decision.kind !== "fail" && decision.waitMs > 0 ? ` in ${Math.round(decision.waitMs)} ms` : "";
  return `${decision.kind}${target}${wait}: ${decision.why}`;
}
