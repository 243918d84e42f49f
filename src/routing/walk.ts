import type { Attempt } from "./attempt.ts";
import type { RouteRequest, RouteState } from "./route-state.ts";
import type { Router } from "./router.ts";
import { RoutingError } from "./routing-error.ts";

/** An answer and how it was come by. */
export interface Walked<Answer> {
  readonly answer: Answer;
  /** The route up to the answer; of a stream up to its first content. */
  readonly route: RouteState;
  /** The route with the books closed: at once, or when the stream has ended. */
  readonly ended: Promise<RouteState>;
}

/**
 * Walks one request to its answer: choose, attempt, judge, until it is answered or nothing is left. Throws a
 * RoutingError with the whole route and, as `cause`, what the primary's attempt threw.
 */
export async function walk<Request, Answer>(
  router: Router,
  routeRequest: RouteRequest,
  request: Request,
  attempt: Attempt<Request, Answer>,
  signal: AbortSignal = new AbortController().signal,
): Promise<Walked<Answer>> {
  const causes: unknown[] = [];
  let state = await router.start(routeRequest);
  for (;;) {
    const choosing = await router.choose(state, signal);
    if (choosing.kind === "fail") throw new RoutingError(choosing.problem, choosing.state, causes[0]);
    const attempted = await router.attempt(choosing.state, attempt, request, signal);
    if (attempted.kind === "answered") {
      const { answer, state: route, ended } = attempted;
      return { answer, route, ended };
    }
    causes.push(attempted.cause);
    const judgement = router.judge(attempted.state);
    if (judgement.kind === "fail") throw new RoutingError(judgement.problem, judgement.state, causes[0]);
    state = judgement.state;
  }
}
