import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadSettings } from "../../src/config/index.ts";
import { loadProviders } from "../../src/providers/create-model.ts";
import {
  createLocality,
  RoutedChatModel,
  Router,
  type Clock,
  type RouterEvents,
} from "../../src/routing/index.ts";
import {
  geminiWire,
  misbehaviours,
  openaiWire,
  type Misbehaviour,
} from "../support/provider-servers/misbehaviours.ts";
import { answer, events, startWireServer, type WireServer } from "../support/provider-servers/wire-server.ts";
import { askProxy, startProxy } from "../support/proxy.ts";

/** Time runs faster here: a limit of ten seconds is half a second. */
const haste = 20;
const startedAt = Date.now();
const hastyClock: Clock = {
  now: () => Math.round(startedAt + (Date.now() - startedAt) * haste),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, ms / haste);
      signal?.addEventListener("abort", () => (clearTimeout(timer), reject(signal.reason)), { once: true });
    }),
};

const wires = { gemini: geminiWire, openai: openaiWire };
const prompt = "hello";
const providers = ["gemini", "openai"] as const;
let servers: readonly WireServer[];

beforeAll(async () => {
  servers = await Promise.all([startWireServer(), startWireServer(), startWireServer()]);
});
afterAll(() => Promise.all(servers.map((server) => server.close())));

const places = ["first", "beside", "spare"] as const;
const script = fc.array(
  fc.option(fc.constantFrom(...misbehaviours.filter(({ name }) => !/too late/.test(name))), {
    nil: undefined,
    freq: 4,
  }),
  { maxLength: 4 },
);
const world = fc.record({
  isStream: fc.boolean(),
  numRetries: fc.integer({ min: 0, max: 2 }),
  requests: fc.integer({ min: 1, max: 2 }),
  contentPolicy: fc.boolean(),
  speaks: fc.tuple(
    fc.constantFrom(...providers),
    fc.constantFrom(...providers),
    fc.constantFrom(...providers),
  ),
  scripts: fc.tuple(script, script, script),
});
type World = typeof world extends fc.Arbitrary<infer Value> ? Value : never;

function configOf({ numRetries, contentPolicy, speaks }: World) {
  return {
    model_list: places.map((id, place) => ({
      model_name: id === "spare" ? "spare" : "main",
      litellm_params: {
        model: speaks[place] === "gemini" ? `gemini/gemini-${id}` : `openai/${id}`,
        api_base: speaks[place] === "gemini" ? servers[place]?.url : `${servers[place]?.url}/v1`,
        api_key: "k",
        timeout: 10,
        order: place,
      },
      model_info: { id },
    })),
    router_settings: {
      num_retries: numRetries,
      fallbacks: [{ main: ["spare"] }],
      ...(contentPolicy && { content_policy_fallbacks: [{ main: ["spare"] }] }),
    },
  };
}

/** Each server follows its script from the start, and is well after its end. */
function rewind({ scripts, speaks }: World): void {
  for (const [place, server] of servers.entries()) {
    const wire = wires[speaks[place] ?? "openai"];
    const replies = (scripts[place] ?? []).map((one: Misbehaviour | undefined) => one?.reply(wire));
    let next = 0;
    server.requests.length = 0;
    server.reply = (response, request) => {
      const reply = replies[next];
      next += 1;
      const well = request.isStream
        ? events(wire.events([`${places[place]} is well`]))
        : answer(200, wire.whole(`${places[place]} is well`));
      return (reply ?? well)(response, request);
    };
  }
}

/** What a listener hears of the routes: who was asked, what came of it, where it went next. */
function hearing() {
  const heard: string[] = [];
  const told: RouterEvents = {
    onAttempt: ({ deployment, kind, status }) => heard.push(`${deployment} ${kind} ${errorStatus(status)}`),
    onFallback: ({ from, to, why }) => heard.push(`${from} -> ${to}: ${why}`),
    onCooldown: ({ deployment, failure }) => heard.push(`${deployment} cools: ${failure.kind}`),
  };
  return { heard, told };
}

/** That an answer which is none came as a success is not everywhere known. */
function errorStatus(status = 0): number | "" {
  return status >= 300 ? status : "";
}

const pinned = { clock: hastyClock, random: () => 0.5 };

async function byModel(one: World): Promise<unknown> {
  rewind(one);
  const { heard, told } = hearing();
  const settings = loadSettings({ config: configOf(one), variables: {} });
  const { deployments } = settings;
  const createModel = await loadProviders(deployments);
  const locality = createLocality(async () => []);
  const router = new Router({ deployments, settings: settings.router, locality, events: told, ...pinned });
  const model = new RoutedChatModel({
    source: {
      deployments,
      settings: settings.router,
      defaultModel: "main",
      open: async () => ({
        router,
        modelOf: (deployment, use) => createModel(deployment, { model: use.model }),
      }),
    },
  });
  const outcomes: unknown[] = [];
  for (let request = 0; request < one.requests; request += 1) {
    let text = "";
    try {
      if (one.isStream) for await (const chunk of await model.stream(prompt)) text += chunk.text;
      else text = (await model.invoke(prompt)).text;
      outcomes.push({ text, isWhole: true });
    } catch {
      outcomes.push({ text, isWhole: false });
    }
  }
  return { heard, outcomes };
}

async function byProxy(one: World): Promise<unknown> {
  rewind(one);
  const { heard, told } = hearing();
  const proxy = await startProxy(configOf(one), { events: told, ...pinned });
  const outcomes: unknown[] = [];
  const ask = { model: "main", messages: [{ role: "user", content: prompt }], stream: one.isStream };
  try {
    for (let request = 0; request < one.requests; request += 1) {
      const { text, error, status } = await askProxy(proxy.url, ask);
      outcomes.push({ text, isWhole: error === undefined && status === 200 });
    }
  } finally {
    await proxy.close();
  }
  return { heard, outcomes };
}

test("the chat model and the proxy take the same route, whatever the wire shows", async () => {
  await fc.assert(
    fc.asyncProperty(world, async (one) => {
      const [model, proxy] = [await byModel(one), await byProxy(one)];
      expect(proxy).toEqual(model);
    }),
    {
      numRuns: process.env["SOAK"] === "1" ? 400 : 40,
      ...(process.env["SOAK"] !== "1" && { seed: 20261125 }),
    },
  );
});
