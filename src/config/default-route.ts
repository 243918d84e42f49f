import { timeouts, type DeploymentContext } from "./attempt-timeouts.ts";
import { successor } from "./deployments.ts";
import { knownProviders, modelName } from "./known-providers.ts";
import type { Given } from "./precedence.ts";
import { baseUrlOf, keyOf } from "./reach.ts";
import { builtIn, type DeploymentSettings, type GroupChains } from "./settings.ts";

/** Names of the default route's groups: those of the guide, so that its commands fit. */
const groupNames: Readonly<Record<string, string>> = {
  gemini: "gemini-flash",
  localai: "localai-llama",
  openai: "openai-gpt",
};

/**
 * The route of someone without a file: the environment's chain, else Gemini with a key, LocalAI, and OpenAI
 * with a key. Gemini and OpenAI are left out without their key.
 */
export function defaultDeployments(context: DeploymentContext): DeploymentSettings[] {
  const { variables } = context;
  const primary = variables.text("LITELLM_PRIMARY_MODEL");
  const secondary = variables.text("LITELLM_SECONDARY_MODEL");
  const last = variables.text("LITELLM_FALLBACK_MODEL");
  const names = [
    primary?.value ?? builtIn.geminiModel,
    secondary?.value ?? localaiModel(context),
    ...(last === undefined ? [] : [last.value]),
  ].map((name) => (name === `localai/${builtIn.localaiModel}` ? localaiModel(context) : name));
  if (!names.some((name) => name.startsWith("openai/"))) names.push(openaiModel(context));
  const chosen: DeploymentSettings[] = [];
  for (const name of new Set(names)) {
    const deployment = deploymentNamed(name, chosen, context);
    if (deployment !== undefined && isReachable(deployment, [primary, secondary, last], context))
      chosen.push(deployment);
  }
  return chosen;
}

/** Every group falls back to those after it. */
export function chainOf(deployments: readonly DeploymentSettings[]): GroupChains {
  const groups = [...new Set(deployments.map(({ group }) => group))];
  const chains = groups.map((group, index) => [group, groups.slice(index + 1)] as const);
  return Object.fromEntries(chains.filter(([, rest]) => rest.length > 0));
}

/** A refused text may be asked of one's own machine: the later groups of LocalAI, for every group before them. */
export function ownMachineAfter(deployments: readonly DeploymentSettings[]): GroupChains {
  const chains = deployments.map(({ group }, index) => {
    const later = deployments.slice(index + 1).filter(({ label }) => label === "localai");
    return [group, later.map((deployment) => deployment.group)] as const;
  });
  return Object.fromEntries(chains.filter(([, rest]) => rest.length > 0));
}

/** The default deployment of one provider, with or without a key: for a route pinned to it. */
export function pinnedDeployment(label: string, context: DeploymentContext): DeploymentSettings | undefined {
  const names: Readonly<Record<string, string>> = {
    gemini: builtIn.geminiModel,
    localai: localaiModel(context),
    openai: openaiModel(context),
  };
  const primary = context.variables.text("LITELLM_PRIMARY_MODEL")?.value;
  const name = primary?.startsWith(`${label}/`) ? primary : names[label];
  return name === undefined ? undefined : deploymentNamed(name, [], context);
}

/** OpenAI after everything else, when its key is set. */
export function openaiDeployment(context: DeploymentContext): DeploymentSettings | undefined {
  const deployment = deploymentNamed(openaiModel(context), [], context);
  return deployment?.apiKey === undefined ? undefined : deployment;
}

function localaiModel({ variables }: DeploymentContext): string {
  return `localai/${variables.text("LOCALAI_MODEL")?.value ?? builtIn.localaiModel}`;
}

function openaiModel({ variables }: DeploymentContext): string {
  const model = variables.text("OPENAI_MODEL")?.value;
  return model === undefined ? builtIn.openaiModel : `openai/${model.replace(/^openai\//, "")}`;
}

function deploymentNamed(
  given: string,
  others: readonly DeploymentSettings[],
  context: DeploymentContext,
): DeploymentSettings | undefined {
  const { notices } = context.variables;
  const name = modelName(given, { label: undefined, hasBaseUrl: false });
  const known = name && knownProviders[name.label];
  const baseUrl = name && baseUrlOf(name, known, undefined, context.variables);
  if (name === undefined || known === undefined || baseUrl === undefined) {
    notices.warn(
      `the model ${given} of the environment is left out: begin it with gemini/, localai/ or openai/.`,
    );
    return undefined;
  }
  if (!URL.canParse(baseUrl)) {
    notices.warn(`the address ${baseUrl} of ${name.label} is no URL; its model ${name.model} is left out.`);
    return undefined;
  }
  const base = groupNames[name.label] ?? name.label;
  const twins = others.filter(({ label }) => label === name.label).length;
  const id = twins === 0 ? base : `${base}-${twins + 1}`;
  return {
    id,
    group: id,
    provider: known.provider,
    label: name.label,
    model: name.model,
    baseUrl,
    ...keyOf(id, known, undefined, undefined, context.variables),
    ...timeouts(name.label, {}, context),
    ...successor(name, context),
  };
}

/** Asked for by name but without its key, a model is worth a word; a built-in one is not. */
function isReachable(
  deployment: DeploymentSettings,
  asked: readonly (Given<string> | undefined)[],
  { variables }: DeploymentContext,
): boolean {
  const needsKey = deployment.label === "gemini" || deployment.label === "openai";
  if (!needsKey || deployment.apiKey !== undefined) return true;
  const given = asked.find((one) => one?.value.endsWith(deployment.model));
  if (given !== undefined) {
    variables.notices.warn(`${given.place.source} is left out: ${deployment.apiKeyVariable} is not set.`);
  }
  return false;
}
