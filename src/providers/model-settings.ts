/** One model at one endpoint, as this area needs it: a routing deployment fits as it is. */
export interface ModelSettings {
  /** Name in messages. */
  readonly id: string;
  readonly provider: "gemini" | "openai-compatible";
  /** Who answers (`gemini`, `openai`, `localai`, …); a key is only asked for from the first two. */
  readonly label: string;
  /** As it is sent upstream. */
  readonly model: string;
  readonly baseUrl: string;
  readonly apiKey?: string | undefined;
  /** Named when the key is missing. */
  readonly apiKeyVariable?: string | undefined;
  readonly timeouts?: { readonly connectMs?: number | undefined } | undefined;
  /** Parameters of every request in LiteLLM's names (`temperature`, `max_tokens`, …); others go along as they are. */
  readonly parameters?: Readonly<Record<string, unknown>> | undefined;
}

/** What one use of a deployment may change. */
export interface ModelUse {
  /** Send this name instead of the deployment's own. */
  readonly model?: string | undefined;
  /** Refuse to connect to an address that is not loopback or private. */
  readonly localOnly?: boolean | undefined;
}

/** The parameters that both SDKs know by name, and the rest. */
export interface ModelParameters {
  readonly temperature?: number;
  readonly maxTokens?: number;
  readonly topP?: number;
  readonly stop?: string[];
  readonly headers?: Record<string, string>;
  readonly rest: Record<string, unknown>;
}

/** Sorts LiteLLM's parameters; `null` and values of a wrong type are left out. */
export function modelParameters(settings: ModelSettings): ModelParameters {
  const { temperature, max_tokens, max_completion_tokens, top_p, stop, extra_headers, ...rest } =
    settings.parameters ?? {};
  const maxTokens = max_completion_tokens ?? max_tokens;
  const stops = typeof stop === "string" ? [stop] : stop;
  return {
    ...(typeof temperature === "number" && { temperature }),
    ...(typeof maxTokens === "number" && { maxTokens }),
    ...(typeof top_p === "number" && { topP: top_p }),
    ...(Array.isArray(stops) && { stop: stops.map(String) }),
    ...(typeof extra_headers === "object" &&
      extra_headers !== null && { headers: extra_headers as Record<string, string> }),
    rest,
  };
}

/** Limits of the connection to a deployment. */
export function connectionOf(settings: ModelSettings, use: ModelUse = {}) {
  const connectTimeoutMs = settings.timeouts?.connectMs;
  return {
    ...(connectTimeoutMs !== undefined && { connectTimeoutMs }),
    ...(use.localOnly && { onlyLocalAddresses: true }),
  };
}
