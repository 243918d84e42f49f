import type { Notice } from "./notice.ts";

/**
 * What the configuration comes to, as plain data. Deployments and router settings have the shape that
 * routing takes them in; the two areas do not know each other, the composition root hands one to the other.
 */
export interface Settings {
  /** The file it was read from; undefined when there is none. */
  readonly file?: string;
  /** True when a file, a key or an address was given; false when all of it is built in. */
  readonly isConfigured: boolean;
  readonly deployments: readonly DeploymentSettings[];
  readonly router: RouterSettings;
  /** The group that is asked when nobody names one. */
  readonly defaultGroup: string;
  /** Requests in flight during ingestion and `batch` (the guide's `max_batch_size`). */
  readonly maxConcurrency?: number;
  /** Check every key by a list of models before the first request. */
  readonly validateApiKeys: boolean;
  /** Drop request parameters that a provider does not know (LiteLLM's `drop_params`). */
  readonly dropParams: boolean;
  readonly logLevel: "info" | "debug";
  /** Key that callers of the proxy must show. */
  readonly masterKey?: string;
  /** Redis shared by several machines (`REDIS_URL`). */
  readonly redisUrl?: string;
  /** File of the ledger. */
  readonly ledgerFile: string;
  readonly notices: readonly Notice[];
}

export interface DeploymentSettings {
  readonly id: string;
  readonly group: string;
  readonly provider: "gemini" | "openai-compatible";
  readonly label: string;
  readonly model: string;
  readonly baseUrl: string;
  readonly apiKey?: string;
  readonly apiKeyVariable?: string;
  readonly local?: boolean;
  /** `model_info.mode`: `chat` when undefined. */
  readonly mode?: string;
  readonly rpm?: number;
  readonly tpm?: number;
  readonly rpd?: number;
  readonly maxParallelRequests?: number;
  readonly maxBudgetUsd?: number;
  readonly budgetDurationMs?: number;
  readonly weight?: number;
  readonly order?: number;
  readonly tags?: readonly string[];
  readonly timeouts?: {
    readonly attemptMs?: number;
    readonly firstContentMs?: number;
    readonly connectMs?: number;
  };
  readonly cooldownMs?: number;
  readonly inputCostPerToken?: number;
  readonly outputCostPerToken?: number;
  readonly contextWindowTokens?: number;
  readonly maxOutputTokens?: number;
  readonly capabilities?: {
    readonly tools?: boolean;
    readonly jsonSchema?: boolean;
    readonly images?: boolean;
  };
  readonly successorModel?: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

export const strategyNames = [
  "simple-shuffle",
  "least-busy",
  "usage-based-routing",
  "latency-based-routing",
  "cost-based-routing",
] as const;

export type GroupChains = Readonly<Record<string, readonly string[]>>;
export type PerKind = Readonly<Partial<Record<FailureKindName, number>>>;

export type FailureKindName =
  | "rate_limited"
  | "quota_exhausted"
  | "request_too_large"
  | "context_length"
  | "content_blocked"
  | "timeout"
  | "overloaded"
  | "server_error"
  | "connection"
  | "unusable_answer"
  | "auth"
  | "model_not_found"
  | "invalid_request"
  | "cancelled";

export interface RouterSettings {
  readonly strategy: (typeof strategyNames)[number];
  readonly numRetries: number;
  readonly timeoutMs: number;
  readonly streamTimeoutMs?: number;
  readonly fallbacks: GroupChains;
  readonly defaultFallbacks: readonly string[];
  readonly contextWindowFallbacks: GroupChains;
  readonly contentPolicyFallbacks: GroupChains;
  readonly maxFallbacks: number;
  readonly retryPolicy?: PerKind;
  readonly modelGroupRetryPolicy?: Readonly<Record<string, PerKind>>;
  readonly allowedFails?: number;
  readonly allowedFailsPolicy?: PerKind;
  readonly cooldownMs: number;
  readonly disableCooldowns: boolean;
  readonly retryAfterMs: number;
  readonly modelGroupAlias: GroupChains;
  readonly enablePreCallChecks: boolean;
  readonly enableTagFiltering: boolean;
  readonly fallbackOnRateLimit: boolean;
  readonly requestsPerMinute?: number;
  readonly lowestLatencyBuffer: number;
}

/** Built-in values: what holds where nobody says otherwise. Times in seconds as LiteLLM writes them. */
export const builtIn = {
  geminiModel: "gemini/gemini-flash-lite-latest",
  localaiModel: "llama3.2:3b",
  openaiModel: "openai/gpt-4o-mini",
  geminiBaseUrl: "https://generativelanguage.googleapis.com",
  openaiBaseUrl: "https://api.openai.com/v1",
  localaiBaseUrl: "http://localhost:30808/v1",
  strategy: "simple-shuffle",
  numRetries: 2,
  maxFallbacks: 5,
  cooldownSeconds: 5,
  timeoutSeconds: 60,
  /** Of one attempt, by label; any other label has `timeoutSeconds`. */
  timeoutSecondsOf: { gemini: 60, localai: 120, openai: 90 } as Readonly<Record<string, number>>,
} as const;
