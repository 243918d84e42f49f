// What the routing core costs: `node test/bench/routing.ts`. Prints microseconds for each step, median of rounds,
// and ends with exit code 1 when a decision costs more than 20.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  classify,
  createMemoryLedger,
  openLedger,
  defaultRouterSettings,
  Router,
  signalsOfHttpAnswer,
  strategyNames,
  walk,
  type Deployment,
  type RouterSettings,
} from "../../src/routing/index.ts";
import { createCatalog } from "../../src/routing/catalog.ts";
import { decide } from "../../src/routing/decide.ts";
import { Fleet } from "../../src/routing/fleet.ts";
import type { RouteState } from "../../src/routing/route-state.ts";
import { select } from "../../src/routing/select.ts";
import { createPricing } from "../../src/routing/spend.ts";

const limitUs = 20;

function deployment(id: string, more: Partial<Deployment> = {}): Deployment {
  const baseUrl = `http://${id}.test/v1`;
  return { id, group: id, provider: "openai-compatible", label: "openai", model: "gpt-4o", baseUrl, ...more };
}

const limits = { rpm: 1e9, tpm: 1e12, rpd: 1e12, maxParallelRequests: 1e6, maxBudgetUsd: 1e9 };
const deployments = [
  ...["a", "b", "c", "d"].map((id) => deployment(id, { group: "main", ...limits })),
  deployment("second", limits),
  deployment("third", { label: "localai" }),
];
const settings: RouterSettings = { ...defaultRouterSettings, fallbacks: { main: ["second", "third"] } };

/** Median over rounds of the mean microseconds of one call. */
function measured(work: () => void, calls = 20_000, rounds = 9): number {
  for (let call = 0; call < calls; call += 1) work();
  const means = Array.from({ length: rounds }, () => {
    const startedAt = performance.now();
    for (let call = 0; call < calls; call += 1) work();
    return ((performance.now() - startedAt) / calls) * 1_000;
  });
  return means.toSorted((one, other) => one - other)[Math.floor(rounds / 2)] ?? Number.NaN;
}

async function measuredAsync(work: () => Promise<unknown>, calls = 5_000, rounds = 9): Promise<number> {
  for (let call = 0; call < calls; call += 1) await work();
  const means: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const startedAt = performance.now();
    for (let call = 0; call < calls; call += 1) await work();
    means.push(((performance.now() - startedAt) / calls) * 1_000);
  }
  return means.toSorted((one, other) => one - other)[Math.floor(rounds / 2)] ?? Number.NaN;
}

const signals = signalsOfHttpAnswer({
  status: 429,
  body: {
    error: { code: 429, message: "You exceeded your current quota. Please retry in 40.02s.", details: [] },
  },
});
const failure = classify(signals, Date.now());

async function core(strategy: RouterSettings["strategy"]) {
  const own = { ...settings, strategy };
  const catalog = createCatalog(deployments, own);
  const effects = { ledger: createMemoryLedger(), price: createPricing(), onCooldown: () => undefined };
  const fleet = new Fleet(catalog, effects);
  const router = new Router({ deployments, settings: own });
  const state = await router.start({ model: "main", inputTokens: 500 });
  const record = {
    deployment: "a",
    group: "main",
    model: "gpt-4o",
    kind: failure.kind,
    failure,
    ms: 5,
    waitedMs: 0,
  };
  const failed: RouteState = { ...state, attempts: [{ ...record, startedAtMs: Date.now() }] };
  const world = (nowMs: number) => (one: Deployment) => fleet.view(one.id, state.request, nowMs);
  return {
    select: measured(() => {
      const nowMs = Date.now();
      select(state, catalog, world(nowMs), nowMs, Math.random);
    }),
    reserveAndSettle: measured(() => {
      const nowMs = Date.now();
      const slot = fleet.take("a", state.request, nowMs);
      const usage = { inputTokens: 500, outputTokens: 20, estimated: false };
      fleet.settle(slot, { nowMs, failure: undefined, usage, firstContentMs: undefined, isStream: false });
    }),
    decide: measured(() => {
      const nowMs = Date.now();
      decide(failed, catalog, world(nowMs), nowMs, Math.random);
    }),
  };
}

const figures: Record<string, number> = { classify: measured(() => void classify(signals, Date.now())) };
for (const strategy of strategyNames) {
  const { select, reserveAndSettle, decide } = await core(strategy);
  figures[`select, ${strategy}, 4 deployments and 2 fallbacks`] = select;
  figures[`reserve and settle, ${strategy}`] = reserveAndSettle;
  figures[`decide, ${strategy}`] = decide;
}

const router = new Router({ deployments, settings });
const request = { model: "main", inputTokens: 500 };
const usage = { inputTokens: 500, outputTokens: 20 };
const whole = await measuredAsync(() =>
  walk(router, request, undefined, async () => ({ kind: "answered", answer: "x", usage })),
);

for (const [name, us] of Object.entries(figures)) console.log(`${us.toFixed(2).padStart(8)} µs  ${name}`);
console.log(
  `${whole.toFixed(2).padStart(8)} µs  a whole walk, answered at once (timers, promises and books included)`,
);

const folder = mkdtempSync(join(tmpdir(), "ledger-"));
const ledger = await openLedger(join(folder, "ledger.sqlite"), { now: Date.now, warn: console.error });
let count = 0;
const sync = measured(
  () => {
    for (let row = 0; row < 20; row += 1) ledger.add(`account ${row}`, `day ${count % 7}`, { requests: 1 });
    count += 1;
    ledger.sync();
  },
  50,
  5,
);
ledger.close();
rmSync(folder, { recursive: true });
console.log(
  `${sync.toFixed(0).padStart(8)} µs  writing 20 accounts to the ledger, once a second at most, off the path of requests`,
);

const dearest = Math.max(...Object.values(figures));
console.log(`The dearest step costs ${dearest.toFixed(1)} µs; the limit is ${limitUs}.`);
if (dearest > limitUs) process.exitCode = 1;
