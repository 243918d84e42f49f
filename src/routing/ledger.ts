import { createHash } from "node:crypto";
import type { Deployment } from "./deployment.ts";
import type { Failure } from "./failure.ts";

/** What has been used in one window of time. */
export interface Counter {
  readonly requests: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number;
}

export const nothingUsed: Counter = { requests: 0, inputTokens: 0, outputTokens: 0, costUsd: 0 };

/** A quota that is spent until a time (epoch milliseconds), and the answer that said so. */
export interface NotedCooldown {
  readonly untilMs: number;
  readonly failure: Failure;
}

/** A limit that a provider has stated in a refusal. */
export interface StatedLimit {
  readonly unit: "requests" | "tokens";
  readonly period: "minute" | "day";
  readonly value: number;
  readonly seenAtMs: number;
}

/**
 * What must outlive a process and be seen by the others on this machine. Every method answers from memory;
 * `key` is that of `accountKey`, `window` a name such as that of a day.
 */
export interface Ledger {
  readonly used: (key: string, window: string) => Counter;
  readonly add: (key: string, window: string, more: Partial<Counter>) => void;
  readonly cooldown: (key: string) => NotedCooldown | undefined;
  /** Notes a cooldown, or lifts it with undefined. A longer one extends, a shorter one never shortens. */
  readonly noteCooldown: (key: string, cooldown: NotedCooldown | undefined) => void;
  readonly statedLimits: (key: string) => readonly StatedLimit[];
  readonly noteLimit: (key: string, limit: StatedLimit) => void;
  /** Writes what is not written yet. Idempotent. */
  readonly close: () => void;
}

/** Whose limits these are: the endpoint, the model and the key, of which only a hash is kept. */
export function accountKey({ baseUrl, model, apiKey }: Deployment): string {
  const hash = createHash("sha256")
    .update(apiKey ?? "")
    .digest("base64url")
    .slice(0, 16);
  return [withoutCredentials(baseUrl), model, hash].join(" ");
}

function withoutCredentials(baseUrl: string): string {
  if (!URL.canParse(baseUrl)) return baseUrl;
  const url = new URL(baseUrl);
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}
