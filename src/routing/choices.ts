import { attemptsLeft } from "./budgets.ts";
import type { Catalog } from "./catalog.ts";
import { takesLongPrompts } from "./chain.ts";
import { fitting } from "./fits.ts";
import type { RouteState } from "./route-state.ts";
import { standingOf, type Standing } from "./standing.ts";
import type { Candidate } from "./strategies/strategy.ts";
import type { World } from "./view.ts";

/** A deployment that this route may ask, now or later. */
export interface Choice extends Candidate {
  readonly group: string;
  readonly tier: number;
  readonly standing: Standing;
  /** When the route itself may ask it, capacity aside. */
  readonly notBeforeMs: number;
}

/** The deployments of a group that this route may (again) ask; those that were silent only when there is no other. */
export function choicesIn(
  group: string,
  state: RouteState,
  catalog: Catalog,
  world: World,
  nowMs: number,
): readonly Choice[] {
  const open = openIn(group, state, catalog, world, nowMs);
  const { only } = state.next;
  if (group === state.group && only !== undefined) {
    const wanted = open.filter(({ deployment }) => only.includes(deployment.id));
    if (wanted.length > 0) return wanted;
  }
  const heard = open.filter(({ standing }) => standing.kind !== "last_resort");
  return heard.length > 0 ? heard : open;
}

/** Those of the group that were silent in this route. */
export function silentIn(
  group: string,
  state: RouteState,
  catalog: Catalog,
  world: World,
  nowMs: number,
): readonly Choice[] {
  return openIn(group, state, catalog, world, nowMs).filter(
    ({ standing }) => standing.kind === "last_resort",
  );
}

function openIn(
  group: string,
  state: RouteState,
  catalog: Catalog,
  world: World,
  nowMs: number,
): readonly Choice[] {
  if (attemptsLeft(state, catalog.settings, group) <= 0) return [];
  const takesLong = state.attempts.length > 0 && takesLongPrompts(group, state, catalog);
  return fitting(state, catalog, group).flatMap(({ deployment, tier }) =>
    choiceOf(
      { deployment, tier, standing: standingOf(deployment, state, takesLong) },
      group,
      state,
      world,
      nowMs,
    ),
  );
}

function choiceOf(
  { deployment, tier, standing }: Pick<Choice, "deployment" | "tier" | "standing">,
  group: string,
  state: RouteState,
  world: World,
  nowMs: number,
): readonly Choice[] {
  const isWanted = state.next.only?.includes(deployment.id) === true;
  if (standing.kind === "never" && !isWanted) return [];
  const view = world(deployment);
  if (view.blockedBy === "too_large") return [];
  const notBeforeMs = standing.kind === "later" && !isWanted ? standing.notBeforeMs : nowMs;
  return [{ deployment, group, tier, view, standing, notBeforeMs }];
}

/** An outage is waited out only so long: capacity is sure to come, health is not. */
const longestWaitForHealthMs = 10_000;

/** When it can be asked as far as is known: its own block and what this route owes it; Infinity for never. */
export function turnMsOf({ view, notBeforeMs }: Choice, nowMs: number): number {
  const isOutage = view.blockedBy === "cooling" && !view.isStated;
  if (isOutage && view.freeAtMs - nowMs > longestWaitForHealthMs) return Infinity;
  return Math.max(notBeforeMs, view.blockedBy === undefined ? nowMs : view.freeAtMs);
}

/**
 * Those of `choices` that can be asked now. A deployment whose probe has just failed lets one request go past
 * while another is free, and a cooldown of our own making holds nobody back who has nothing else.
 */
export function freeAmong(
  choices: readonly Choice[],
  all: readonly Choice[],
  state: RouteState,
  nowMs: number,
): readonly Choice[] {
  return choices.filter((choice) => {
    const { view, notBeforeMs } = choice;
    if (notBeforeMs > nowMs) return false;
    const isUnwell = view.blockedBy === "cooling" || view.blockedBy === "probing";
    if (isUnwell && (state.isPinned || (state.isAlone && !view.isStated))) return true;
    if (view.blockedBy !== undefined) return false;
    return !isResting(choice) || !all.some((other) => other !== choice && isReady(other, nowMs));
  });
}

function isResting({ view }: Choice): boolean {
  return view.isHalfOpen && view.wasJustProbed;
}

/** Free, and not one to be spared while others are. */
export function isReady(choice: Choice, nowMs: number): boolean {
  return choice.view.blockedBy === undefined && choice.notBeforeMs <= nowMs && !isResting(choice);
}
