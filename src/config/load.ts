import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { UsageError } from "../errors.ts";
import { configFromObject, configFromYaml, type ConfigSource } from "./config-source.ts";
import { chainOf, defaultDeployments, openaiDeployment, ownMachineAfter } from "./default-route.ts";
import type { DeploymentContext } from "./attempt-timeouts.ts";
import { fileDeployments } from "./deployments.ts";
import { readEnvironment, type Environment, type EnvironmentOptions } from "./environment.ts";
import { noteGuideKeys } from "./guide-readings.ts";
import { noteUnusedChain } from "./unused-chain.ts";
import { Notices } from "./notice.ts";
import { Variables } from "./precedence.ts";
import { providerChoice, type Route } from "./provider-choice.ts";
import { readConfig, type ReadConfig } from "./read-config.ts";
import { routerSettings, routerTimeout } from "./router-settings.ts";
import type { GroupChains, Settings } from "./settings.ts";

export interface LoadOptions extends EnvironmentOptions {
  /** A file (it must exist) or an object in the file's shape; default `litellm_config.yaml` when it is there. */
  readonly config?: string | object;
  /** The variables, when they have been read already; else they are read as `readEnvironment` does. */
  readonly environment?: Environment;
  /** Today; default now. */
  readonly today?: Date;
}

export const defaultConfigFile = "litellm_config.yaml";

/** All settings of a run. Throws UsageError with file, line and column for what cannot be used. */
export function loadSettings(options: LoadOptions = {}): Settings {
  const notices = new Notices();
  const environment = options.environment ?? readEnvironment(options);
  const source = configSource(options);
  const read = source && readConfig(source, environment, notices);
  if (read !== undefined) noteGuideKeys(read, notices);
  const variables = new Variables(environment, notices);
  const timeout = routerTimeout(read, variables);
  const context: DeploymentContext = { variables, timeout, today: options.today ?? new Date() };
  const whole = routeOf(read, context);
  const route = providerChoice(read, whole, context);
  if (read?.config.model_list !== undefined) noteUnusedChain(read, route, variables);
  const router = routerSettings(read, variables, timeout, groupFinder(read, whole));
  const { general_settings: general, litellm_settings: litellm } = read?.config ?? {};
  const redisUrl = variables.text("REDIS_URL", { secret: true })?.value;
  const isDebug = litellm?.set_verbose === true || litellm?.debug === true;
  return {
    ...(source !== undefined && { file: source.name }),
    isConfigured: read?.config.model_list !== undefined || isMentioned(environment),
    deployments: route.deployments,
    router: {
      ...router,
      ...(route.isProxy && { numRetries: 0 }),
      fallbacks: route.isPinned
        ? {}
        : extended({ ...route.fallbacks, ...router.fallbacks }, route.lastResort),
      defaultFallbacks: route.isPinned ? [] : [...new Set([...router.defaultFallbacks, ...route.lastResort])],
      contextWindowFallbacks: route.isPinned ? {} : router.contextWindowFallbacks,
      contentPolicyFallbacks: route.isPinned
        ? {}
        : { ...route.contentPolicyFallbacks, ...router.contentPolicyFallbacks },
    },
    defaultGroup: route.deployments.find(({ mode }) => mode === undefined || mode === "chat")?.group ?? "",
    ...(general?.max_batch_size !== undefined && { maxConcurrency: general.max_batch_size }),
    validateApiKeys: litellm?.validate_api_keys ?? false,
    dropParams: litellm?.drop_params ?? false,
    logLevel: isDebug ? "debug" : "info",
    ...(general?.master_key !== undefined && { masterKey: general.master_key }),
    ...(redisUrl !== undefined && { redisUrl }),
    ledgerFile: ledgerFile(environment),
    notices: notices.list,
  };
}

/** A chain of its own hides the default fallbacks, so what is asked last stands in each. */
function extended(chains: GroupChains, last: readonly string[]): GroupChains {
  const entries = Object.entries(chains).map(
    ([group, list]) => [group, [...new Set([...list, ...last])]] as const,
  );
  return Object.fromEntries(entries);
}

function configSource({ config, directory = process.cwd() }: LoadOptions): ConfigSource | undefined {
  if (typeof config === "object") return configFromObject(config);
  const path = resolve(directory, config ?? defaultConfigFile);
  if (config === undefined && !existsSync(path)) return undefined;
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    const reason = code === "ENOENT" ? "it does not exist" : code;
    const message = `The configuration ${config ?? defaultConfigFile} cannot be read: ${reason}.`;
    throw new UsageError("CONFIG_UNREADABLE", message, { cause: error, facts: { path } });
  }
  return configFromYaml(text, config ?? defaultConfigFile);
}

/** The file's models, or the default route. A file written after the guide means its third model too. */
function routeOf(read: ReadConfig | undefined, context: DeploymentContext): Route {
  if (read?.config.model_list === undefined) {
    const deployments = defaultDeployments(context);
    return {
      deployments,
      fallbacks: chainOf(deployments),
      contentPolicyFallbacks: ownMachineAfter(deployments),
      lastResort: [],
    };
  }
  const deployments = fileDeployments(read, context);
  const router = read.config.router_settings;
  const isGuides = (router?.fallback_model ?? router?.set_fallbacks ?? router?.model_group) !== undefined;
  const openai =
    isGuides && !deployments.some(({ label }) => label === "openai") ? openaiDeployment(context) : undefined;
  if (
    openai === undefined ||
    deployments.some(({ id, group }) => id === openai.id || group === openai.group)
  ) {
    return { deployments, fallbacks: {}, contentPolicyFallbacks: {}, lastResort: [] };
  }
  context.variables.notices.reading(
    `OPENAI_API_KEY is set: OpenAI (${openai.model}) is asked last, as the guide has it; leave the key empty to prevent that.`,
  );
  return {
    deployments: [...deployments, openai],
    fallbacks: {},
    contentPolicyFallbacks: {},
    lastResort: [openai.group],
  };
}

/** The group that a name in a chain means: a group, an alias, a pattern, a deployment or a raw model. */
function groupFinder(
  read: ReadConfig | undefined,
  { deployments }: Route,
): (name: string) => string | undefined {
  const router = read?.config.router_settings;
  const aliases = new Set([
    ...Object.keys(router?.model_group_alias ?? {}),
    ...Object.keys(router?.model_group ?? {}),
  ]);
  return (name) => {
    if (aliases.has(name) || deployments.some(({ group }) => group === name)) return name;
    const match = deployments.find(
      ({ id, label, model, group }) =>
        name === id || name === `${label}/${model}` || name === model || fitsPattern(name, group),
    );
    return match && (fitsPattern(name, match.group) ? name : match.group);
  };
}

function fitsPattern(name: string, group: string): boolean {
  const [head = "", tail] = group.split("*");
  return tail !== undefined && name.startsWith(head) && name.endsWith(tail);
}

const telling = [
  "LLM_PROVIDER",
  "LITELLM_PRIMARY_MODEL",
  "LITELLM_SECONDARY_MODEL",
  "LITELLM_FALLBACK_MODEL",
  "LOCALAI_BASE_URL",
  "LOCALAI_MODEL",
  "LOCALAI_API_KEY",
  "GOOGLE_API_KEY",
  "GEMINI_API_KEY",
  "OPENAI_API_KEY",
];

function isMentioned(environment: Environment): boolean {
  return telling.some((name) => environment.get(name) !== undefined);
}

function ledgerFile(environment: Environment): string {
  const given = environment.get("NEO4J_LANGGRAPH_LEDGER")?.value;
  if (given !== undefined) return given;
  const state = environment.get("XDG_STATE_HOME")?.value ?? join(homedir(), ".local", "state");
  return join(state, "neo4j-langgraph", "ledger.sqlite");
}
