import type { Deployment } from "./deployment.ts";
import { accountKey, type Ledger } from "./ledger.ts";
import { quotaDay } from "./quota-reset.ts";

/** What a deployment has used of its long limits, as the ledger has it. */
export interface Account {
  readonly key: string;
  /** When a request can be made under the day's limit; now when it can at once. */
  readonly dayTurnMs: (nowMs: number) => number;
  /** When `costUsd` more can be spent; Infinity when never. */
  readonly budgetTurnMs: (costUsd: number, nowMs: number) => number;
  readonly addRequest: (nowMs: number) => void;
  readonly takeRequestBack: (nowMs: number) => void;
  readonly addUsage: (
    usage: { inputTokens: number; outputTokens: number; costUsd: number },
    nowMs: number,
  ) => void;
}

export function createAccount(deployment: Deployment, ledger: Ledger): Account {
  const key = accountKey(deployment);
  const { rpd, maxBudgetUsd, budgetDurationMs, provider } = deployment;
  const dayOf = (nowMs: number) => quotaDay(provider, nowMs);
  const budgetAt = (nowMs: number) => {
    if (budgetDurationMs === undefined) return { name: "all", endMs: Infinity };
    const place = Math.floor(nowMs / budgetDurationMs);
    return { name: `budget:${budgetDurationMs}:${place}`, endMs: (place + 1) * budgetDurationMs };
  };
  const countRequest = (nowMs: number, requests: number) => ledger.add(key, dayOf(nowMs).name, { requests });
  return {
    key,
    dayTurnMs: (nowMs) => {
      if (rpd === undefined) return nowMs;
      const day = dayOf(nowMs);
      if (ledger.used(key, day.name).requests < rpd) return nowMs;
      return rpd < 1 ? Infinity : day.endMs;
    },
    budgetTurnMs: (costUsd, nowMs) => {
      if (maxBudgetUsd === undefined) return nowMs;
      const budget = budgetAt(nowMs);
      const spent = ledger.used(key, budget.name).costUsd;
      if (spent < maxBudgetUsd && spent + costUsd <= maxBudgetUsd) return nowMs;
      return costUsd > maxBudgetUsd || maxBudgetUsd <= 0 ? Infinity : budget.endMs;
    },
    addRequest: (nowMs) => countRequest(nowMs, 1),
    takeRequestBack: (nowMs) => countRequest(nowMs, -1),
    addUsage: (usage, nowMs) => {
      ledger.add(key, dayOf(nowMs).name, usage);
      if (maxBudgetUsd !== undefined) ledger.add(key, budgetAt(nowMs).name, { costUsd: usage.costUsd });
    },
  };
}
