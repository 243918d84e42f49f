import type { Deployment } from "./deployment.ts";
import type { Failure, FailureKind } from "./failure.ts";
import type { RouterSettings } from "./policy.ts";
import { quotaResetMs } from "./quota-reset.ts";
import { ruleOf } from "./rules.ts";

const longestCooldownMs = 60_000;
const keyCooldownMs = 600_000;
const modelCooldownMs = 300_000;
const minuteMs = 60_000;
const failuresInRow = 5;
const recentAttempts = 10;
const recentFailures = 6;

/** How a deployment has fared: plain data; times are epoch milliseconds. */
export interface Health {
  /** Cooled and not yet proven well: after `cooledUntilMs` it is half open. */
  readonly isCooled: boolean;
  readonly cooledUntilMs: number;
  /** Length of the running or last cooldown of an outage: the next one doubles it. */
  readonly cooldownMs: number;
  /** The provider itself asked for the wait (a limit, a quota, `Retry-After`): held even with no alternative. */
  readonly isStated: boolean;
  readonly isProbing: boolean;
  readonly lastProbeFailed: boolean;
  /** Requests that went past it since its last probe failed. */
  readonly passedBy: number;
  readonly failuresInRow: number;
  /** The last attempts, newest last. */
  readonly recent: readonly { readonly atMs: number; readonly isFailed: boolean }[];
  /** The failures of the last minute, newest last. */
  readonly failures: readonly { readonly atMs: number; readonly kind: FailureKind }[];
  readonly failure: Failure | undefined;
}

export const goodHealth: Health = {
  isCooled: false,
  cooledUntilMs: 0,
  cooldownMs: 0,
  isStated: false,
  isProbing: false,
  lastProbeFailed: false,
  passedBy: 0,
  failuresInRow: 0,
  recent: [],
  failures: [],
  failure: undefined,
};

export type Phase = "well" | "cooling" | "probing" | "half_open";

/** Where a deployment stands now: well, cooling, or half open with or without its one probe under way. */
export function phaseOf(health: Health, nowMs: number): Phase {
  if (!health.isCooled) return "well";
  if (nowMs < health.cooledUntilMs) return "cooling";
  return health.isProbing ? "probing" : "half_open";
}

/** After an attempt that showed the deployment alive: an answer, or a failure that is the request's own. */
export function afterSuccess(health: Health, nowMs: number): Health {
  return { ...goodHealth, failures: health.failures, recent: remembered(health, nowMs, false) };
}

/** After a failed attempt (not one that its caller cancelled); a cooldown that it starts or extends is in `cooledUntilMs`. */
export function afterFailure(
  health: Health,
  failure: Failure,
  deployment: Deployment,
  settings: RouterSettings,
  nowMs: number,
): Health {
  const { cools } = ruleOf(failure);
  if (cools === "never") return afterSuccess(health, nowMs);
  const wasProbe = phaseOf(health, nowMs) !== "cooling" && health.isCooled;
  const counted: Health = {
    ...health,
    recent: remembered(health, nowMs, true),
    failures: [
      ...lastMinute(health.failures, nowMs).slice(-longestMemory + 1),
      { atMs: nowMs, kind: failure.kind },
    ],
    failuresInRow: health.failuresInRow + 1,
    failure,
    isProbing: wasProbe ? false : health.isProbing,
    ...(wasProbe && { lastProbeFailed: true, passedBy: 0 }),
  };
  const cooldown = cooldownOf(counted, failure, deployment, settings, nowMs, wasProbe);
  return cooldown === undefined ? withoutCooldown(counted, wasProbe) : cooled(counted, cooldown, nowMs);
}

/** A half-open deployment that may not cool is simply well again until proven otherwise. */
function withoutCooldown(health: Health, wasProbe: boolean): Health {
  return wasProbe ? { ...health, isCooled: false } : health;
}

interface Cooldown {
  readonly untilMs: number;
  /** Length that doubling starts from; undefined when the end was stated. */
  readonly lengthMs: number | undefined;
  readonly isStated: boolean;
}

function cooldownOf(
  health: Health,
  failure: Failure,
  deployment: Deployment,
  settings: RouterSettings,
  nowMs: number,
  wasProbe: boolean,
): Cooldown | undefined {
  const { cools } = ruleOf(failure);
  if (cools === "quota") {
    const untilMs = quotaResetMs(deployment.provider, failure.delayMs, nowMs);
    return { untilMs, lengthMs: undefined, isStated: true };
  }
  const ownMs = deployment.cooldownMs;
  if (settings.disableCooldowns || ownMs === 0) return undefined;
  const tolerance = settings.allowedFailsPolicy?.[failure.kind];
  if (tolerance !== undefined && failuresInMinute(health, nowMs, failure.kind) <= tolerance) return undefined;
  const fixedMs = cools === "key" ? keyCooldownMs : cools === "model" ? modelCooldownMs : undefined;
  if (fixedMs !== undefined) return baseOf(settings, fixedMs, nowMs);
  const isPassing = cools === "stated" || cools === "stated_or_rate";
  if (isPassing && failure.delayMs !== undefined) {
    return { untilMs: nowMs + (ownMs ?? failure.delayMs), lengthMs: undefined, isStated: true };
  }
  const isDue = cools === "stated" || cools === "at_once" || wasProbe || tolerance !== undefined;
  if (!isDue && !isTripped(health, settings, nowMs)) return undefined;
  const baseMs = ownMs ?? settings.cooldownMs;
  if (baseMs === 0) return undefined;
  const isRunning = phaseOf(health, nowMs) === "cooling";
  const doubledMs = health.cooldownMs === 0 ? baseMs : Math.min(2 * health.cooldownMs, longestCooldownMs);
  // Attempts that were under way when the cooldown began say nothing new: no doubling.
  const lengthMs = isRunning ? health.cooldownMs || baseMs : Math.max(doubledMs, baseMs);
  const untilMs = isRunning ? health.cooledUntilMs : nowMs + lengthMs;
  return { untilMs, lengthMs, isStated: cools === "stated" };
}

function baseOf(settings: RouterSettings, lengthMs: number, nowMs: number): Cooldown | undefined {
  if (settings.cooldownMs === 0) return undefined;
  return { untilMs: nowMs + lengthMs, lengthMs: undefined, isStated: false };
}

/** A longer cooldown extends a running one, a shorter one never shortens it. */
function cooled(health: Health, cooldown: Cooldown, nowMs: number): Health {
  const isLonger = phaseOf(health, nowMs) !== "cooling" || cooldown.untilMs > health.cooledUntilMs;
  return {
    ...health,
    isCooled: true,
    cooledUntilMs: isLonger ? cooldown.untilMs : health.cooledUntilMs,
    isStated: isLonger ? cooldown.isStated : health.isStated,
    cooldownMs: cooldown.lengthMs ?? health.cooldownMs,
  };
}

function isTripped(health: Health, settings: RouterSettings, nowMs: number): boolean {
  if (settings.allowedFails !== undefined) {
    return failuresInMinute(health, nowMs, undefined) > settings.allowedFails;
  }
  const failed = lastMinute(health.recent, nowMs).filter(({ isFailed }) => isFailed).length;
  return health.failuresInRow >= failuresInRow || failed >= recentFailures;
}

function failuresInMinute(health: Health, nowMs: number, kind: FailureKind | undefined): number {
  const failures = lastMinute(health.failures, nowMs);
  return kind === undefined ? failures.length : failures.filter((failure) => failure.kind === kind).length;
}

const longestMemory = 1_000;

function remembered(health: Health, nowMs: number, isFailed: boolean): Health["recent"] {
  return [...health.recent.slice(1 - recentAttempts), { atMs: nowMs, isFailed }];
}

function lastMinute<Entry extends { readonly atMs: number }>(
  entries: readonly Entry[],
  nowMs: number,
): readonly Entry[] {
  const [oldest] = entries;
  return oldest === undefined || nowMs - oldest.atMs <= minuteMs
    ? entries
    : entries.filter(({ atMs }) => nowMs - atMs <= minuteMs);
}

/** A cooldown that another process wrote down (a spent quota) or that a test sets. */
export function cooledUntil(health: Health, untilMs: number, failure: Failure, nowMs: number): Health {
  return cooled({ ...health, failure }, { untilMs, lengthMs: undefined, isStated: true }, nowMs);
}

/** The one probe of a half-open deployment has begun. */
export function probing(health: Health): Health {
  return { ...health, isProbing: true };
}

/** A request went past it while it was cooled. */
export function passedBy(health: Health): Health {
  return health.isCooled ? { ...health, passedBy: health.passedBy + 1 } : health;
}
