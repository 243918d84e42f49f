import type { CallbackManager } from "@langchain/core/callbacks/manager";
import type { Attempt } from "./attempt.ts";
import { routingGraph, routingRecursionLimit } from "./graph.ts";
import type { RoutingUpdate } from "./graph-state.ts";
import { RouteRun } from "./route-run.ts";
import type { RouteRequest, RouteState } from "./route-state.ts";
import type { Router } from "./router.ts";
import { RoutingError, type RouteProblem } from "./routing-error.ts";
import type { Walked } from "./walk.ts";

/** A routing graph for requests that bring their work along: what a chat model runs. */
export interface InnerGraph {
  readonly invoke: (
    input: RoutingUpdate,
    config: Record<string, unknown>,
  ) => Promise<{ readonly route?: RouteState | undefined; readonly problem?: RouteProblem | undefined }>;
}

/** Compiled for itself: without checkpoints, and never the object that LangGraph's server writes its own into. */
export function innerGraph(router: Router): InnerGraph {
  const deployments = [...router.catalog.deployments.keys()];
  const workFor = async () => {
    throw new Error("A run of this graph brings its work along.");
  };
  const compiled = routingGraph({ deployments, workFor }).compile({ name: "routing", checkpointer: false });
  // Of the compiled graph only `invoke` is used; its own type repeats the whole state.
  return compiled as unknown as InnerGraph;
}

/**
 * `walk`, by the graph: the same steps, each a step of LangGraph, seen by `callbacks`. The caller's signal is the
 * steps' own affair: the run ends in order, with nothing left reserved.
 */
export async function walkGraph<Request, Answer>(
  graph: InnerGraph,
  router: Router,
  routeRequest: RouteRequest,
  request: Request,
  attempt: Attempt<Request, Answer>,
  signal: AbortSignal = new AbortController().signal,
  callbacks?: CallbackManager,
): Promise<Walked<Answer>> {
  const run = new RouteRun({ router, routeRequest, request, attempt, signal });
  const { route, problem } = await graph.invoke(
    {},
    {
      context: run,
      // Explicit, or that of a graph around this one would be taken.
      signal: new AbortController().signal,
      recursionLimit: routingRecursionLimit,
      ...(callbacks !== undefined && { callbacks }),
    },
  );
  if (run.answered !== undefined) {
    const { answer, state, ended } = run.answered;
    return { answer, route: state, ended };
  }
  if (problem === undefined)
    throw new Error("The routing graph ended without an answer and without a problem.");
  throw new RoutingError(problem, route, run.causes[0]);
}
