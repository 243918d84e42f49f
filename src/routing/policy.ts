import type { FailureKind } from "./failure.ts";

export const strategyNames = [
  "simple-shuffle",
  "least-busy",
  "usage-based-routing",
  "latency-based-routing",
  "cost-based-routing",
] as const;

export type StrategyName = (typeof strategyNames)[number];

/** A number for some kinds of failure (LiteLLM's `retry_policy`, `allowed_fails_policy`). */
export type PerKind = Readonly<Partial<Record<FailureKind, number>>>;

/** Group name to the groups asked after it, in order. */
export type GroupChains = Readonly<Record<string, readonly string[]>>;

/** LiteLLM's router settings (and the guide's own) as plain data, in milliseconds and whole words. */
export interface RouterSettings {
  readonly strategy: StrategyName;
  /** Attempts of a group after its first. */
  readonly numRetries: number;
  /** One attempt where its deployment says nothing; also the unit of the request's deadline. */
  readonly timeoutMs: number;
  /** First content of a stream, where its deployment says nothing. */
  readonly streamTimeoutMs?: number | undefined;
  readonly fallbacks: GroupChains;
  readonly defaultFallbacks: readonly string[];
  readonly contextWindowFallbacks: GroupChains;
  readonly contentPolicyFallbacks: GroupChains;
  /** Groups asked after the first. */
  readonly maxFallbacks: number;
  readonly retryPolicy?: PerKind | undefined;
  readonly modelGroupRetryPolicy?: Readonly<Record<string, PerKind>> | undefined;
  /** More failures than this in a minute cool a deployment; undefined is the failure-rate rule. */
  readonly allowedFails?: number | undefined;
  readonly allowedFailsPolicy?: PerKind | undefined;
  /** First cooldown after passing failures, in milliseconds; 0 never cools. */
  readonly cooldownMs: number;
  readonly disableCooldowns: boolean;
  /** Least wait before the same deployment is asked again (LiteLLM's `retry_after`), in milliseconds. */
  readonly retryAfterMs: number;
  /** Alias to groups: one is a plain alias, several are tiers that are asked in that order. */
  readonly modelGroupAlias: GroupChains;
  /** False lets a request pass that is estimated too long for a deployment's context window. */
  readonly enablePreCallChecks: boolean;
  /** True sends requests without tags to deployments tagged `default` only, where there are any. */
  readonly enableTagFiltering: boolean;
  /** False: a rate limit (a provider's or our own) is waited out and never falls back. */
  readonly fallbackOnRateLimit: boolean;
  /** Requests in any 60 seconds over all deployments (the guide's `general_settings.rpm_limit`). */
  readonly requestsPerMinute?: number | undefined;
  /** latency-based-routing: how much slower than the fastest still counts as fastest (0.1 is 10 %). */
  readonly lowestLatencyBuffer: number;
}

/** What holds where nobody says otherwise. */
export const defaultRouterSettings: RouterSettings = {
  strategy: "simple-shuffle",
  numRetries: 2,
  timeoutMs: 60_000,
  fallbacks: {},
  defaultFallbacks: [],
  contextWindowFallbacks: {},
  contentPolicyFallbacks: {},
  maxFallbacks: 5,
  cooldownMs: 5_000,
  disableCooldowns: false,
  retryAfterMs: 0,
  modelGroupAlias: {},
  enablePreCallChecks: true,
  enableTagFiltering: false,
  fallbackOnRateLimit: true,
  lowestLatencyBuffer: 0,
};
