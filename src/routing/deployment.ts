/** The wire a deployment speaks. */
export type Provider = "gemini" | "openai-compatible";

/** Time limits of one attempt in milliseconds; a missing one is no limit of its own. */
export interface AttemptTimeouts {
  /** Until the connection stands; the front's default: 2,000 for a loopback or private address, else 10,000. */
  readonly connectMs?: number | undefined;
  /** Until the answer's headers have come. */
  readonly headersMs?: number | undefined;
  /** Until a stream's first content, tool-call or reasoning delta (LiteLLM's `stream_timeout`). */
  readonly firstContentMs?: number | undefined;
  /** Between two chunks of a stream or of a JSON body. */
  readonly idleMs?: number | undefined;
  /** The whole attempt (LiteLLM's `timeout`). */
  readonly attemptMs?: number | undefined;
}

/** What a deployment can do; undefined is unknown and counts as able. */
export interface Capabilities {
  readonly tools?: boolean | undefined;
  readonly jsonSchema?: boolean | undefined;
  readonly images?: boolean | undefined;
}

/** One model at one endpoint with its own key and limits. Plain data, made by the configuration. */
export interface Deployment {
  /** Unique name, as shown in routes and logs (LiteLLM's `model_info.id`). */
  readonly id: string;
  /** The model group it belongs to (LiteLLM's `model_name`). */
  readonly group: string;
  readonly provider: Provider;
  /** Who answers, for people and prices: `gemini`, `localai`, `openai` or any other prefix. */
  readonly label: string;
  /** The model's name as it is sent upstream, without the provider's prefix. */
  readonly model: string;
  readonly baseUrl: string;
  readonly apiKey?: string | undefined;
  /** Name of the environment variable that holds the key: named when the key is refused. */
  readonly apiKeyVariable?: string | undefined;
  /** `model_info.local`: wins over what the address says. */
  readonly local?: boolean | undefined;
  /** Requests in any 60 seconds. */
  readonly rpm?: number | undefined;
  /** Tokens, in and out, in any 60 seconds. */
  readonly tpm?: number | undefined;
  /** Requests a day: Gemini's day ends at midnight in Los Angeles, any other at midnight UTC. */
  readonly rpd?: number | undefined;
  readonly maxParallelRequests?: number | undefined;
  /** US dollars in each `budgetDurationMs`, or in all when that is missing. */
  readonly maxBudgetUsd?: number | undefined;
  readonly budgetDurationMs?: number | undefined;
  /** Share of the traffic under simple-shuffle. */
  readonly weight?: number | undefined;
  /** Tier inside the group: the lowest that is free is asked. */
  readonly order?: number | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly timeouts?: AttemptTimeouts | undefined;
  /** LiteLLM's `cooldown_time`, in milliseconds; 0 never cools. */
  readonly cooldownMs?: number | undefined;
  /** US dollars a token; beat the price list. */
  readonly inputCostPerToken?: number | undefined;
  readonly outputCostPerToken?: number | undefined;
  /** Tokens that fit in, prompt and answer together. */
  readonly contextWindowTokens?: number | undefined;
  readonly maxOutputTokens?: number | undefined;
  readonly capabilities?: Capabilities | undefined;
  /** The name that its provider put in the place of a retired `model`: asked once when that one is gone. */
  readonly successorModel?: string | undefined;
  /** Parameters that go with every request (`temperature`, `max_tokens`, …), in LiteLLM's names. */
  readonly parameters?: Readonly<Record<string, unknown>> | undefined;
}
