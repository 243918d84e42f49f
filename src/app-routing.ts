import { lookup } from "node:dns/promises";
import { HumanMessage, type AIMessage, type BaseMessage, type UsageMetadata } from "@langchain/core/messages";
import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { checkKeys } from "./check-keys.ts";
import type { Settings } from "./config/index.ts";
import { loadProviders, type ModelFactory } from "./providers/create-model.ts";
import {
  createLocality,
  estimateTokens,
  openLedger,
  Router,
  walk,
  type Attempt,
  type Deployment,
  type RouterEvents,
  type RouteState,
} from "./routing/index.ts";
import { simulatedSignals, type Simulation } from "./simulation.ts";

export interface RoutingOptions {
  /** Where the ledger is; default as the settings say. */
  readonly ledgerFile?: string | undefined;
  /** Failures to plant, by deployment id. */
  readonly simulation?: Simulation | undefined;
  readonly events?: RouterEvents | undefined;
  /** Told what a user should know (an unusable ledger, a refused key). */
  readonly warn: (message: string) => void;
}

export interface AskOptions {
  /** Name to ask for; default the settings' first group. */
  readonly model?: string | undefined;
  /** Only deployments of this machine or network may see the prompt. */
  readonly localOnly?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface RoutedAnswer {
  readonly message: AIMessage;
  readonly route: RouteState;
}

/** The routing half, wired: settings, providers, ledger. */
export interface Routing {
  readonly router: Router;
  /** Routes one prompt. Throws a RoutingError with the whole route when nobody answers. */
  readonly ask: (messages: readonly BaseMessage[], options?: AskOptions) => Promise<RoutedAnswer>;
  readonly close: () => void;
}

/** Wires the router to its providers; loads the SDKs that the settings need. */
export async function openRouting(settings: Settings, options: RoutingOptions): Promise<Routing> {
  const deployments = settings.deployments.filter(({ mode }) => mode === undefined || mode === "chat");
  const [createModel, ledger] = await Promise.all([
    loadProviders(deployments),
    openLedger(options.ledgerFile ?? settings.ledgerFile, { now: Date.now, warn: options.warn }),
  ]);
  if (settings.validateApiKeys) await checkKeys(deployments, options.warn);
  const router = new Router({
    deployments,
    settings: settings.router,
    locality: createLocality((host) => lookup(host, { all: true })),
    ledger,
    events: { onWarning: options.warn, ...options.events },
  });
  const attempt = chatAttempt(createModel, options.simulation ?? new Map());
  return {
    router,
    ask: async (messages, { model = settings.defaultGroup, localOnly, signal } = {}) => {
      const inputTokens = estimateTokens(messages.map(({ text }) => text).join("\n"));
      const request = { model, inputTokens, ...(localOnly && { localOnly }) };
      const { answer, ended } = await walk(router, request, messages, attempt, signal);
      return { message: answer, route: await ended };
    },
    close: () => ledger.close(),
  };
}

/** One call of a deployment's chat model, or the failure planted in its place. */
export function chatAttempt(
  createModel: ModelFactory,
  simulation: Simulation,
): Attempt<readonly BaseMessage[], AIMessage> {
  const models = new Map<string, BaseChatModel>();
  const modelOf = (deployment: Deployment, name: string, localOnly: boolean): BaseChatModel => {
    const key = JSON.stringify([deployment.id, name, localOnly]);
    const model = models.get(key) ?? createModel(deployment, { model: name, localOnly });
    models.set(key, model);
    return model;
  };
  return async (deployment, messages, signal, { model, localOnly, repair }) => {
    const planted = simulation.get(deployment.id);
    if (planted !== undefined) return { kind: "failed", signals: simulatedSignals(planted, deployment) };
    // An address declared local by hand (a tunnel) may resolve to anything.
    const guarded = localOnly && deployment.local !== true;
    const name = nameFor(deployment, model);
    const asked = repair === undefined ? messages : [...messages, new HumanMessage(repairRequest(repair))];
    const message = await modelOf(deployment, name, guarded).invoke([...asked], { signal });
    const usage = message.usage_metadata as UsageMetadata | undefined;
    const { input_tokens: inputTokens, output_tokens: outputTokens } = usage ?? {};
    const answeredBy: unknown = message.response_metadata.model_name;
    return {
      kind: "answered",
      answer: message,
      outputText: message.text,
      // LocalAI reports zeros where it has not counted.
      ...(inputTokens && { usage: { inputTokens, outputTokens } }),
      ...(typeof answeredBy === "string" && { model: answeredBy }),
    };
  };
}

/** A name decided for one deployment (a retired model's successor) never goes to another. */
function nameFor({ model, successorModel }: Deployment, decided: string): string {
  return decided === successorModel || model.includes("*") ? decided : model;
}

function repairRequest(problem: string): string {
  return `Your last answer could not be used: ${problem} Answer again, mending exactly that.`;
}
