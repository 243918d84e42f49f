import { deadlineOf } from "./budgets.ts";
import { sleepUntil, worldOf, type Desk } from "./desk.ts";
import type { Slot } from "./fleet.ts";
import { problemOf } from "./problem.ts";
import type { PassedOver, RouteState } from "./route-state.ts";
import { cancelledRoute, type RouteProblem } from "./routing-error.ts";
import { select } from "./select.ts";

/** What came of choosing: an attempt to make (`state.current` says of whom), or the end. */
export type Choosing =
  | { readonly kind: "attempt"; readonly state: RouteState }
  | { readonly kind: "fail"; readonly state: RouteState; readonly problem: RouteProblem };

/** Waits as decided, then chooses and reserves. Ends with `fail` when nothing can be asked in time. */
export async function choose(desk: Desk, state: RouteState, signal: AbortSignal): Promise<Choosing> {
  sweep(desk);
  try {
    const admitted = state.isAdmitted ? state : await desk.admission.enter(state, signal);
    if (admitted === undefined) return { kind: "fail", state, problem: desk.admission.problem(state) };
    const { notBeforeMs } = admitted.next;
    const rested =
      notBeforeMs === undefined ? admitted : await sleepUntil(desk.clock, admitted, notBeforeMs, signal);
    return await chooseNow(desk, rested, signal);
  } catch (error) {
    if (signal.aborted) return { kind: "fail", state, problem: cancelledRoute() };
    throw error;
  }
}

async function chooseNow(desk: Desk, given: RouteState, signal: AbortSignal): Promise<Choosing> {
  const { catalog, clock, fleet, turns } = desk;
  let state = given;
  for (;;) {
    signal.throwIfAborted();
    const nowMs = clock.now();
    const selection = select(state, catalog, worldOf(desk, state, nowMs), nowMs, desk.random);
    if (selection.kind === "chosen") {
      const slot = fleet.take(selection.deployment, state.request, nowMs);
      return chosen(desk, state, selection.group, slot, selection.passedOver);
    }
    if (selection.kind === "none") {
      const ended = { ...state, passedOver: [...state.passedOver, ...selection.passedOver] };
      return { kind: "fail", state: ended, problem: problemOf(ended, selection, nowMs) };
    }
    const slot = await turns.wait(
      selection.turns,
      state.request,
      deadlineOf(state, catalog.settings),
      signal,
    );
    state = { ...state, waitedMs: state.waitedMs + clock.now() - nowMs };
    const turn = selection.turns.find(({ deployment }) => deployment === slot?.deployment.id);
    if (slot !== undefined && turn !== undefined) return chosen(desk, state, turn.group, slot, []);
  }
}

function chosen(
  desk: Desk,
  state: RouteState,
  group: string,
  slot: Slot,
  passedOver: readonly PassedOver[],
): Choosing {
  const { fleet, slots, events } = desk;
  slots.set(slot.id, slot);
  fleet.notePassedOver(passedOver.filter(({ why }) => isUnwell(why)).map(({ deployment }) => deployment));
  const current = { deployment: slot.deployment.id, slot: slot.id };
  // A successor's name and an answer to mend are one deployment's: nobody else is asked by them.
  const isMeant = state.next.only?.includes(slot.deployment.id) !== false;
  const next: RouteState = {
    ...state,
    group,
    current,
    next: isMeant ? state.next : {},
    passedOver: [...state.passedOver, ...passedOver],
  };
  if (group !== state.group) {
    events.onFallback?.(
      { from: state.group, to: group, why: passedOver[0]?.why ?? "the first to be free" },
      next,
    );
  }
  return { kind: "attempt", state: next };
}

function isUnwell(why: string): boolean {
  return why === "cooling" || why === "probing" || why === "half_open";
}

const abandonedAfterMs = 60_000;

/** Capacity that a route reserved and then was stopped before it used it (an interrupted graph). */
function sweep({ slots, clock, fleet }: Desk): void {
  for (const slot of slots.values()) {
    if (clock.now() - slot.takenAtMs < abandonedAfterMs) return;
    slots.delete(slot.id);
    fleet.giveBack(slot, clock.now());
  }
}
