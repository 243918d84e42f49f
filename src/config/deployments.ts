import type { ConfigPath } from "./config-source.ts";
import { durationMs, secondsToMs } from "./duration.ts";
import { timeouts, type DeploymentContext } from "./attempt-timeouts.ts";
import { knownProviders, modelName, type ModelName } from "./known-providers.ts";
import { nearest } from "./nearest.ts";
import { settled, type Given } from "./precedence.ts";
import { baseUrlOf, keyOf } from "./reach.ts";
import { invalidValue, type ReadConfig } from "./read-config.ts";
import { retiredModel } from "./retired-models.ts";
import type { ModelEntry } from "./schema.ts";
import { builtIn, type DeploymentSettings } from "./settings.ts";

/** The deployments of a file's `model_list`. Throws UsageError for a model nobody can be asked for. */
export function fileDeployments(read: ReadConfig, context: DeploymentContext): DeploymentSettings[] {
  const entries = read.config.model_list ?? [];
  const sizes = new Map<string, number>();
  for (const { model_name } of entries) sizes.set(model_name, (sizes.get(model_name) ?? 0) + 1);
  const counted = new Map<string, number>();
  const ids = new Map<string, number>();
  return entries.map((entry, index) => {
    const place = (counted.get(entry.model_name) ?? 0) + 1;
    counted.set(entry.model_name, place);
    const isAlone = sizes.get(entry.model_name) === 1;
    const id = entry.model_info?.id ?? (isAlone ? entry.model_name : `${entry.model_name}-${place}`);
    if (ids.has(id)) {
      const path = ["model_list", index, "model_info", "id"];
      throw invalidValue(read.source, path, `two deployments have the id ${id}; each needs its own.`);
    }
    ids.set(id, index);
    return fileDeployment(read, entry, index, id, context);
  });
}

function fileDeployment(
  read: ReadConfig,
  entry: ModelEntry,
  index: number,
  id: string,
  context: DeploymentContext,
): DeploymentSettings {
  const parameters = entry.litellm_params;
  const path: ConfigPath = ["model_list", index, "litellm_params"];
  const at = (key: string): Given<string> | undefined => {
    const value = parameters[key];
    return typeof value === "string" ? { value, place: read.source.placeOf([...path, key]) } : undefined;
  };
  const address = at("api_base") ?? at("base_url");
  const name = nameOf(read, entry, path, address !== undefined);
  const known = knownProviders[name.label];
  if (name.label === "localai" && parameters.model.startsWith("localai/")) {
    context.variables.notices.reading(
      "the model prefix localai/ is read as an OpenAI-compatible endpoint whose key is optional.",
      read.source.placeOf([...path, "model"]),
    );
  }
  const baseUrl = baseUrlOf(name, known, address, context.variables);
  if (baseUrl === undefined) {
    throw invalidValue(
      read.source,
      [...path, "model"],
      `${name.label} has no address of its own: set api_base.`,
    );
  }
  if (!URL.canParse(baseUrl) || !/^https?:$/.test(new URL(baseUrl).protocol)) {
    const where = address === undefined ? "model" : at("api_base") ? "api_base" : "base_url";
    throw invalidValue(read.source, [...path, where], "the address is no http:// or https:// URL.");
  }
  const key = keyOf(id, known, at("api_key"), read.variableAt([...path, "api_key"]), context.variables);
  return {
    id,
    group: entry.model_name,
    provider: known?.provider ?? "openai-compatible",
    label: name.label,
    model: fileModel(name, read.source.placeOf([...path, "model"]), context),
    baseUrl,
    ...key,
    ...limits(entry),
    ...described(entry),
    ...timeouts(name.label, parameters, context),
    ...successor(name, context),
    parameters: passedOn(parameters),
  };
}

function nameOf(read: ReadConfig, entry: ModelEntry, path: ConfigPath, hasBaseUrl: boolean): ModelName {
  const { model, custom_llm_provider: label } = entry.litellm_params;
  const name = modelName(model, { label, hasBaseUrl });
  if (name !== undefined && name.model !== "" && (Object.hasOwn(knownProviders, name.label) || hasBaseUrl))
    return name;
  const prefix = label ?? model.split("/")[0] ?? model;
  const guess = nearest(prefix, Object.keys(knownProviders));
  const hint = guess === undefined || guess === prefix ? "" : ` (is ${guess}/ meant?)`;
  throw invalidValue(
    read.source,
    [...path, "model"],
    `${model} names no provider that is known here${hint}: begin it with gemini/, localai/ or openai/, or set api_base to an OpenAI-compatible endpoint.`,
  );
}

/** LocalAI's model may be set in either place. */
function fileModel(name: ModelName, place: Given<string>["place"], { variables }: DeploymentContext): string {
  if (name.label !== "localai") return name.model;
  const environment = variables.text("LOCALAI_MODEL");
  const file = { value: name.model, place };
  return (
    settled("the LocalAI model", { file, environment, builtIn: builtIn.localaiModel }, variables.notices)
      ?.value ?? name.model
  );
}

/** The name that took a retired model's place, with a line about it. */
export function successor(
  name: ModelName,
  { variables, today }: DeploymentContext,
): Pick<DeploymentSettings, "successorModel"> {
  const retired = name.label === "gemini" ? retiredModel(name.model) : undefined;
  if (retired === undefined) return {};
  const isGone = today.toISOString().slice(0, 10) >= retired.shutOn;
  variables.notices.warn(
    isGone
      ? `Google shut ${name.model} on ${retired.shutOn}: it is asked all the same, then ${retired.successor} in its place; set that name, or gemini-flash-lite-latest.`
      : `Google shuts ${name.model} on ${retired.shutOn}; ${retired.successor} takes its place.`,
  );
  return { successorModel: retired.successor };
}

function limits({ litellm_params: given }: ModelEntry): Partial<DeploymentSettings> {
  return {
    ...(given.rpm !== undefined && { rpm: given.rpm }),
    ...(given.tpm !== undefined && { tpm: given.tpm }),
    ...(given.rpd !== undefined && { rpd: given.rpd }),
    ...(given.max_parallel_requests !== undefined && { maxParallelRequests: given.max_parallel_requests }),
    ...(given.max_budget !== undefined && { maxBudgetUsd: given.max_budget }),
    ...(given.budget_duration !== undefined && { budgetDurationMs: durationMs(given.budget_duration) }),
    ...(given.weight !== undefined && { weight: given.weight }),
    ...(given.order !== undefined && { order: given.order }),
    ...(given.tags !== undefined && { tags: given.tags }),
    ...(given.cooldown_time !== undefined && { cooldownMs: secondsToMs(given.cooldown_time) }),
  };
}

function described({ litellm_params: given, model_info: info }: ModelEntry): Partial<DeploymentSettings> {
  const inputCost = given.input_cost_per_token ?? info?.input_cost_per_token;
  const outputCost = given.output_cost_per_token ?? info?.output_cost_per_token;
  const window = info?.max_input_tokens;
  const {
    supports_function_calling: tools,
    supports_response_schema: jsonSchema,
    supports_vision: images,
  } = info ?? {};
  return {
    ...(info?.local !== undefined && { local: info.local }),
    ...(info?.mode !== undefined && { mode: info.mode }),
    ...(inputCost !== undefined && { inputCostPerToken: inputCost }),
    ...(outputCost !== undefined && { outputCostPerToken: outputCost }),
    ...(window !== undefined && { contextWindowTokens: window }),
    ...(info?.max_output_tokens !== undefined && { maxOutputTokens: info.max_output_tokens }),
    capabilities: {
      ...(tools !== undefined && { tools }),
      ...(jsonSchema !== undefined && { jsonSchema }),
      ...(images !== undefined && { images }),
    },
  };
}

const ours = new Set(
  "model api_key api_base base_url custom_llm_provider rpm tpm rpd max_parallel_requests max_budget budget_duration weight order tags timeout stream_timeout cooldown_time input_cost_per_token output_cost_per_token api_version organization max_retries mock_response drop_params additional_drop_params".split(
    " ",
  ),
);

/** What goes along with every request: everything that is no setting of ours. */
function passedOn(parameters: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => !ours.has(name)));
}
