import { RunnableLambda } from "@langchain/core/runnables";
import { END, START, StateGraph, type LangGraphRunnableConfig } from "@langchain/langgraph";
import { systemClock, type Clock } from "./clock.ts";
import { RoutingState, type RoutingUpdate, type RoutingValues } from "./graph-state.ts";
import type { Judgement } from "./judge-step.ts";
import { RouteRun, type RouteWork } from "./route-run.ts";
import type { RouteState } from "./route-state.ts";
import { failedRoute } from "./routing-error.ts";

/** The steps beside the deployments; a deployment of the same name is drawn with a mark behind its own. */
const steps = ["select", "retry", "fallback", "fail"] as const;
const reservedNames = new Set<string>([...steps, START, END, ...Object.keys(RoutingState.fields)]);

/** More steps than any route has: its own budgets end it. */
export const routingRecursionLimit = 100_000;

/** A pause between two steps that is none of the graph's own doing: somebody looked at the run and goes on. */
const pauseMs = 1_000;

export interface RoutingGraphOptions {
  /** Ids of the deployments, in the order of the configuration: a node each. */
  readonly deployments: readonly string[];
  /** What a run works with that brings nothing along in its context (Studio's). */
  readonly workFor: (state: RoutingValues, config: LangGraphRunnableConfig) => Promise<RouteWork>;
  readonly clock?: Clock | undefined;
}

/**
 * `select` → the deployment's node → `classify` → the end, `retry`, `fallback` or `fail`. The steps are the router's
 * own: the graph adds no rule. To be compiled by whoever runs it.
 */
export function routingGraph({ deployments, workFor, clock = systemClock }: RoutingGraphOptions) {
  const nodeOf = nodeNames(deployments);
  const workOf = async (state: RoutingValues, config: LangGraphRunnableConfig): Promise<RouteWork> =>
    config.context instanceof RouteRun ? config.context : workFor(state, config);
  /** A run inside a model is never replayed: it writes only what its own steps read. */
  const stepped = (update: RoutingUpdate, { context }: LangGraphRunnableConfig): RoutingUpdate =>
    context instanceof RouteRun ? update : { ...update, steppedAtMs: clock.now() };

  const select = async (state: RoutingValues, config: LangGraphRunnableConfig) => {
    const { router, routeRequest, signal } = await workOf(state, config);
    const route = isUnderWay(state) ? resumed(state, clock) : await router.start(routeRequest);
    const choosing = await router.choose(route, signal);
    const problem = choosing.kind === "fail" ? choosing.problem : undefined;
    const isNews = problem !== undefined || state.problem !== undefined;
    return stepped({ route: choosing.state, ...(isNews && { problem }) }, config);
  };
  const attempt = async (state: RoutingValues, config: LangGraphRunnableConfig) =>
    stepped(await (await workOf(state, config)).attempt(resumed(state, clock)), config);
  const judge = async (state: RoutingValues, config: LangGraphRunnableConfig) =>
    judged(await workOf(state, config), resumed(state, clock));
  const again = async (state: RoutingValues, config: LangGraphRunnableConfig) =>
    stepped({ route: (await judge(state, config)).state }, config);
  const fail = async (state: RoutingValues, config: LangGraphRunnableConfig) => {
    if (state.problem !== undefined) return stepped({}, config);
    const judgement = await judge(state, config);
    // A replay may find that something is free again: its edge has led here all the same.
    const problem =
      judgement.kind === "fail" ? judgement.problem : failedRoute(judgement.state, "given up", undefined);
    return stepped({ route: judgement.state, problem }, config);
  };
  const toDeployment = ({ route, problem }: RoutingValues): string =>
    problem === undefined ? (nodeOf.get(route?.current?.deployment ?? "") ?? "fail") : "fail";
  const classify = async (state: RoutingValues, config: LangGraphRunnableConfig): Promise<string> => {
    if (state.route?.attempts.at(-1)?.kind === "ok") return END;
    const { router, judgements } = await workOf(state, config);
    const route = resumed(state, clock);
    const judgement = router.judge(route);
    judgements.set(route.id, judgement);
    return judgement.decision.kind;
  };

  // LangGraph's types know nodes by literal names; ours are named in the configuration.
  const graph = new StateGraph(RoutingState) as unknown as LooseGraph;
  graph.addNode("select", select);
  for (const node of nodeOf.values()) graph.addNode(node, attempt);
  graph.addNode("retry", again);
  graph.addNode("fallback", again);
  graph.addNode("fail", fail);
  graph.addEdge(START, "select");
  graph.addConditionalEdges("select", named("choose", toDeployment), [...nodeOf.values(), "fail"]);
  for (const node of nodeOf.values()) {
    graph.addConditionalEdges(node, named("classify", classify), ["retry", "fallback", "fail", END]);
  }
  graph.addEdge("retry", "select");
  graph.addEdge("fallback", "select");
  graph.addEdge("fail", END);
  return graph as unknown as StateGraph<typeof RoutingState>;
}

/** What the edge has judged, or, in a replay that begins at this step, what is judged now. */
function judged({ router, judgements }: RouteWork, route: RouteState): Judgement {
  const known = judgements.get(route.id);
  judgements.delete(route.id);
  return known?.state.attempts.length === route.attempts.length ? known : router.judge(route);
}

type Edge = (state: RoutingValues, config: LangGraphRunnableConfig) => string | Promise<string>;

/** Nodes are named by data, which the builder's types cannot follow. */
interface LooseGraph {
  addNode(
    name: string,
    step: (state: RoutingValues, config: LangGraphRunnableConfig) => Promise<RoutingUpdate>,
  ): void;
  addEdge(from: string, to: string): void;
  addConditionalEdges(from: string, choose: RunnableLambda<RoutingValues, string>, targets: string[]): void;
}

/** An edge under its name, as traces show it. */
function named(name: string, edge: Edge): RunnableLambda<RoutingValues, string> {
  const lambda = RunnableLambda.from<RoutingValues, string>((state, config) => edge(state, config));
  lambda.name = name;
  return lambda;
}

/** Node names by deployment id: the id itself, as far as LangGraph takes it. */
export function nodeNames(deployments: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set<string>();
  const names = new Map<string, string>();
  for (const id of deployments) {
    let name = id.replaceAll(/[|:]/g, "-") || "deployment";
    while (reservedNames.has(name) || taken.has(name)) name += "*";
    taken.add(name);
    names.set(id, name);
  }
  return names;
}

/** A route that ended is over: what comes to `select` then is a new request. */
function isUnderWay({ route, problem }: RoutingValues): boolean {
  return route !== undefined && problem === undefined && route.attempts.at(-1)?.kind !== "ok";
}

/** The route, with its clock set on by the time that nobody worked on it: a replay is no late request. */
function resumed({ route, steppedAtMs }: RoutingValues, clock: Clock): RouteState {
  if (route === undefined) throw new Error("There is no route yet: select comes first.");
  const idleMs = clock.now() - (steppedAtMs ?? clock.now());
  return idleMs > pauseMs ? { ...route, startedAtMs: route.startedAtMs + idleMs } : route;
}
