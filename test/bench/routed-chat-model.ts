/**
 * What a route costs: the routing graph beside an empty LangGraph graph of as many steps, and the routed model beside
 * a direct call of the same model. `node test/bench/routed-chat-model.ts`; fails above 1.6 times the empty graph.
 */
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { END, START, StateGraph, StateSchema } from "@langchain/langgraph";
import * as z from "zod";
import { RoutedChatModel, Router, walk, type Attempt, type Deployment } from "../../src/routing-entry.ts";
import { defaultRouterSettings, innerGraph, walkGraph } from "../../src/routing/index.ts";

const limit = 1.6;
const calls = 400;
const rounds = 7;

/** Microseconds of one call of each, the median of rounds that take turns, so that a busy moment hits all alike. */
async function measured(
  works: Readonly<Record<string, () => Promise<unknown>>>,
): Promise<Record<string, number>> {
  const times: Record<string, number[]> = {};
  for (const work of Object.values(works)) for (let call = 0; call < calls; call += 1) await work();
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, work] of Object.entries(works)) {
      const startedAt = performance.now();
      for (let call = 0; call < calls; call += 1) await work();
      (times[name] ??= []).push(((performance.now() - startedAt) / calls) * 1_000);
    }
  }
  const median = (list: readonly number[]) =>
    list.toSorted((one, other) => one - other)[Math.floor(list.length / 2)] ?? Number.NaN;
  return Object.fromEntries(Object.entries(times).map(([name, list]) => [name, median(list)]));
}

/** A graph that does nothing in as many steps as a route of one attempt (2) or with one fallback (5). */
function emptyGraph(names: readonly string[]) {
  const State = new StateSchema({ step: z.number().default(0) });
  const graph = new StateGraph(State) as unknown as {
    addNode(name: string, node: (state: { step: number }) => { step: number }): void;
    addEdge(from: string, to: string): void;
    addConditionalEdges(from: string, choose: () => string, targets: string[]): void;
    compile(options: object): { invoke(input: object): Promise<unknown> };
  };
  for (const name of names) graph.addNode(name, ({ step }) => ({ step: step + 1 }));
  graph.addEdge(START, names[0] ?? END);
  for (const [place, name] of names.entries()) {
    const next = names[place + 1] ?? END;
    // As in the routing graph: an edge that chooses behind `select` and behind each deployment.
    if (name === "fallback") graph.addEdge(name, next);
    else graph.addConditionalEdges(name, () => next, [next, END]);
  }
  return graph.compile({ checkpointer: false });
}

const deployment = (id: string): Deployment => ({
  id,
  group: id,
  provider: "openai-compatible",
  label: "localai",
  model: id,
  baseUrl: `http://${id}.test/v1`,
});
const settings = { ...defaultRouterSettings, fallbacks: { first: ["second"] }, disableCooldowns: true };
const request = { model: "first", inputTokens: 10 };
const good: Attempt<undefined, string> = async () => ({
  kind: "answered",
  answer: "x",
  usage: { inputTokens: 1, outputTokens: 1 },
});
const limited: Attempt<undefined, string> = async (one, ...rest) =>
  one.id === "first" ? { kind: "failed", signals: { status: 429 } } : good(one, ...rest);

const router = new Router({ deployments: [deployment("first"), deployment("second")], settings });
const graph = innerGraph(router);
const two = emptyGraph(["select", "first"]);
const five = emptyGraph(["select", "first", "fallback", "again", "second"]);

const plain = new FakeListChatModel({ responses: ["x"] });
const failing = new FakeListChatModel({ responses: ["x"] });
failing._generate = async () => {
  throw Object.assign(new Error("slow down"), { status: 429 });
};
const routed = new RoutedChatModel({ models: { plain } });
const fallback = new RoutedChatModel({ models: { failing, plain }, settings: { disableCooldowns: true } });
const withFallbacks = failing.withFallbacks([plain]);

const us = await measured({
  "walk, one attempt": () => walk(router, request, undefined, good),
  "empty graph, 2 steps": () => two.invoke({}),
  "routing graph, one attempt": () => walkGraph(graph, router, request, undefined, good),
  "empty graph, 5 steps": () => five.invoke({}),
  "routing graph, one fallback": () => walkGraph(graph, router, request, undefined, limited),
  "the model itself": () => plain.invoke("hi"),
  "withFallbacks, one fallback": () => withFallbacks.invoke("hi"),
  "routed model, one attempt": () => routed.invoke("hi"),
  "routed model, one fallback": () => fallback.invoke("hi"),
});
for (const [name, value] of Object.entries(us)) console.log(`${value.toFixed(0).padStart(6)} µs  ${name}`);
const ratio = (name: string, other: string) => (us[name] ?? Number.NaN) / (us[other] ?? Number.NaN);
const happy = ratio("routing graph, one attempt", "empty graph, 2 steps");
const fellBack = ratio("routing graph, one fallback", "empty graph, 5 steps");
console.log(
  `The routing graph costs ${happy.toFixed(2)} and ${fellBack.toFixed(2)} times an empty graph; the limit is ${limit}.`,
);
if (!(happy <= limit && fellBack <= limit)) process.exitCode = 1;
