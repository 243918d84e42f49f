import { backoffMs } from "./backoff.ts";
import { attemptsLeft, deadlineOf } from "./budgets.ts";
import type { Catalog } from "./catalog.ts";
import { chainUseOf, groupsLeft } from "./chain.ts";
import { choicesIn, freeAmong, silentIn, turnMsOf, type Choice } from "./choices.ts";
import type { Failure } from "./failure.ts";
import { attemptsIn, type AttemptRecord, type RouteState } from "./route-state.ts";
import { ruleOf } from "./rules.ts";
import type { World } from "./view.ts";

/** What follows from a failed attempt; `why` is for people. */
export type Decision =
  | {
      readonly kind: "retry";
      /** Which deployments of the group: others, or the same again. */
      readonly deployments: readonly string[];
      readonly waitMs: number;
      /** The wait is ours to sleep; any other is for a turn, which may come sooner. */
      readonly isBackOff?: boolean | undefined;
      /** The successor of a retired model, to be asked under its new name. */
      readonly model?: string | undefined;
      /** What was wrong with the answer, for the model to mend. */
      readonly repair?: string | undefined;
      readonly why: string;
    }
  | { readonly kind: "fallback"; readonly group: string; readonly waitMs: number; readonly why: string }
  | { readonly kind: "fail"; readonly why: string };

/** Decides on the route's last attempt, which failed: from failure, route, policy, world and deadline. Pure. */
export function decide(
  state: RouteState,
  catalog: Catalog,
  world: World,
  nowMs: number,
  random: () => number,
): Decision {
  const last = state.attempts.at(-1);
  const failure = last?.failure;
  if (last === undefined || failure === undefined) return { kind: "fail", why: "nothing has failed" };
  const final = finalWord(state, catalog, failure, nowMs);
  if (final !== undefined) return { kind: "fail", why: final };
  const { settings } = catalog;
  const hasAttempts = attemptsLeft(state, settings, state.group) > 0;
  const same = hasAttempts ? sameAtOnce(last, failure) : undefined;
  if (same !== undefined) return same;
  const mayStay = hasAttempts && ruleOf(failure).other !== "never";
  const own = mayStay ? choicesIn(state.group, { ...state, next: {} }, catalog, world, nowMs) : [];
  const elsewhere = groupsLeft(state, catalog, chainUseOf(state, settings)).flatMap((group) =>
    choicesIn(group, { ...state, next: {} }, catalog, world, nowMs),
  );
  const silent = mayStay ? silentIn(state.group, state, catalog, world, nowMs) : [];
  const scene: Scene = { state, catalog, own, elsewhere, silent, nowMs, random };
  return (
    another(scene) ??
    afterBackOff(scene, (failed) => ruleOf(failed).same === "back_off") ??
    fallback(scene) ??
    afterBackOff(scene, () => true) ??
    nextTurn(scene) ??
    silentAgain(scene) ?? {
      kind: "fail",
      why: hasAttempts ? "nothing else may be asked" : "no attempt is left",
    }
  );
}

interface Scene {
  readonly state: RouteState;
  readonly catalog: Catalog;
  readonly own: readonly Choice[];
  readonly elsewhere: readonly Choice[];
  /** Those of the group that gave no answer in time. */
  readonly silent: readonly Choice[];
  readonly nowMs: number;
  readonly random: () => number;
}

function finalWord(state: RouteState, catalog: Catalog, failure: Failure, nowMs: number): string | undefined {
  if (failure.afterContent === true) return "content had already reached the caller";
  if (failure.kind === "cancelled") return "the caller went away";
  if (failure.kind === "invalid_request" && failure.unsent !== true) return "the request itself is wrong";
  return nowMs >= deadlineOf(state, catalog.settings) ? "the deadline has passed" : undefined;
}

/** A retired name is asked once more by its successor's, an unusable answer mended once. */
function sameAtOnce(last: AttemptRecord, failure: Failure): Decision | undefined {
  const again = { kind: "retry", deployments: [last.deployment], waitMs: 0 } as const;
  const { successor } = failure;
  if (successor !== undefined) {
    return { ...again, model: successor, why: `${last.model} is gone: its successor ${successor}` };
  }
  if (failure.kind === "unusable_answer" && last.isRepair !== true) {
    return { ...again, repair: failure.message, why: "the same once more, with what was wrong" };
  }
  return undefined;
}

function another({ state, own, elsewhere, nowMs }: Scene): Decision | undefined {
  const free = freeAmong(own, [...own, ...elsewhere], state, nowMs);
  const fresh = free.filter(({ standing }) => standing.kind === "fresh");
  if (fresh.length === 0) return undefined;
  return { kind: "retry", deployments: idsOf(fresh), waitMs: 0, why: "another deployment of the group" };
}

/** The same (or one that failed before) after back-off; a stated delay is a matter of turns. */
function afterBackOff(scene: Scene, isMeant: (failed: Failure) => boolean): Decision | undefined {
  const { state, catalog, own, elsewhere, nowMs, random } = scene;
  const { settings } = catalog;
  const again = freeAmong(own, [...own, ...elsewhere], state, nowMs).find(
    ({ standing }) => standing.kind === "later" && standing.needsBackOff && isMeant(standing.failure),
  );
  if (again === undefined) return undefined;
  const tries = attemptsIn(state, state.group) - 1;
  const waitMs = backoffMs(tries, settings.retryAfterMs, random);
  if (nowMs + waitMs >= deadlineOf(state, settings)) return undefined;
  return {
    kind: "retry",
    deployments: [again.deployment.id],
    waitMs,
    isBackOff: true,
    why: "the same after back-off",
  };
}

function fallback({ state, own, elsewhere, nowMs }: Scene): Decision | undefined {
  const [first] = freeAmong(elsewhere, [...own, ...elsewhere], state, nowMs);
  return first === undefined
    ? undefined
    : { kind: "fallback", group: first.group, waitMs: 0, why: "a fallback is free" };
}

/** Nothing is free: whoever comes first, if that is in time. */
function nextTurn({ state, catalog, own, elsewhere, nowMs }: Scene): Decision | undefined {
  const coming = [...own, ...elsewhere]
    .filter(({ standing }) => standing.kind !== "last_resort")
    .map((choice) => ({ ...choice, turnMs: turnMsOf(choice, nowMs) }))
    .sort((one, other) => one.turnMs - other.turnMs);
  const [first] = coming;
  if (first === undefined || first.turnMs >= deadlineOf(state, catalog.settings)) return undefined;
  const waitMs = Math.max(0, first.turnMs - nowMs);
  if (!own.some(({ deployment }) => deployment === first.deployment)) {
    return { kind: "fallback", group: first.group, waitMs, why: "nothing is free: the first fallback to be" };
  }
  const deployments = coming
    .filter(({ group }) => group === state.group)
    .map(({ deployment }) => deployment.id);
  return { kind: "retry", deployments, waitMs, why: "nothing is free: the next turn" };
}

/** A deployment that was silent is asked again only when nothing else comes in time. */
function silentAgain({ silent }: Scene): Decision | undefined {
  if (silent.length === 0) return undefined;
  return { kind: "retry", deployments: idsOf(silent), waitMs: 0, why: "nothing else is left" };
}

function idsOf(choices: readonly Choice[]): readonly string[] {
  return choices.map(({ deployment }) => deployment.id);
}
