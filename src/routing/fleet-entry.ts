import type { Account } from "./account.ts";
import type { Deployment } from "./deployment.ts";
import * as health from "./health.ts";
import type { Need } from "./need.ts";
import { meanOf, type Latency } from "./statistics.ts";
import type { Block } from "./view.ts";
import type { SlidingWindow } from "./window.ts";

/** Everything that is known of a deployment in this process. */
export interface Entry {
  readonly deployment: Deployment;
  readonly account: Account;
  /** Undefined where nothing asks for it: at thousands of requests a second a minute of them is much to keep. */
  readonly window: SlidingWindow | undefined;
  health: health.Health;
  latency: Latency;
  inFlight: number;
  reservedUsd: number;
  /** The last attempt that had begun when it cooled: up to there attempts say nothing of now. */
  cooledAfterSlot: number;
}

const likelyWaitMs = 1_000;

/** Why it cannot be asked now, and until when as far as can be known: `freeAtMs` is now when nothing is in the way. */
export function blockOf(
  entry: Entry,
  need: Need,
  costUsd: number,
  nowMs: number,
  ahead: readonly number[],
): { readonly blockedBy: Block | undefined; readonly freeAtMs: number } {
  const { deployment, window, account } = entry;
  const tokens = need.inputTokens + need.outputTokens;
  if (deployment.tpm !== undefined && tokens > deployment.tpm)
    return { blockedBy: "too_large", freeAtMs: Infinity };
  const limits = { requests: deployment.rpm, tokens: deployment.tpm };
  const most = deployment.maxParallelRequests ?? Infinity;
  const soonMs = nowMs + (meanOf(entry.latency.wholeMs) ?? likelyWaitMs);
  const phase = health.phaseOf(entry.health, nowMs);
  const turns: readonly (readonly [Block, number])[] = [
    ["cooling", phase === "cooling" ? entry.health.cooledUntilMs : nowMs],
    ["probing", phase === "probing" ? soonMs : nowMs],
    ["requests_of_the_day", account.dayTurnMs(nowMs)],
    ["budget", budgetTurnMs(entry, costUsd, nowMs, soonMs)],
    ["rpm_or_tpm", window?.turnMs(nowMs, limits, tokens, ahead, soonMs) ?? nowMs],
    ["parallel", entry.inFlight + ahead.length >= most ? soonMs : nowMs],
  ];
  // A limit is named before an illness: the one is held in any case, the other not always.
  const blocking = turns.filter(([, turnMs]) => turnMs > nowMs);
  const freeAtMs = blocking.reduce((latest, [, turnMs]) => Math.max(latest, turnMs), nowMs);
  return { blockedBy: blocking.at(-1)?.[0], freeAtMs };
}

/** What is only reserved may be given back soon. */
function budgetTurnMs(
  { account, reservedUsd }: Entry,
  costUsd: number,
  nowMs: number,
  soonMs: number,
): number {
  const surely = account.budgetTurnMs(reservedUsd + costUsd, nowMs);
  return surely > nowMs && account.budgetTurnMs(costUsd, nowMs) <= nowMs ? Math.min(surely, soonMs) : surely;
}

/** Share of its rpm or tpm used in the last minute, 0 to 1. */
export function usedShareOf({ deployment: { rpm, tpm }, window }: Entry, nowMs: number): number {
  if (window === undefined) return 0;
  const requests = rpm === undefined ? 0 : window.requestsUsed(nowMs) / Math.max(1, rpm);
  const tokens = tpm === undefined ? 0 : window.tokensUsed(nowMs) / Math.max(1, tpm);
  return Math.max(requests, tokens);
}
