import { deadlineOf } from "./budgets.ts";
import { membersOf, type Catalog } from "./catalog.ts";
import { chainUseOf, groupsLeft } from "./chain.ts";
import { choicesIn, freeAmong, isReady, turnMsOf, type Choice } from "./choices.ts";
import { misfitOf, type Misfit } from "./fits.ts";
import type { PassedOver, RouteState } from "./route-state.ts";
import { strategies } from "./strategies/index.ts";
import type { World } from "./view.ts";

/** What comes of choosing: a deployment, a turn to wait for, or nothing. */
export type Selection =
  | {
      readonly kind: "chosen";
      readonly deployment: string;
      readonly group: string;
      readonly passedOver: readonly PassedOver[];
    }
  /** Nothing is free: whichever of these comes first, expected at `turnMs`. */
  | {
      readonly kind: "wait";
      readonly turns: readonly Turn[];
      readonly turnMs: number;
      readonly passedOver: readonly PassedOver[];
    }
  /** `no_turn`: capacity comes, if ever, after the deadline. `no_fit`: nothing could ever answer this. */
  | {
      readonly kind: "none";
      readonly why: "no_turn" | "no_fit";
      readonly freeAtMs: number;
      readonly misfits: readonly Misfit[];
      readonly passedOver: readonly PassedOver[];
    };

/** A deployment to wait for, of which group, and the time before which this route may not ask it. */
export interface Turn {
  readonly deployment: string;
  readonly group: string;
  readonly notBeforeMs: number;
  readonly expectedMs: number;
}

/** Chooses among what is free now: the group's own deployments, then a fallback's, then the next turn. Pure. */
export function select(
  state: RouteState,
  catalog: Catalog,
  world: World,
  nowMs: number,
  random: () => number,
): Selection {
  const own = choicesIn(state.group, state, catalog, world, nowMs);
  const isReadyHere = own.some((choice) => isReady(choice, nowMs));
  const groups = isReadyHere ? [own] : [own, ...fallbackChoices(state, catalog, world, nowMs, own)];
  const all = groups.flat();
  const passedOver: PassedOver[] = [];
  const isLate = nowMs >= deadlineOf(state, catalog.settings);
  for (const choices of groups) {
    const picked = pick(freeAmong(choices, all, state, nowMs), catalog, random);
    if (picked !== undefined && !isLate) {
      const before = choices.filter(({ tier, view }) => tier < picked.tier || view.blockedBy === "cooling");
      passedOver.push(...before.filter((choice) => choice !== picked).map(passedOverOf));
      return { kind: "chosen", deployment: picked.deployment.id, group: picked.group, passedOver };
    }
    passedOver.push(...choices.map(passedOverOf));
  }
  return nextTurn(all, state, catalog, nowMs, passedOver);
}

/** What may be asked while the group itself is not free, a group an entry. */
function fallbackChoices(
  state: RouteState,
  catalog: Catalog,
  world: World,
  nowMs: number,
  own: readonly Choice[],
): readonly (readonly Choice[])[] {
  const isLimited = own.some(
    ({ view }) => view.blockedBy === "rpm_or_tpm" || view.failure?.kind === "rate_limited",
  );
  if (isLimited && !catalog.settings.fallbackOnRateLimit) return [];
  const use = chainUseOf(state, catalog.settings);
  const isTooLong =
    use === "general" &&
    own.length === 0 &&
    misfitsIn([state.group], state, catalog).includes("window_too_small");
  return groupsLeft(state, catalog, isTooLong ? "larger" : use).map((group) =>
    choicesIn(group, state, catalog, world, nowMs),
  );
}

/** The lowest tier that is free, and in it whatever the strategy picks. */
function pick(free: readonly Choice[], { settings }: Catalog, random: () => number): Choice | undefined {
  const lowestTier = free.reduce((least, { tier }) => Math.min(least, tier), Infinity);
  const [first, ...rest] = free.filter(({ tier }) => tier === lowestTier);
  if (first === undefined || rest.length === 0) return first;
  const { lowestLatencyBuffer, strategy } = settings;
  const picked = strategies[strategy]([first, ...rest], { random, lowestLatencyBuffer });
  return free.find(({ deployment }) => deployment === picked.deployment);
}

function passedOverOf({ deployment, group, view }: Choice): PassedOver {
  const { blockedBy, freeAtMs, failure } = view;
  const why = blockedBy ?? (view.isHalfOpen ? "half_open" : "not_yet");
  return {
    deployment: deployment.id,
    group,
    why,
    untilMs: freeAtMs,
    ...(failure !== undefined && { failure }),
  };
}

function nextTurn(
  choices: readonly Choice[],
  state: RouteState,
  catalog: Catalog,
  nowMs: number,
  passedOver: readonly PassedOver[],
): Selection {
  const turnMs = choices.reduce((least, choice) => Math.min(least, turnMsOf(choice, nowMs)), Infinity);
  if (turnMs < deadlineOf(state, catalog.settings)) {
    const turns = choices.map((choice) => ({
      deployment: choice.deployment.id,
      group: choice.group,
      notBeforeMs: choice.notBeforeMs,
      expectedMs: turnMsOf(choice, nowMs),
    }));
    return {
      kind: "wait",
      turns: turns.filter(({ expectedMs }) => expectedMs < Infinity),
      turnMs,
      passedOver,
    };
  }
  const why = choices.length > 0 ? "no_turn" : "no_fit";
  const misfits = misfitsIn([state.primary, ...groupsLeft(state, catalog, "general")], state, catalog);
  return { kind: "none", why, freeAtMs: turnMs, misfits, passedOver };
}

function misfitsIn(groups: readonly string[], state: RouteState, catalog: Catalog): readonly Misfit[] {
  const misfits = groups.flatMap((group) =>
    membersOf(catalog, group).map(({ deployment }) => misfitOf(deployment, state, catalog)),
  );
  return [...new Set(misfits.filter((misfit) => misfit !== undefined))];
}
