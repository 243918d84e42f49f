import { lookup } from "node:dns/promises";
import { checkKeys } from "./check-keys.ts";
import type { DeploymentSettings, Settings } from "./config/index.ts";
import { proxyAttempt } from "./proxy/attempt.ts";
import type { ProxyAnswer, ProxyCall } from "./proxy/call.ts";
import { ProxyMetrics } from "./proxy/metrics.ts";
import { proxyEndpoints } from "./proxy/proxy.ts";
import { BodyReader, builtInBodyLimits, type BodyLimits } from "./proxy/read-body.ts";
import type { RequestLog } from "./proxy/request-log.ts";
import { startServer, type RunningServer, type ServerLimits } from "./proxy/server.ts";
import { Targets } from "./proxy/target.ts";
import { hooked } from "./proxy/test-hooks.ts";
import {
  createLocality,
  openLedger,
  Router,
  type Attempt,
  type Clock,
  type RouterEvents,
} from "./routing/core.ts";
import { simulatedSignals, type Simulation } from "./simulation.ts";

export interface ProxyOptions {
  /** Default 127.0.0.1. */
  readonly host?: string | undefined;
  /** Default 4000; 0 takes a free one. */
  readonly port?: number | undefined;
  readonly ledgerFile?: string | undefined;
  /** Requests may plant failures in their own route (LiteLLM's `mock_testing_fallbacks`). */
  readonly allowTestHooks?: boolean | undefined;
  /** Failures to plant in all of them, by deployment id. */
  readonly simulation?: Simulation | undefined;
  readonly events?: RouterEvents | undefined;
  /** Default the machine's own. */
  readonly clock?: Clock | undefined;
  /** 0 to 1. */
  readonly random?: (() => number) | undefined;
  readonly limits?: Partial<ServerLimits> | undefined;
  readonly bodyLimits?: Partial<BodyLimits> | undefined;
  readonly log: RequestLog;
}

/** The proxy of a configuration, wired and listening. Throws UsageError when it cannot listen. */
export async function openProxy(settings: Settings, options: ProxyOptions): Promise<RunningServer> {
  const { log, events = {} } = options;
  const warn = (message: string) => log.say({ event: "warning", message });
  const ledger = await openLedger(options.ledgerFile ?? settings.ledgerFile, { now: Date.now, warn });
  try {
    if (settings.validateApiKeys) await checkKeys(settings.deployments, warn);
    const told: Told = {};
    const routerOf = (deployments: readonly DeploymentSettings[]) =>
      new Router({
        deployments,
        settings: settings.router,
        locality: createLocality((host) => lookup(host, { all: true })),
        ledger,
        clock: options.clock,
        random: options.random,
        events: {
          onAttempt(record, state) {
            told.metrics?.onAttempt(record);
            events.onAttempt?.(record, state);
          },
          onCooldown(notice) {
            const seconds = Math.round((notice.untilMs - Date.now()) / 100) / 10;
            log.say({ event: "cooldown", deployment: notice.deployment, kind: notice.failure.kind, seconds });
            told.metrics?.onCooldown(notice);
            events.onCooldown?.(notice);
          },
          onFallback(move, state) {
            log.say({ event: "fallback", ...move });
            events.onFallback?.(move, state);
          },
          onWarning(message, deployment) {
            warn(message);
            events.onWarning?.(message, deployment);
          },
        },
      });
    const chat = routerOf(settings.deployments.filter(({ mode }) => mode === undefined || mode === "chat"));
    const embeddings = routerOf(settings.deployments.filter(canEmbed));
    const metrics = (told.metrics = new ProxyMetrics([chat, embeddings]));
    const rules = { dropParams: settings.dropParams, allowTestHooks: options.allowTestHooks === true };
    const attempt = loggedAttempt(hooked(proxyAttempt(new Targets())), options);
    const bodies = new BodyReader({ ...builtInBodyLimits, ...options.bodyLimits });
    const callers = new Set<AbortController>();
    const endpoints = proxyEndpoints({
      chat,
      embeddings,
      attempt,
      rules,
      bodies,
      callers,
      log,
      metrics,
      now: Date.now,
    });
    const { host = "127.0.0.1", port = 4_000, limits = {} } = options;
    const onLastCall = () => {
      for (const caller of callers) caller.abort(new Error("The proxy is being stopped."));
    };
    // One that is empty opens nothing to anybody else.
    const masterKey = settings.masterKey === "" ? undefined : settings.masterKey;
    const server = await startServer({ host, port, masterKey, endpoints, log, limits, onLastCall });
    const stop = async (graceMs: number) => {
      await server.stop(graceMs);
      ledger.close();
      log.flush();
    };
    log.say({ event: "started", url: server.url, models: [...chat.catalog.groups.keys()] });
    return { url: server.url, stop };
  } catch (error) {
    ledger.close();
    throw error;
  }
}

/** What the routers' events are told to, made after them. */
interface Told {
  metrics?: ProxyMetrics;
}

/** Never a chat model: LocalAI's backend dies of it. A name such as `text-embedding-3-small` says what it is. */
function canEmbed({ mode, model }: DeploymentSettings): boolean {
  return mode === "embedding" || (mode === undefined && /embed/i.test(model));
}

function loggedAttempt(
  attempt: Attempt<ProxyCall, ProxyAnswer>,
  { log, simulation }: ProxyOptions,
): Attempt<ProxyCall, ProxyAnswer> {
  return (deployment, call, signal, budget) => {
    log.routing(deployment, budget.model);
    const planted = simulation?.get(deployment.id);
    if (planted === undefined) return attempt(deployment, call, signal, budget);
    return Promise.resolve({ kind: "failed", signals: simulatedSignals(planted, deployment) });
  };
}
