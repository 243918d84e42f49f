import { AIMessage, type BaseMessage } from "@langchain/core/messages";
import { MemorySaver } from "@langchain/langgraph";
import { expect, test } from "vitest";
import {
  defaultRouterSettings,
  Router,
  RouteRun,
  routingGraph,
  type Attempt,
  type RouteState,
  type RouteWork,
} from "../../src/routing/index.ts";
import { deployment } from "../routing/scenes.ts";
import { VirtualClock } from "../routing/virtual-clock.ts";

/** The graph as LangGraph's server has it, over a router whose first deployment is limited until told otherwise. */
function stage() {
  const clock = new VirtualClock();
  const health = { isLimited: true };
  const router = new Router({
    deployments: [deployment("first"), deployment("second")],
    settings: { ...defaultRouterSettings, fallbacks: { first: ["second"] }, disableCooldowns: true },
    clock,
  });
  const attempt: Attempt<undefined, string> = async ({ id }) =>
    id === "first" && health.isLimited
      ? { kind: "failed", signals: { status: 429 } }
      : { kind: "answered", answer: id };
  const judgements: RouteWork["judgements"] = new Map();
  const workFor = async () =>
    new RouteRun({
      router,
      routeRequest: { model: "first", inputTokens: 10 },
      request: undefined,
      attempt,
      signal: new AbortController().signal,
      judgements,
      keep: async ({ answer, state }) => ({ messages: [new AIMessage(answer)], route: state }),
    });
  const graph = routingGraph({ deployments: ["first", "second"], workFor, clock }).compile({
    checkpointer: new MemorySaver(),
  });
  const config = { configurable: { thread_id: "1" } };
  const history = async () => {
    const states = [];
    for await (const state of graph.getStateHistory(config)) states.push(state);
    return states;
  };
  const routeOf = (values: unknown) => (values as { route: RouteState }).route;
  const answerIn = (values: unknown) => (values as { messages: BaseMessage[] }).messages.at(-1)?.text;
  return { clock, health, graph, config, history, routeOf, answerIn };
}

test("every state of a run is plain data that says what was done and decided", async () => {
  const { graph, config, history, routeOf } = stage();
  await graph.invoke({ messages: "hi" }, config);
  const states = (await history()).toReversed();
  const route = states.map(({ values }) => routeOf(values)).filter((one) => one !== undefined);
  expect(JSON.parse(JSON.stringify(route))).toEqual(route);
  expect(states.map(({ next }) => next[0])).toEqual([
    "__start__",
    "select",
    "first",
    "fallback",
    "select",
    "second",
    undefined,
  ]);
});

test("a run is replayed from any of its steps, hours later: the pause is not the request's time", async () => {
  const { graph, config, history, clock, routeOf, answerIn } = stage();
  await graph.invoke({ messages: "hi" }, config);
  const steps = await history();
  await clock.pass(5 * 3_600_000);
  for (const step of steps.filter(({ next }) => next.length > 0 && next[0] !== "__start__")) {
    const values = await graph.invoke(null, step.config);
    expect([step.next[0], answerIn(values)]).toEqual([step.next[0], "second"]);
    expect(routeOf(values).attempts.map(({ deployment: id, kind }) => `${id} ${kind}`)).toEqual([
      "first rate_limited",
      "second ok",
    ]);
  }
});

test("an edited failure leads where that failure leads", async () => {
  const { graph, config, history, routeOf } = stage();
  await graph.invoke({ messages: "hi" }, config);
  const failed = (await history()).find(({ next }) => next[0] === "fallback");
  const route = routeOf(failed?.values);
  const [attempt] = route.attempts;
  const failure = { ...attempt?.failure, kind: "invalid_request", message: "no such field", rule: "edited" };
  const edited = { ...route, attempts: [{ ...attempt, kind: "invalid_request", failure }] } as RouteState;
  const fork = await graph.updateState(failed?.config ?? {}, { route: edited }, "first");
  expect((await graph.getState(fork)).next).toEqual(["fail"]);
  const values = await graph.invoke(null, fork);
  expect(values.problem).toMatchObject({ code: "ALL_ATTEMPTS_FAILED", failure: { kind: "invalid_request" } });
});

test("the next prompt of a thread is a new request", async () => {
  const { graph, config, health, routeOf, answerIn } = stage();
  const first = await graph.invoke({ messages: "hi" }, config);
  health.isLimited = false;
  const second = await graph.invoke({ messages: "again" }, config);
  expect(answerIn(second)).toBe("first");
  expect(routeOf(second).id).not.toBe(routeOf(first).id);
  expect(routeOf(second).attempts).toHaveLength(1);
});
