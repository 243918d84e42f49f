import type { Admission } from "./admission.ts";
import type { AttemptRecord, RouteState } from "./route-state.ts";
import type { Catalog } from "./catalog.ts";
import type { Clock } from "./clock.ts";
import type { CooldownNotice, Fleet, Slot } from "./fleet.ts";
import type { Locality } from "./locality.ts";
import type { PriceList } from "./spend.ts";
import type { Turns } from "./turns.ts";
import type { World } from "./view.ts";

/** What the router tells whoever listens; listeners must not throw. */
export interface RouterEvents {
  readonly onAttempt?: ((record: AttemptRecord, state: RouteState) => void) | undefined;
  readonly onFallback?:
    | ((move: { from: string; to: string; why: string }, state: RouteState) => void)
    | undefined;
  /** A sentence for the user: what will not pass by itself, and what to do about it. */
  readonly onWarning?: ((message: string, deployment: string) => void) | undefined;
  readonly onCooldown?: ((notice: CooldownNotice) => void) | undefined;
}

/** Everything that the steps of a route work with and that is no part of its plain state. */
export interface Desk {
  readonly catalog: Catalog;
  readonly fleet: Fleet;
  readonly turns: Turns;
  readonly admission: Admission;
  readonly clock: Clock;
  readonly random: () => number;
  readonly locality: Locality;
  readonly price: PriceList;
  readonly events: RouterEvents;
  /** Capacity reserved by `choose` that no attempt has taken up yet. */
  readonly slots: Map<number, Slot>;
}

/** How the deployments stand for one request now, those counted who wait already. */
export function worldOf({ fleet, turns }: Desk, state: RouteState, nowMs: number): World {
  return ({ id }) => fleet.view(id, state.request, nowMs, turns.ahead(id));
}

/** The state after a sleep until `untilMs`, its waiting counted; throws when `signal` is aborted. */
export async function sleepUntil(
  clock: Clock,
  state: RouteState,
  untilMs: number,
  signal: AbortSignal,
): Promise<RouteState> {
  const fromMs = clock.now();
  if (untilMs <= fromMs) return state;
  await clock.sleep(untilMs - fromMs, signal);
  return { ...state, waitedMs: state.waitedMs + clock.now() - fromMs };
}
