import type { Attempted } from "./attempt-step.ts";
import type { Attempt } from "./attempt.ts";
import type { RoutingUpdate } from "./graph-state.ts";
import type { Judgement } from "./judge-step.ts";
import type { RouteRequest, RouteState } from "./route-state.ts";
import type { Router } from "./router.ts";

type Answered<Answer> = Extract<Attempted<Answer>, { kind: "answered" }>;

/** What one run of the routing graph works with: everything alive, which must not stand in its state. */
export interface RouteWork {
  readonly router: Router;
  readonly routeRequest: RouteRequest;
  readonly signal: AbortSignal;
  /** Makes the attempt that was chosen; gives what is new in the graph's state. */
  readonly attempt: (route: RouteState) => Promise<RoutingUpdate>;
  /** By route: what the edge `classify` has judged, until the step it points to writes it down. */
  readonly judgements: Map<string, Judgement>;
}

export interface RouteRunOptions<Request, Answer> {
  readonly router: Router;
  readonly routeRequest: RouteRequest;
  readonly request: Request;
  readonly attempt: Attempt<Request, Answer>;
  readonly signal: AbortSignal;
  /** Where runs share it, because edge and step of one run do not meet elsewhere. */
  readonly judgements?: Map<string, Judgement>;
  /** What an answer puts into the graph's state; default only the route, the answer staying here. */
  readonly keep?: (answered: Answered<Answer>) => Promise<RoutingUpdate>;
}

/** The work of one request, and what came of it. */
export class RouteRun<Request, Answer> implements RouteWork {
  readonly router: Router;
  readonly routeRequest: RouteRequest;
  readonly signal: AbortSignal;
  /** What each failed attempt threw. */
  readonly causes: unknown[] = [];
  answered: Answered<Answer> | undefined;
  readonly judgements: Map<string, Judgement>;
  readonly #options: RouteRunOptions<Request, Answer>;

  constructor(options: RouteRunOptions<Request, Answer>) {
    this.router = options.router;
    this.routeRequest = options.routeRequest;
    this.signal = options.signal;
    this.judgements = options.judgements ?? new Map();
    this.#options = options;
  }

  async attempt(route: RouteState): Promise<RoutingUpdate> {
    const { attempt, request, keep } = this.#options;
    const attempted = await this.router.attempt(route, attempt, request, this.signal);
    if (attempted.kind === "failed") {
      this.causes.push(attempted.cause);
      return { route: attempted.state };
    }
    this.answered = attempted;
    return keep === undefined ? { route: attempted.state } : keep(attempted);
  }
}
