import {
  defaultRouterSettings,
  Router,
  signalsOfHttpAnswer,
  walk,
  type Attempt,
  type AttemptOutcome,
  type Deployment,
  type RouteRequest,
  type RouterOptions,
  type RouterSettings,
  type Signals,
  type Walked,
} from "../../src/routing/index.ts";
import { VirtualClock } from "./virtual-clock.ts";

/** A deployment named as its group, unless told otherwise. */
export function deployment(id: string, more: Partial<Deployment> = {}): Deployment {
  return {
    id,
    group: id,
    provider: "openai-compatible",
    label: "openai",
    model: `${id}-model`,
    baseUrl: `http://${id}.test/v1`,
    ...more,
  };
}

export const gemini = (more: Partial<Deployment> = {}) =>
  deployment("gemini-flash", { provider: "gemini", label: "gemini", model: "gemini-2.5-flash", ...more });
export const localai = (more: Partial<Deployment> = {}) =>
  deployment("localai-llama", { label: "localai", model: "llama3.2:3b", ...more });

/** The guide's chain: Gemini first, LocalAI as its fallback. */
export const guideSettings = { fallbacks: { "gemini-flash": ["localai-llama"] } };

export interface Call {
  readonly deployment: string;
  readonly atMs: number;
  readonly model: string;
  readonly repair: string | undefined;
}

/** What a deployment does when called: an outcome, or a function of the number of the call to it. */
export type Behaviour = (
  call: number,
  signal: AbortSignal,
) => Promise<AttemptOutcome<string>> | AttemptOutcome<string>;

export const ok: Behaviour = () => ({
  kind: "answered",
  answer: "fine",
  usage: { inputTokens: 10, outputTokens: 5 },
});
export const failing =
  (signals: Signals): Behaviour =>
  () => ({ kind: "failed", signals });
export const status = (
  code: number,
  message = `status ${code}`,
  headers: Record<string, string> = {},
): Behaviour => failing(signalsOfHttpAnswer({ status: code, headers, body: { error: { message } } }));
export const refused = failing({ code: "ECONNREFUSED" });
export const silent: Behaviour = () => new Promise(() => undefined);
/** One behaviour after the other; the last one stays. */
export const inTurn =
  (...behaviours: readonly Behaviour[]): Behaviour =>
  (call, signal) =>
    (behaviours[Math.min(call, behaviours.length - 1)] ?? ok)(call, signal);

export interface Scene {
  readonly router: Router;
  readonly clock: VirtualClock;
  readonly calls: Call[];
  /** Walks a request and lets time pass until it has ended. */
  readonly ask: (request?: Partial<RouteRequest>, signal?: AbortSignal) => Promise<Walked<string>>;
  /** The same without letting time pass. */
  readonly begin: (request?: Partial<RouteRequest>, signal?: AbortSignal) => Promise<Walked<string>>;
  readonly behave: (id: string, behaviour: Behaviour) => void;
}

export function scene(
  deployments: readonly Deployment[],
  behaviours: Readonly<Record<string, Behaviour>>,
  settings: Partial<RouterSettings> = {},
  options: Partial<RouterOptions> = {},
): Scene {
  const clock = (options.clock as VirtualClock | undefined) ?? new VirtualClock();
  const calls: Call[] = [];
  const counts = new Map<string, number>();
  const current = new Map(Object.entries(behaviours));
  const router = new Router({
    deployments,
    settings: { ...defaultRouterSettings, ...settings },
    random: () => 0.5,
    ...options,
    clock,
  });
  const attempt: Attempt<undefined, string> = async ({ id }, _request, signal, { model, repair }) => {
    calls.push({ deployment: id, atMs: clock.now(), model, repair });
    const count = counts.get(id) ?? 0;
    counts.set(id, count + 1);
    return (current.get(id) ?? ok)(count, signal);
  };
  const begin: Scene["begin"] = (request = {}, signal = new AbortController().signal) => {
    const model = request.model ?? deployments[0]?.group ?? "";
    return walk(router, { inputTokens: 10, ...request, model }, undefined, attempt, signal);
  };
  return {
    router,
    clock,
    calls,
    begin,
    ask: (request, signal) => clock.run(begin(request, signal)),
    behave: (id, behaviour) => {
      current.set(id, behaviour);
      counts.set(id, 0);
    },
  };
}
