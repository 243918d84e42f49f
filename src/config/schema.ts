import * as z from "zod";

/** A number, or a string that is one (an environment value always is a string). */
const number = (what: string) =>
  z.preprocess(
    (value) => (typeof value === "string" && value.trim() !== "" ? Number(value) : value),
    z.number({ error: `expected ${what}` }).min(0, { error: `expected ${what}, not a negative one` }),
  );
const count = (what: string) => number(what).refine(Number.isInteger, { error: `expected ${what}` });
const seconds = number("a number of seconds");
const requests = count("a whole number of requests");
const tokens = count("a whole number of tokens");
const dollars = number("an amount in US dollars");

/** YAML 1.1's words for true and false too, which LiteLLM's own parser takes. */
const flag = z.preprocess(
  (value) => {
    if (typeof value !== "string") return value;
    if (/^(true|yes|on|1)$/i.test(value.trim())) return true;
    return /^(false|no|off|0)$/i.test(value.trim()) ? false : value;
  },
  z.boolean({ error: "expected true or false" }),
);

const text = z.preprocess(
  (value) => (typeof value === "number" ? String(value) : value),
  z.string({ error: "expected a text" }),
);
const names = z.preprocess(
  (value) => (typeof value === "string" ? [value] : value),
  z.array(text, { error: "expected a list of names" }),
);

/** `[{ a: [b, c] }]`, LiteLLM's form, or `{ a: [b, c] }`; one name may stand for a list of one. */
const chains = z
  .preprocess(
    (value) => (Array.isArray(value) ? value : [value]),
    z.array(z.record(z.string(), names, { error: "expected a group and its list of groups" })),
  )
  .transform((maps) => Object.assign({}, ...maps) as Record<string, string[]>);

const duration = z.preprocess(
  (value) => (typeof value === "number" ? `${value}s` : value),
  z.string().regex(/^\d+(\.\d+)?(s|m|h|d|w|mo)$/, {
    error: 'expected a duration such as "30s", "10m", "24h", "7d" or "1mo"',
  }),
);

const perKind = z.record(z.string(), count("a whole number"));

export const modelParametersSchema = z.looseObject({
  model: text.describe(
    "Provider and model, such as `gemini/gemini-flash-lite-latest` or `localai/llama3.2:3b`",
  ),
  api_key: text.optional().describe("Key; best as `os.environ/NAME`"),
  api_base: text.optional().describe("Address of the endpoint; Gemini's with or without `/v1beta`"),
  base_url: text.optional().describe("The same as `api_base`"),
  custom_llm_provider: text.optional().describe("Provider, when the model has no prefix"),
  rpm: requests.optional().describe("Requests in any 60 seconds"),
  tpm: tokens.optional().describe("Tokens, in and out, in any 60 seconds"),
  rpd: requests.optional().describe("Requests a day"),
  max_parallel_requests: requests.optional().describe("Requests in flight"),
  max_budget: dollars.optional().describe("US dollars in each `budget_duration`"),
  budget_duration: duration.optional().describe("Such as `30s`, `24h`, `7d`, `1mo`"),
  weight: number("a number").optional().describe("Share of the traffic under simple-shuffle"),
  order: number("a number").optional().describe("Tier inside the group; the lowest is asked first"),
  tags: names.optional().describe("Tags for tag filtering"),
  timeout: seconds.optional().describe("Seconds for one attempt"),
  stream_timeout: seconds.optional().describe("Seconds until a stream's first content"),
  cooldown_time: seconds.optional().describe("Seconds of the first cooldown; 0 never cools"),
  input_cost_per_token: dollars.optional().describe("US dollars a token; beats the price list"),
  output_cost_per_token: dollars.optional().describe("US dollars a token; beats the price list"),
  temperature: number("a number").optional().describe("Sent only when set"),
  max_tokens: tokens.optional().describe("Most tokens of an answer"),
  max_completion_tokens: tokens.optional().describe("The same as `max_tokens`"),
  top_p: number("a number").optional().describe("Sent only when set"),
  stop: names.optional().describe("Texts that end an answer"),
  extra_headers: z.record(z.string(), text).optional().describe("HTTP headers of every request"),
});

export const modelInfoSchema = z.looseObject({
  id: text.optional().describe("Name of the deployment; default the group's name"),
  local: flag.optional().describe("Whether private text may go there; beats what the address says"),
  mode: text.optional().describe("`chat` (default) or `embedding`"),
  max_input_tokens: tokens.optional().describe("Context window: longer prompts are not sent"),
  max_output_tokens: tokens.optional().describe("Most tokens of an answer"),
  supports_function_calling: flag.optional().describe("False: never asked with tools"),
  supports_response_schema: flag.optional().describe("False: never asked for a JSON schema"),
  supports_vision: flag.optional().describe("False: never asked with images"),
  input_cost_per_token: dollars.optional().describe("US dollars a token"),
  output_cost_per_token: dollars.optional().describe("US dollars a token"),
});

export const modelEntrySchema = z.looseObject({
  model_name: text.describe("Model group: the name callers ask for"),
  litellm_params: modelParametersSchema.describe("The model, its endpoint and its limits: see below"),
  model_info: modelInfoSchema.optional().describe("What is known of the deployment: see below"),
});

export const routerSettingsSchema = z.looseObject({
  routing_strategy: z
    .preprocess((value) => (Array.isArray(value) ? (value[0] as unknown) : value), text)
    .optional()
    .describe(
      "`simple-shuffle` (default), `least-busy`, `usage-based-routing`, `latency-based-routing` or `cost-based-routing`",
    ),
  num_retries: count("a whole number").optional().describe("Attempts of a group after its first; default 2"),
  timeout: seconds.optional().describe("Seconds for one attempt; default 60, LocalAI 120, OpenAI 90"),
  stream_timeout: seconds.optional().describe("Seconds until a stream's first content"),
  fallbacks: chains.optional().describe("Groups asked after a group: `[{ a: [b, c] }]`"),
  default_fallbacks: names.optional().describe("Groups asked after any group"),
  context_window_fallbacks: chains.optional().describe("Groups asked when a prompt is too long"),
  content_policy_fallbacks: chains.optional().describe("Groups asked when a provider refuses the content"),
  max_fallbacks: count("a whole number").optional().describe("Most groups asked after the first; default 5"),
  retry_policy: perKind.optional().describe("Retries by kind of failure"),
  model_group_retry_policy: z.record(z.string(), perKind).optional().describe("The same for one group"),
  allowed_fails: count("a whole number").optional().describe("Failures in a minute before a cooldown"),
  allowed_fails_policy: perKind.optional().describe("The same by kind of failure"),
  cooldown_time: seconds.optional().describe("Seconds of the first cooldown; 0 never cools"),
  disable_cooldowns: flag.optional().describe("True: no deployment ever cools"),
  retry_after: seconds.optional().describe("Least seconds before the same deployment is asked again"),
  model_group_alias: z
    .record(z.string(), z.union([text, z.looseObject({ model: text })]))
    .optional()
    .describe("Other names of groups"),
  enable_pre_call_checks: flag.optional().describe("False: too long prompts are sent all the same"),
  enable_tag_filtering: flag.optional().describe("True: tags choose deployments"),
  routing_strategy_args: z
    .looseObject({ lowest_latency_buffer: number("a number").optional() })
    .optional()
    .describe("`lowest_latency_buffer` of latency-based-routing"),
  // The guide's own keys.
  fallback_model: text.optional().describe("Read as `default_fallbacks`"),
  set_fallbacks: chains.optional().describe("Read as `fallbacks`"),
  model_group: z.record(z.string(), names).optional().describe("A group that tries these groups in order"),
});

export const litellmSettingsSchema = z.looseObject({
  num_retries: routerSettingsSchema.shape.num_retries,
  request_timeout: seconds.optional().describe("The same as `router_settings.timeout`"),
  fallbacks: routerSettingsSchema.shape.fallbacks,
  default_fallbacks: routerSettingsSchema.shape.default_fallbacks,
  context_window_fallbacks: routerSettingsSchema.shape.context_window_fallbacks,
  content_policy_fallbacks: routerSettingsSchema.shape.content_policy_fallbacks,
  allowed_fails: routerSettingsSchema.shape.allowed_fails,
  cooldown_time: routerSettingsSchema.shape.cooldown_time,
  drop_params: flag.optional().describe("Drop request parameters that a provider does not know"),
  set_verbose: flag.optional().describe("Log level debug"),
  debug: flag.optional().describe("Log level debug"),
  validate_api_keys: flag.optional().describe("Check each key at start-up by a list of models"),
});

export const generalSettingsSchema = z.looseObject({
  master_key: text.optional().describe("Key that callers of the proxy must show"),
  rpm_limit: requests.optional().describe("Requests in any 60 seconds over all deployments"),
  max_batch_size: count("a whole number")
    .optional()
    .describe("Requests in flight during ingestion and `batch`"),
  fallback_on_rate_limit: flag.optional().describe("False: a rate limit is waited out"),
});

export const configSchema = z.looseObject({
  model_list: z.array(modelEntrySchema, { error: "expected a list of models" }).optional(),
  router_settings: routerSettingsSchema.optional(),
  litellm_settings: litellmSettingsSchema.optional(),
  general_settings: generalSettingsSchema.optional(),
  environment_variables: z.record(z.string(), text).optional(),
});

export type Config = z.infer<typeof configSchema>;
export type ModelEntry = z.infer<typeof modelEntrySchema>;
export type RouterSection = z.infer<typeof routerSettingsSchema>;
