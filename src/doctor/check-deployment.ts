import type { DeploymentSettings } from "../config/index.ts";
import { LocalAiError } from "../local-ai/local-ai-error.ts";
import { contextSize, servedModels } from "../local-ai/served-models.ts";
import { isPrivateHost } from "../providers/connection.ts";
import { listModels } from "../providers/list-models.ts";
import { messageIn, ProviderError } from "../providers/provider-error.ts";
import { capital, type Check, problem, well } from "./check.ts";
import { raise } from "./check-configuration.ts";

export interface DeploymentContext {
  /** A command line of this program, as it is typed here. */
  readonly commandLine: (command: string, ...words: readonly string[]) => string;
  /** Groups that are asked when this one says no. */
  readonly fallbacks: readonly string[];
  /** Nobody named it: it stands in the built-in route. */
  readonly isBuiltIn: boolean;
  readonly list: ModelLists;
}

/** The names of a provider's models, asked for once however many deployments share key and address. */
export type ModelLists = (deployment: DeploymentSettings) => Promise<readonly string[]>;

export function modelLists(): ModelLists {
  const asked = new Map<string, Promise<readonly string[]>>();
  return (deployment) => {
    const { provider, baseUrl, apiKey, parameters } = deployment;
    const key = JSON.stringify([provider, baseUrl, apiKey, parameters?.["extra_headers"]]);
    const list = asked.get(key) ?? listModels(deployment, AbortSignal.timeout(listMs));
    asked.set(key, list);
    return list;
  };
}

const listMs = 5_000;
const fewTokens = 4_096;

/** Whether a deployment can be asked: its key, its server, its model. Never by a completion. */
export async function checkDeployment(
  deployment: DeploymentSettings,
  context: DeploymentContext,
): Promise<Check[]> {
  const isLocalAi = deployment.label === "localai";
  return isLocalAi ? await checkLocalAi(deployment, context) : [await checkProvider(deployment, context)];
}

async function checkProvider(deployment: DeploymentSettings, context: DeploymentContext): Promise<Check> {
  const { id, model, successorModel, apiKeyVariable, label } = deployment;
  try {
    const names = await context.list(deployment);
    const key =
      deployment.apiKey === undefined ? "no key is needed" : `the key${of(apiKeyVariable)} is accepted`;
    if (model.includes("*") || isAmong(model, names)) return well(id, `${key}, and ${model} is there`);
    if (successorModel !== undefined) {
      return problem(
        id,
        `${key}, but ${model} is gone`,
        `Put its successor into the configuration: ${label}/${successorModel}.`,
      );
    }
    if (listsAreShort.has(label)) return well(id, `${key}; ${model} is not in its list`);
    const others = names.length === 0 ? "" : `: ${names.slice(0, 3).join(", ")} …`;
    const fix = label.startsWith("ollama")
      ? `Fetch it: ollama pull ${model}`
      : `Put one of its models into the configuration${others}`;
    return problem(id, `${key}, but ${label} has no model ${model}`, fix);
  } catch (error) {
    return problem(id, ...whyNot(error, deployment, context));
  }
}

/** Gateways answer to more than they list, and llama.cpp's server to any name. */
const listsAreShort: ReadonlySet<string> = new Set([
  "openrouter",
  "litellm_proxy",
  "openai_like",
  "custom_openai",
  "llama_cpp",
  "llamafile",
]);

/** With or without `models/` before it and `:latest` behind it. */
function isAmong(model: string, names: readonly string[]): boolean {
  const plain = model.replace(/^models\//, "");
  return names.some((name) => name === plain || name.replace(/:latest$/, "") === plain);
}

type Why = readonly [detail: string, fix: string];

function whyNot(error: unknown, deployment: DeploymentSettings, context: DeploymentContext): Why {
  const { label, baseUrl } = deployment;
  if (error instanceof DOMException && error.name === "TimeoutError")
    return [
      `${host(baseUrl)} did not answer within ${listMs / 1_000} s`,
      `See that it runs. ${capital(raise(label))}.`,
    ];
  if (!(error instanceof ProviderError)) throw error;
  const said = messageIn(error.body) ?? error.message;
  const variable = deployment.apiKeyVariable ?? "api_key";
  if (error.reason === "no_key")
    return [`${variable} is not set`, `Put ${variable}=… into .env${whereFrom(label)}.`];
  const isKey =
    error.status === 401 || error.status === 403 || (error.status === 400 && /api.?key/i.test(said));
  if (isKey)
    return [
      `the key${of(deployment.apiKeyVariable)} is refused (${said})`,
      `Put a valid ${variable} into .env${whereFrom(label)}.`,
    ];
  if (error.status === 429) return [`its quota is spent (429: ${said})`, onQuota(context)];
  if (error.status === 404)
    return [
      `${host(baseUrl)} has no list of models (404)`,
      "Correct api_base: it ends in /v1 for most servers.",
    ];
  const what = error.message.replace(/^[^:]*: /, "");
  if (error.reason === "network") {
    const isNear = isPrivateHost(new URL(baseUrl).hostname);
    return [
      what,
      isNear
        ? "Start it, or correct its address (api_base)."
        : "Check this machine's network: name server, firewall, proxy.",
    ];
  }
  return [
    what,
    "Run this again in a while; if it stays so, see the provider's status page or the server's log.",
  ];
}

/** What a spent quota asks for: that somebody else can be asked. */
export function onQuota({
  fallbacks,
  commandLine,
}: Pick<DeploymentContext, "fallbacks" | "commandLine">): string {
  return fallbacks.length > 0
    ? `Prompts go to ${fallbacks.join(", then ")} meanwhile: see that its lines here are ok.`
    : `Wait, or add a model of your own and a fallback to it (router_settings.fallbacks); LocalAI's comes by ${commandLine("download-model")}.`;
}

async function checkLocalAi(deployment: DeploymentSettings, context: DeploymentContext): Promise<Check[]> {
  const { id, model, baseUrl } = deployment;
  const signal = AbortSignal.timeout(listMs);
  try {
    const [served, size] = await Promise.all([
      servedModels(deployment, signal),
      contextSize(deployment, model, signal),
    ]);
    const reached = `LocalAI at ${host(baseUrl)} answers`;
    if (!served.includes(model) && !model.includes("*") && size?.of !== "llama.cpp") {
      const others = served.length === 0 ? "none" : served.slice(0, 5).join(", ");
      return [
        problem(
          id,
          `${reached} and has no model ${model} (it has ${others})`,
          `Have it installed: ${context.commandLine("download-model", model)}`,
        ),
      ];
    }
    return [well(id, `${reached} and has ${model}`), ...contextChecks(deployment, size?.tokens)];
  } catch (error) {
    if (signal.aborted) {
      return [
        problem(
          id,
          `LocalAI at ${host(baseUrl)} did not answer within ${listMs / 1_000} s`,
          `See that it is not busy or stuck (its log). ${capital(raise("localai"))}.`,
        ),
      ];
    }
    if (!(error instanceof LocalAiError)) throw error;
    if (context.isBuiltIn && error.reason === "unreachable") {
      return [
        well(
          id,
          `no LocalAI at ${host(baseUrl)}, and none is configured`,
          "To use one: start it and set LOCALAI_BASE_URL.",
        ),
      ];
    }
    return [problem(id, error.what, `${capital(error.fix)}.`)];
  }
}

function contextChecks(deployment: DeploymentSettings, tokens: number | undefined): Check[] {
  const check = `context of ${deployment.id}`;
  const said = deployment.contextWindowTokens;
  const widen = `Raise context_size in LocalAI's file of the model (its page of models, or ${deployment.model}.yaml in its folder of models)`;
  if (tokens === undefined) return [well(check, "the server does not say how many tokens it takes")];
  if (said !== undefined && said > tokens) {
    return [
      problem(
        check,
        `it takes ${tokens} tokens and the configuration says ${said}`,
        `${widen}, or write max_input_tokens: ${tokens}.`,
      ),
    ];
  }
  if (tokens < fewTokens) {
    return [
      problem(
        check,
        `it takes ${tokens} tokens, prompt and answer together: long notes do not fit`,
        `${widen}; 8192 is usual.`,
      ),
    ];
  }
  return [well(check, `${tokens} tokens, prompt and answer together`)];
}

function host(baseUrl: string): string {
  return URL.canParse(baseUrl) ? new URL(baseUrl).host : baseUrl;
}

function of(variable: string | undefined): string {
  return variable === undefined ? "" : ` (${variable})`;
}

function whereFrom(label: string): string {
  if (label === "gemini") return " (free: https://aistudio.google.com/apikey)";
  return label === "openai" ? " (https://platform.openai.com/api-keys)" : "";
}
