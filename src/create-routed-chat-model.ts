import { lookup } from "node:dns/promises";
import type { BaseChatModel, BaseChatModelParams } from "@langchain/core/language_models/chat_models";
import { loadSettings, noticeText, type Settings } from "./config/index.ts";
import { loadProviders } from "./providers/create-model.ts";
import {
  createLocality,
  RoutedChatModel,
  Router,
  type Deployment,
  type ModelOf,
  type ModelSource,
  type RouterEvents,
} from "./routing/index.ts";
import { sharedLedger } from "./shared-ledger.ts";
import { readSimulation, simulatedModel } from "./simulated-model.ts";

export interface CreateRoutedChatModelOptions extends BaseChatModelParams, RouterEvents {
  /** A LiteLLM file or an object in its shape; default `litellm_config.yaml`, else the environment, as the commands. */
  readonly config?: string | object | undefined;
  /** Read variables from this file too; default `.env`, then `.env.litellm`. */
  readonly envFile?: string | undefined;
  /** Group, deployment, alias or model string to ask for; default the first group. */
  readonly model?: string | undefined;
  /** Only deployments of this machine or network are ever asked. */
  readonly local_only?: boolean | undefined;
  readonly localOnly?: boolean | undefined;
  readonly temperature?: number | undefined;
  readonly maxTokens?: number | undefined;
  readonly stop?: string[] | undefined;
  /** One attempt, in milliseconds. */
  readonly timeout?: number | undefined;
  /** Attempts of a group after its first. */
  readonly maxRetries?: number;
  /** Where limits and spent quotas are remembered; default as the configuration says. */
  readonly ledgerFile?: string | undefined;
  /** Failures to plant, such as `["gemini-flash=429"]`, to see what the route becomes. */
  readonly simulate?: readonly string[] | undefined;
}

/**
 * The routed chat model of a configuration, in one line. Reads the configuration now (and throws UsageError when it
 * cannot be used); SDKs and the ledger are opened with the first call. Sends nothing.
 */
export function createRoutedChatModel(options: CreateRoutedChatModelOptions = {}): RoutedChatModel {
  const { config, envFile } = options;
  const settings = loadSettings({
    ...(config !== undefined && { config }),
    ...(envFile !== undefined && { envFile }),
  });
  const warn = options.onWarning ?? ((message: string) => process.emitWarning(message, "RoutingWarning"));
  for (const notice of settings.notices) {
    if (notice.kind === "warning") warn(noticeText(notice), "");
  }
  return new RoutedChatModel({
    ...options,
    source: configuredSource(settings, { ...options, onWarning: warn }),
  });
}

type SourceOptions = Pick<
  CreateRoutedChatModelOptions,
  "temperature" | "maxTokens" | "ledgerFile" | "simulate"
> &
  RouterEvents & { readonly onWarning: NonNullable<RouterEvents["onWarning"]> };

/** Router, providers and ledger of a configuration, opened once, when they are first needed. */
export function configuredSource(settings: Settings, options: SourceOptions): ModelSource {
  const { temperature, maxTokens, onAttempt, onCooldown, onFallback, onWarning } = options;
  const deployments = settings.deployments
    .filter(({ mode }) => mode === undefined || mode === "chat")
    .map((deployment): Deployment => ({
      ...deployment,
      parameters: {
        ...deployment.parameters,
        ...(temperature !== undefined && { temperature }),
        ...(maxTokens !== undefined && { max_tokens: maxTokens }),
      },
    }));
  const simulation = readSimulation(options.simulate ?? [], deployments);
  const open = async () => {
    const [createModel, ledger] = await Promise.all([
      loadProviders(deployments),
      sharedLedger(options.ledgerFile ?? settings.ledgerFile, (message) => onWarning(message, "")),
    ]);
    const router = new Router({
      deployments,
      settings: settings.router,
      locality: createLocality((host) => lookup(host, { all: true })),
      ledger,
      events: { onAttempt, onCooldown, onFallback, onWarning },
    });
    const models = new Map<string, BaseChatModel>();
    const modelOf: ModelOf = (deployment, { model, localOnly }) => {
      const planted = simulation.get(deployment.id);
      if (planted !== undefined) return simulatedModel(planted, deployment);
      // A name decided for one deployment (a retired model's successor) never goes to another; an address that is
      // declared local by hand (a tunnel) may resolve to anything.
      const isOwn = model === deployment.successorModel || deployment.model.includes("*");
      const use = {
        model: isOwn ? model : deployment.model,
        localOnly: localOnly && deployment.local !== true,
      };
      const key = JSON.stringify([deployment.id, use]);
      const known = models.get(key) ?? createModel(deployment, use);
      models.set(key, known);
      return known;
    };
    return { router, modelOf, close: () => ledger.close() };
  };
  let opened: ReturnType<typeof open> | undefined;
  return {
    deployments,
    settings: settings.router,
    defaultModel: settings.defaultGroup,
    maxConcurrency: settings.maxConcurrency,
    open: () => {
      opened ??= open();
      return opened;
    },
  };
}
