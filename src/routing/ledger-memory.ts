import { nothingUsed, type Counter, type Ledger, type NotedCooldown, type StatedLimit } from "./ledger.ts";

/** Rows that have changed here since they were last written down. */
export interface LedgerChanges {
  readonly counters: readonly { readonly key: string; readonly window: string; readonly more: Counter }[];
  readonly cooldowns: readonly { readonly key: string; readonly cooldown: NotedCooldown | undefined }[];
  readonly limits: readonly { readonly key: string; readonly limit: StatedLimit }[];
}

/** Everything that stands in the file. */
export interface LedgerRows {
  readonly counters: readonly { readonly key: string; readonly window: string; readonly used: Counter }[];
  readonly cooldowns: readonly { readonly key: string; readonly cooldown: NotedCooldown }[];
  readonly limits: readonly { readonly key: string; readonly limit: StatedLimit }[];
}

/** The ledger's own copy: what the file says and what has been added here since. */
export interface MemoryLedger extends Ledger {
  readonly takeChanges: () => LedgerChanges;
  /** Puts changes back that could not be written. */
  readonly giveBack: (changes: LedgerChanges) => void;
  readonly replace: (rows: LedgerRows) => void;
}

export function createMemoryLedger(): MemoryLedger {
  let written = new Map<string, Counter>();
  let added = new Map<string, { key: string; window: string; more: Counter }>();
  let cooldowns = new Map<string, NotedCooldown>();
  const changedCooldowns = new Set<string>();
  let limits = new Map<string, Map<string, StatedLimit>>();
  const changedLimits: { key: string; limit: StatedLimit }[] = [];

  const add = (key: string, window: string, more: Partial<Counter>) => {
    const name = rowName(key, window);
    const before = added.get(name)?.more ?? nothingUsed;
    added.set(name, { key, window, more: sum(before, more) });
  };
  const noteCooldown = (key: string, cooldown: NotedCooldown | undefined) => {
    const running = cooldowns.get(key);
    if (cooldown === undefined ? running === undefined : (running?.untilMs ?? 0) >= cooldown.untilMs) return;
    if (cooldown === undefined) cooldowns.delete(key);
    else cooldowns.set(key, cooldown);
    changedCooldowns.add(key);
  };
  const keepLimit = (key: string, limit: StatedLimit) => {
    const own = limits.get(key) ?? new Map<string, StatedLimit>();
    limits.set(key, own.set(`${limit.unit} ${limit.period}`, limit));
  };
  return {
    used: (key, window) => {
      const name = rowName(key, window);
      return sum(written.get(name) ?? nothingUsed, added.get(name)?.more ?? nothingUsed);
    },
    add,
    cooldown: (key) => cooldowns.get(key),
    noteCooldown,
    statedLimits: (key) => [...(limits.get(key)?.values() ?? [])],
    noteLimit: (key, limit) => {
      keepLimit(key, limit);
      changedLimits.push({ key, limit });
    },
    close: () => undefined,
    takeChanges: () => {
      const changes: LedgerChanges = {
        counters: [...added.values()],
        cooldowns: [...changedCooldowns].map((key) => ({ key, cooldown: cooldowns.get(key) })),
        limits: changedLimits.splice(0),
      };
      for (const { key, window, more } of changes.counters) {
        const name = rowName(key, window);
        written.set(name, sum(written.get(name) ?? nothingUsed, more));
      }
      added = new Map();
      changedCooldowns.clear();
      return changes;
    },
    giveBack: (changes) => {
      for (const { key, window, more } of changes.counters) {
        const name = rowName(key, window);
        written.set(name, sum(written.get(name) ?? nothingUsed, negative(more)));
        add(key, window, more);
      }
      for (const { key } of changes.cooldowns) changedCooldowns.add(key);
      changedLimits.push(...changes.limits);
    },
    replace: (rows) => {
      written = new Map(rows.counters.map(({ key, window, used }) => [rowName(key, window), used]));
      const unwritten = [...changedCooldowns].map((key) => [key, cooldowns.get(key)] as const);
      cooldowns = new Map(rows.cooldowns.map(({ key, cooldown }) => [key, cooldown]));
      for (const [key, cooldown] of unwritten) {
        if (cooldown === undefined) cooldowns.delete(key);
        else if (cooldown.untilMs > (cooldowns.get(key)?.untilMs ?? 0)) cooldowns.set(key, cooldown);
      }
      limits = new Map();
      for (const { key, limit } of [...rows.limits, ...changedLimits]) keepLimit(key, limit);
    },
  };
}

function rowName(key: string, window: string): string {
  return `${window}\n${key}`;
}

function sum(one: Counter, other: Partial<Counter>): Counter {
  return {
    requests: one.requests + (other.requests ?? 0),
    inputTokens: one.inputTokens + (other.inputTokens ?? 0),
    outputTokens: one.outputTokens + (other.outputTokens ?? 0),
    costUsd: one.costUsd + (other.costUsd ?? 0),
  };
}

function negative({ requests, inputTokens, outputTokens, costUsd }: Counter): Counter {
  return { requests: -requests, inputTokens: -inputTokens, outputTokens: -outputTokens, costUsd: -costUsd };
}
