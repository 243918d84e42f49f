import { Admission } from "./admission.ts";
import { attempt, type Attempted } from "./attempt-step.ts";
import type { Attempt } from "./attempt.ts";
import { createCatalog, type Catalog } from "./catalog.ts";
import { groupsLeft } from "./chain.ts";
import { choose, type Choosing } from "./choose-step.ts";
import { systemClock, type Clock } from "./clock.ts";
import type { Deployment } from "./deployment.ts";
import type { Desk, RouterEvents } from "./desk.ts";
import type { Failure } from "./failure.ts";
import { fitting } from "./fits.ts";
import { Fleet } from "./fleet.ts";
import { phaseOf, type Phase } from "./health.ts";
import { judge, type Judgement } from "./judge-step.ts";
import type { Ledger } from "./ledger.ts";
import { createMemoryLedger } from "./ledger-memory.ts";
import type { Locality } from "./locality.ts";
import type { RouterSettings } from "./policy.ts";
import { quietEvents } from "./quiet-events.ts";
import { resolve } from "./resolve.ts";
import type { RouteRequest, RouteState } from "./route-state.ts";
import { RoutingError } from "./routing-error.ts";
import { createPricing, type PriceList } from "./spend.ts";
import { Turns } from "./turns.ts";

export interface RouterOptions {
  readonly deployments: readonly Deployment[];
  readonly settings: RouterSettings;
  /** Which deployments `localOnly` requests may see; without it only those whose configuration says so. */
  readonly locality?: Locality | undefined;
  /** Default: in memory only. */
  readonly ledger?: Ledger | undefined;
  readonly prices?: PriceList | undefined;
  readonly clock?: Clock | undefined;
  /** 0 to 1. */
  readonly random?: (() => number) | undefined;
  readonly newId?: (() => string) | undefined;
  readonly events?: RouterEvents | undefined;
}

/** How a deployment stands, for health pages. */
export interface DeploymentStatus {
  readonly deployment: Deployment;
  readonly phase: Phase;
  readonly cooledUntilMs: number;
  readonly failure: Failure | undefined;
  /** Attempts under way. */
  readonly inFlight: number;
}

/**
 * The steps of a route, to be walked by a loop (`walk`) or by a graph: `start`, then `choose`, `attempt` and, when
 * it failed, `judge`, until one of them is final. States are plain data; capacity, health and clock live here.
 */
export class Router {
  readonly catalog: Catalog;
  readonly #desk: Desk;
  readonly #newId: () => string;

  constructor(options: RouterOptions) {
    const { settings, clock = systemClock, ledger = createMemoryLedger() } = options;
    const events = quietEvents(options.events ?? {});
    this.catalog = createCatalog(options.deployments, settings);
    this.#newId = options.newId ?? (() => crypto.randomUUID());
    const price = createPricing(options.prices);
    const onCooldown: Required<RouterEvents>["onCooldown"] = (notice) => events.onCooldown?.(notice);
    const fleet = new Fleet(this.catalog, { ledger, price, onCooldown });
    this.#desk = {
      catalog: this.catalog,
      fleet,
      turns: new Turns(fleet, clock),
      admission: new Admission(settings, clock),
      clock,
      random: options.random ?? Math.random,
      locality: options.locality ?? declaredLocality,
      price,
      events,
      slots: new Map(),
    };
  }

  /** The state that a route begins with; throws a RoutingError `UNKNOWN_MODEL` that lists the known names. */
  async start(request: RouteRequest): Promise<RouteState> {
    const resolution = resolve(request.model, this.catalog);
    if (resolution.kind === "unknown") {
      const message = `There is no model "${request.model}". Known: ${resolution.known.join(", ")}.`;
      throw new RoutingError({ code: "UNKNOWN_MODEL", status: 400, message });
    }
    const { group, only, isPinned, wildcard } = resolution;
    const state: RouteState = {
      id: this.#newId(),
      request,
      startedAtMs: this.#desk.clock.now(),
      primary: group,
      group,
      only,
      isPinned: isPinned === true,
      wildcard,
      localIds: request.localOnly === true ? await this.#localIds() : undefined,
      isAlone: false,
      isAdmitted: this.catalog.settings.requestsPerMinute === undefined,
      attempts: [],
      passedOver: [],
      next: {},
      waitedMs: 0,
    };
    const groups = [group, ...groupsLeft(state, this.catalog, "general")];
    const fits = groups.reduce((count, name) => count + fitting(state, this.catalog, name).length, 0);
    return { ...state, isAlone: fits === 1 };
  }

  /** Waits as decided, then chooses and reserves. Ends with `fail` when nothing can be asked in time. */
  choose(state: RouteState, signal: AbortSignal): Promise<Choosing> {
    return choose(this.#desk, state, signal);
  }

  /** Makes the attempt that was chosen, exactly one upstream call, and closes its books. */
  attempt<Request, Answer>(
    state: RouteState,
    effect: Attempt<Request, Answer>,
    request: Request,
    signal: AbortSignal,
  ): Promise<Attempted<Answer>> {
    return attempt(this.#desk, state, effect, request, signal);
  }

  /** Decides what follows from the route's last attempt, which failed. */
  judge(state: RouteState): Judgement {
    return judge(this.#desk, state);
  }

  /** How each deployment stands now. */
  status(): readonly DeploymentStatus[] {
    const { fleet, clock } = this.#desk;
    const nowMs = clock.now();
    return [...this.catalog.deployments.values()].map((deployment) => {
      const health = fleet.healthOf(deployment.id, nowMs);
      const { cooledUntilMs, failure } = health;
      const inFlight = fleet.inFlightOf(deployment.id);
      return { deployment, phase: phaseOf(health, nowMs), cooledUntilMs, failure, inFlight };
    });
  }

  async #localIds(): Promise<readonly string[]> {
    const all = [...this.catalog.deployments.values()];
    const local = await Promise.all(all.map((deployment) => this.#desk.locality.isLocal(deployment)));
    return all.filter((_, place) => local[place] === true).map(({ id }) => id);
  }
}

const declaredLocality: Locality = { isLocal: async ({ local }) => local === true };
