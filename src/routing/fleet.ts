import { createAccount } from "./account.ts";
import type { Catalog } from "./catalog.ts";
import type { Deployment } from "./deployment.ts";
import { neverReached, ruleOf } from "./rules.ts";
import type { Failure } from "./failure.ts";
import * as health from "./health.ts";
import type { Ledger } from "./ledger.ts";
import { needOf, type Need } from "./need.ts";
import type { RouteRequest } from "./route-state.ts";
import { costOf, type PriceList, type SettledUsage } from "./spend.ts";
import { meanOf, noLatency, withSample } from "./statistics.ts";
import { blockOf, usedShareOf, type Entry } from "./fleet-entry.ts";
import type { DeploymentView } from "./view.ts";
import { SlidingWindow } from "./window.ts";

/** Capacity reserved for one attempt, to be settled exactly once. */
export interface Slot {
  readonly id: number;
  readonly deployment: Deployment;
  readonly takenAtMs: number;
  readonly need: Need;
  readonly reservedUsd: number;
  readonly isProbe: boolean;
  readonly correctWindow: (actualTokens: number | undefined) => void;
}

/** How an attempt ended, for its deployment's books. */
export interface Settlement {
  readonly nowMs: number;
  readonly failure: Failure | undefined;
  /** Undefined when nothing is known to have been used. */
  readonly usage: SettledUsage | undefined;
  readonly firstContentMs: number | undefined;
  readonly isStream: boolean;
}

/** A cooldown that has just begun or grown. */
export interface CooldownNotice {
  readonly deployment: string;
  readonly untilMs: number;
  readonly failure: Failure;
}

export interface FleetEffects {
  readonly ledger: Ledger;
  readonly price: PriceList;
  readonly onCooldown: (notice: CooldownNotice) => void;
}

/** How all deployments stand: their health, windows and books. Nothing here waits or calls anybody. */
export class Fleet {
  readonly #entries = new Map<string, Entry>();
  readonly #catalog: Catalog;
  readonly #effects: FleetEffects;
  #lastSlot = 0;

  constructor(catalog: Catalog, effects: FleetEffects) {
    this.#catalog = catalog;
    this.#effects = effects;
    for (const deployment of catalog.deployments.values()) {
      this.#entries.set(deployment.id, {
        deployment,
        account: createAccount(deployment, effects.ledger),
        window: isCounted(deployment, catalog) ? new SlidingWindow() : undefined,
        health: health.goodHealth,
        latency: noLatency,
        inFlight: 0,
        reservedUsd: 0,
        cooledAfterSlot: 0,
      });
    }
  }

  /** How it stands for a request, after those ahead of it in the queue (their tokens). */
  view(id: string, request: RouteRequest, nowMs: number, ahead: readonly number[] = []): DeploymentView {
    const entry = this.#entry(id, nowMs);
    const { deployment } = entry;
    const need = needOf(request, deployment);
    const costUsd = costOf(this.#effects.price(deployment), need.inputTokens, need.outputTokens);
    const { blockedBy, freeAtMs } = blockOf(entry, need, costUsd ?? 0, nowMs, ahead);
    const own = entry.health;
    const phase = health.phaseOf(own, nowMs);
    return {
      blockedBy,
      freeAtMs,
      isStated: own.isStated,
      isHalfOpen: phase === "half_open",
      wasJustProbed: !own.isStated && own.lastProbeFailed && own.passedBy === 0,
      failure: own.isCooled ? own.failure : undefined,
      inFlight: entry.inFlight,
      usedShare: usedShareOf(entry, nowMs),
      tokensUsed: entry.window?.tokensUsed(nowMs) ?? 0,
      latencyMs: meanOf(entry.latency.perTokenMs),
      costUsd,
    };
  }

  /** Reserves capacity; the caller has seen in the same breath that it is free (or asks it all the same). */
  take(id: string, request: RouteRequest, nowMs: number): Slot {
    const entry = this.#entry(id, nowMs);
    const need = needOf(request, entry.deployment);
    const costUsd = costOf(this.#effects.price(entry.deployment), need.inputTokens, need.outputTokens) ?? 0;
    const isProbe = health.phaseOf(entry.health, nowMs) === "half_open";
    if (isProbe) entry.health = health.probing(entry.health);
    entry.inFlight += 1;
    entry.reservedUsd += costUsd;
    entry.account.addRequest(nowMs);
    this.#lastSlot += 1;
    return {
      id: this.#lastSlot,
      deployment: entry.deployment,
      takenAtMs: nowMs,
      need,
      reservedUsd: costUsd,
      isProbe,
      correctWindow: entry.window?.add(nowMs, need.inputTokens + need.outputTokens) ?? notCounted,
    };
  }

  /** Books what an attempt really used, and what it says of the deployment's health. */
  settle(slot: Slot, { nowMs, failure, usage, firstContentMs, isStream }: Settlement): void {
    const entry = this.#entry(slot.deployment.id, nowMs);
    entry.inFlight -= 1;
    entry.reservedUsd -= slot.reservedUsd;
    if (failure !== undefined && neverReached(failure)) {
      slot.correctWindow(undefined);
      entry.account.takeRequestBack(slot.takenAtMs);
    } else if (usage !== undefined) {
      slot.correctWindow(usage.inputTokens + usage.outputTokens);
      const costUsd =
        costOf(this.#effects.price(entry.deployment), usage.inputTokens, usage.outputTokens) ?? 0;
      entry.account.addUsage(
        { inputTokens: usage.inputTokens, outputTokens: usage.outputTokens, costUsd },
        nowMs,
      );
    } else if (failure !== undefined) {
      // Without an answer nobody knows: the prompt may have been read.
      slot.correctWindow(failure.status === undefined ? slot.need.inputTokens : 0);
    }
    const ms = isStream ? (firstContentMs ?? nowMs - slot.takenAtMs) : nowMs - slot.takenAtMs;
    if (failure === undefined) entry.latency = withSample(entry.latency, ms, usage?.outputTokens ?? 1);
    else if (failure.kind === "timeout") entry.latency = withSample(entry.latency, ms, 1);
    this.#noteHealth(entry, slot, failure, nowMs);
  }

  /** Capacity that was reserved and never used. */
  giveBack(slot: Slot, nowMs: number): void {
    const entry = this.#entry(slot.deployment.id, nowMs);
    entry.inFlight -= 1;
    entry.reservedUsd -= slot.reservedUsd;
    slot.correctWindow(undefined);
    entry.account.takeRequestBack(slot.takenAtMs);
    if (slot.isProbe) entry.health = { ...entry.health, isProbing: false };
  }

  /** A stream's first content: alive, though the attempt goes on. */
  noteAlive(slot: Slot, nowMs: number): void {
    this.#noteHealth(this.#entry(slot.deployment.id, nowMs), slot, undefined, nowMs);
  }

  /** Requests that went past a cooled deployment, so that a dead one is not asked by each. */
  notePassedOver(ids: readonly string[]): void {
    for (const id of ids) {
      const entry = this.#entries.get(id);
      if (entry !== undefined) entry.health = health.passedBy(entry.health);
    }
  }

  deployment(id: string): Deployment {
    const entry = this.#entries.get(id);
    if (entry === undefined) throw new Error(`There is no deployment ${id}.`);
    return entry.deployment;
  }

  inFlightOf(id: string): number {
    return this.#entries.get(id)?.inFlight ?? 0;
  }

  healthOf(id: string, nowMs: number): health.Health {
    return this.#entry(id, nowMs).health;
  }

  #noteHealth(entry: Entry, slot: Slot, failure: Failure | undefined, nowMs: number): void {
    const { settings } = this.#catalog;
    const { deployment, account } = entry;
    const before = entry.health;
    if (failure?.kind === "cancelled") {
      if (slot.isProbe) entry.health = { ...before, isProbing: false };
      return;
    }
    const isStale = before.isCooled && slot.id <= entry.cooledAfterSlot;
    if (failure === undefined) {
      if (isStale) return;
      entry.health = health.afterSuccess(before, nowMs);
      if (before.isCooled) this.#effects.ledger.noteCooldown(account.key, undefined);
      return;
    }
    const isWord = failure.delayMs !== undefined || ruleOf(failure).cools === "quota";
    if (isStale && !isWord) return;
    entry.health = health.afterFailure(before, failure, deployment, settings, nowMs);
    if (slot.isProbe && entry.health.isProbing) entry.health = { ...entry.health, isProbing: false };
    this.#noteForOthers(account.key, failure, entry.health, nowMs);
    const { isCooled, cooledUntilMs } = entry.health;
    const isNews = isCooled && cooledUntilMs > nowMs && cooledUntilMs !== before.cooledUntilMs;
    if (isNews) entry.cooledAfterSlot = this.#lastSlot;
    if (isNews) this.#effects.onCooldown({ deployment: deployment.id, untilMs: cooledUntilMs, failure });
  }

  /** Spent quotas and stated limits outlive this process, planted failures never. */
  #noteForOthers(key: string, failure: Failure, now: health.Health, nowMs: number): void {
    const { ledger } = this.#effects;
    if (failure.simulated === true) return;
    if (ruleOf(failure).cools === "quota") {
      ledger.noteCooldown(key, { untilMs: now.cooledUntilMs, failure });
    }
    const { limit, unit, period } = failure.quota ?? {};
    if (limit !== undefined && limit > 0 && unit !== undefined && period !== undefined) {
      ledger.noteLimit(key, { unit, period, value: limit, seenAtMs: nowMs });
    }
  }

  /** Takes in what another process has noted of the same account, or lifted. */
  #entry(id: string, nowMs: number): Entry {
    const entry = this.#entries.get(id);
    if (entry === undefined) throw new Error(`There is no deployment ${id}.`);
    const noted = this.#effects.ledger.cooldown(entry.account.key);
    const own = entry.health;
    if (noted !== undefined && noted.untilMs > nowMs && noted.untilMs > own.cooledUntilMs) {
      entry.health = health.cooledUntil(own, noted.untilMs, noted.failure, nowMs);
      entry.cooledAfterSlot = this.#lastSlot;
    } else if (noted === undefined && own.isCooled && isKeptInLedger(own.failure)) {
      entry.health = health.goodHealth;
    }
    return entry;
  }
}

function isCounted({ rpm, tpm }: Deployment, { settings }: Catalog): boolean {
  return rpm !== undefined || tpm !== undefined || settings.strategy === "usage-based-routing";
}

const notCounted = (): void => undefined;

function isKeptInLedger(failure: Failure | undefined): boolean {
  return failure !== undefined && failure.simulated !== true && ruleOf(failure).cools === "quota";
}
