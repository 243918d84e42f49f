import type { Usage } from "./attempt.ts";
import type { Failure, FailureKind } from "./failure.ts";

/** What the router must know of a request; the request itself is the attempt's. Plain data. */
export interface RouteRequest {
  /** The name asked for. */
  readonly model: string;
  /** Tokens of the prompt, estimated. */
  readonly inputTokens: number;
  /** Most tokens of the answer, when the caller limits it. */
  readonly maxOutputTokens?: number | undefined;
  readonly isStream?: boolean | undefined;
  readonly needsTools?: boolean | undefined;
  readonly needsJsonSchema?: boolean | undefined;
  readonly needsImages?: boolean | undefined;
  /** Only deployments on this machine or network may see it. */
  readonly localOnly?: boolean | undefined;
  readonly tags?: readonly string[] | undefined;
  /** Groups to fall back to instead of the configured ones. */
  readonly fallbacks?: readonly string[] | undefined;
  readonly disableFallbacks?: boolean | undefined;
  readonly numRetries?: number | undefined;
  /** One attempt; beats the deployment's. */
  readonly timeoutMs?: number | undefined;
  readonly streamTimeoutMs?: number | undefined;
  /** The whole request, waiting included. */
  readonly deadlineMs?: number | undefined;
}

/** One attempt as a route remembers it. */
export interface AttemptRecord {
  readonly deployment: string;
  readonly group: string;
  readonly model: string;
  readonly kind: "ok" | FailureKind;
  readonly status?: number | undefined;
  readonly failure?: Failure | undefined;
  readonly startedAtMs: number;
  readonly ms: number;
  /** Time spent waiting (for capacity, for a stated delay, in back-off) before it. */
  readonly waitedMs: number;
  readonly usage?: Usage | undefined;
  readonly costUsd?: number | undefined;
  /** The answer before had to be mended: its error was shown to the model. */
  readonly isRepair?: boolean | undefined;
  /** What was decided after it, in a few words. */
  readonly decision?: string | undefined;
}

/** A deployment that was not asked because it was cooling or full when its turn came. */
export interface PassedOver {
  readonly deployment: string;
  readonly group: string;
  readonly why: string;
  /** When it was expected to be free; undefined when that could not be known. */
  readonly untilMs?: number | undefined;
  readonly failure?: Failure | undefined;
}

/** What was decided for the next attempt. */
export interface NextAsk {
  /** Only these deployments, while one of them is free. */
  readonly only?: readonly string[] | undefined;
  /** Not before this time. */
  readonly notBeforeMs?: number | undefined;
  /** Another name for the model: the successor of a retired one. */
  readonly model?: string | undefined;
  /** What was wrong with the last answer, for the model to mend. */
  readonly repair?: string | undefined;
}

/** One request under way: plain, serialisable data, so that any step can be edited and replayed. */
export interface RouteState {
  readonly id: string;
  readonly request: RouteRequest;
  readonly startedAtMs: number;
  /** The group first asked for, and the one being asked. */
  readonly primary: string;
  readonly group: string;
  readonly only?: readonly string[] | undefined;
  readonly isPinned: boolean;
  /** One deployment is all there is for this request, fallbacks included. */
  readonly isAlone: boolean;
  readonly wildcard?: string | undefined;
  /** Ids of the deployments that a `localOnly` request may see; undefined when it may see all. */
  readonly localIds?: readonly string[] | undefined;
  /** Counted under the limit over all deployments. */
  readonly isAdmitted: boolean;
  readonly attempts: readonly AttemptRecord[];
  readonly passedOver: readonly PassedOver[];
  readonly next: NextAsk;
  /** Time waited since the last attempt, in milliseconds. */
  readonly waitedMs: number;
  /** The attempt being made: its deployment and the capacity reserved for it. */
  readonly current?: CurrentAttempt | undefined;
}

export interface CurrentAttempt {
  readonly deployment: string;
  readonly slot: number;
}

/** The groups of which a deployment has been asked, in order. */
export function visitedGroups(state: RouteState): readonly string[] {
  return [...new Set(state.attempts.map(({ group }) => group))];
}

/** The groups asked beside the primary. */
export function fallbacksUsed(state: RouteState): number {
  return visitedGroups(state).filter((group) => group !== state.primary).length;
}

export function attemptsIn(state: RouteState, group: string): number {
  return state.attempts.filter((attempt) => attempt.group === group).length;
}

/** The failure that a route which could not be answered stands for: that of the deployment asked first. */
export function primaryFailure(state: RouteState): Failure | undefined {
  const [first] = state.attempts;
  const skipped = state.passedOver.find(
    ({ group, failure }) => group === state.primary && failure !== undefined,
  );
  if (skipped !== undefined && first?.group !== state.primary) return skipped.failure;
  const ofFirst = state.attempts.filter(({ deployment }) => deployment === first?.deployment);
  return ofFirst.findLast(({ failure }) => failure !== undefined)?.failure;
}
