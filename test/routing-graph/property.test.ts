import fc from "fast-check";
import { expect, test } from "vitest";
import {
  defaultRouterSettings,
  Router,
  RoutingError,
  signalsOfHttpAnswer,
  walk,
  type Attempt,
  type Signals,
} from "../../src/routing/index.ts";
import { innerGraph, walkGraph } from "../../src/routing/walk-graph.ts";
import { deployment } from "../routing/scenes.ts";
import { VirtualClock } from "../routing/virtual-clock.ts";

/** What a deployment can do to a call, from the harmless to the final. */
const failures: readonly Signals[] = [
  signalsOfHttpAnswer({ status: 429, body: { error: { message: "Please retry in 3s." } } }),
  signalsOfHttpAnswer({ status: 429, body: { error: { message: "slow down" } } }),
  signalsOfHttpAnswer({ status: 429, body: { error: { code: "insufficient_quota", message: "no money" } } }),
  signalsOfHttpAnswer({ status: 500, body: {} }),
  signalsOfHttpAnswer({ status: 503, headers: { "retry-after": "2" }, body: {} }),
  signalsOfHttpAnswer({ status: 401, body: {} }),
  signalsOfHttpAnswer({ status: 404, body: {} }),
  signalsOfHttpAnswer({ status: 400, body: { error: { message: "no such field" } } }),
  signalsOfHttpAnswer({ status: 400, body: { error: { message: "maximum context length is 10 tokens" } } }),
  { code: "ECONNREFUSED" },
  { code: "ECONNRESET" },
  { timer: "attempt" },
  { status: 200, problem: "empty_answer" },
  { status: 200, problem: "schema_mismatch", text: "age: too small" },
  { status: 200, body: { promptFeedback: { blockReason: "SAFETY" } } },
];

const script = fc.array(fc.option(fc.constantFrom(...failures), { nil: undefined, freq: 3 }), {
  maxLength: 40,
});
const world = fc.record({
  script,
  requests: fc.integer({ min: 1, max: 6 }),
  numRetries: fc.integer({ min: 0, max: 3 }),
  rpm: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
  disableCooldowns: fc.boolean(),
  isChained: fc.boolean(),
  contentPolicy: fc.boolean(),
});

type World = typeof world extends fc.Arbitrary<infer Value> ? Value : never;

function twin({ script: given, numRetries, rpm, disableCooldowns, isChained, contentPolicy }: World) {
  const clock = new VirtualClock();
  const deployments = [
    deployment("a", { group: "main", ...(rpm !== undefined && { rpm }) }),
    deployment("b", { group: "main", order: 2, contextWindowTokens: 9_000 }),
    deployment("second"),
    deployment("third", { contextWindowTokens: 100_000 }),
  ];
  const settings = {
    ...defaultRouterSettings,
    numRetries,
    disableCooldowns,
    fallbacks: isChained ? { main: ["second", "third"] } : {},
    contentPolicyFallbacks: contentPolicy ? { main: ["third"] } : {},
  };
  let id = 0;
  const told: string[] = [];
  const router = new Router({
    deployments,
    settings,
    clock,
    random: () => 0.5,
    newId: () => `route ${(id += 1)}`,
    events: {
      onFallback: (move) => told.push(`fallback ${JSON.stringify(move)}`),
      onAttempt: (record) => told.push(`attempt ${JSON.stringify(record)}`),
      onCooldown: (notice) => told.push(`cooldown ${JSON.stringify(notice)}`),
    },
  });
  const left = [...given];
  const attempt: Attempt<undefined, string> = async (one) => {
    const signals = left.shift();
    return signals === undefined
      ? { kind: "answered", answer: one.id, usage: { inputTokens: 10, outputTokens: 5 } }
      : { kind: "failed", signals, cause: signals };
  };
  return { router, clock, attempt, told };
}

type Front = (one: ReturnType<typeof twin>) => Promise<unknown>;
const request = { model: "main", inputTokens: 10 };

const byLoop: Front = async ({ router, attempt }) => {
  const { answer, route } = await walk(router, request, undefined, attempt);
  return { answer, route };
};
const byGraph: Front = async ({ router, attempt }) => {
  const { answer, route } = await walkGraph(innerGraph(router), router, request, undefined, attempt);
  return { answer, route };
};

async function outcomes(world_: World, front: Front) {
  const one = twin(world_);
  const ended: unknown[] = [];
  for (let count = 0; count < world_.requests; count += 1) {
    ended.push(
      await one.clock.run(
        front(one).catch((error: unknown) => {
          if (!(error instanceof RoutingError)) throw error;
          const { code, message, status, retryAfterMs, route, cause } = error;
          return { code, message, status, retryAfterMs, route, cause };
        }),
      ),
    );
  }
  return { ended, told: one.told, atMs: one.clock.now() };
}

test("the graph and the loop take the same route, tell the same and throw the same, whatever fails", async () => {
  await fc.assert(
    fc.asyncProperty(world, async (one) => {
      const [graph, loop] = [await outcomes(one, byGraph), await outcomes(one, byLoop)];
      expect(graph).toEqual(loop);
      expect(JSON.parse(JSON.stringify(graph.ended))).toEqual(JSON.parse(JSON.stringify(loop.ended)));
    }),
    { numRuns: process.env.SOAK === undefined ? 60 : 2_000 },
  );
});
