import { RoutingError, walk, type DeploymentStatus, type Router } from "../routing/core.ts";
import type { Attempt } from "../routing/core.ts";
import type { ProxyAnswer, ProxyCall } from "./call.ts";

/** How each deployment stands, in LiteLLM's shape. */
export interface HealthReport {
  readonly healthy_endpoints: readonly Endpoint[];
  readonly unhealthy_endpoints: readonly Endpoint[];
  readonly healthy_count: number;
  readonly unhealthy_count: number;
}

interface Endpoint {
  readonly model: string;
  readonly model_name: string;
  readonly model_id: string;
  readonly api_base: string;
  readonly state: string;
  readonly error?: string;
  readonly cooldown_seconds?: number;
}

/** From what the routes of late have shown: asks nobody. */
export function healthReport(routers: readonly Router[], nowMs: number): HealthReport {
  const all = routers.flatMap((router) => router.status());
  return reportOf(
    all.map((status) => ({ endpoint: endpointOf(status, nowMs), isWell: status.phase === "well" })),
  );
}

export interface DeepCheck {
  readonly router: Router;
  readonly attempt: Attempt<ProxyCall, ProxyAnswer>;
  readonly endpoint: ProxyCall["endpoint"];
}

/** Sends one small request to every deployment: costs what that costs, and counts under its limits. */
export async function deepHealthReport(
  checks: readonly DeepCheck[],
  nowMs: () => number,
  signal: AbortSignal,
): Promise<HealthReport> {
  const all = checks.flatMap((check) =>
    [...check.router.catalog.deployments.keys()].map(async (id) => {
      const error = await askOnce(check, id, signal);
      const status = check.router.status().find(({ deployment }) => deployment.id === id);
      if (status === undefined) return [];
      const endpoint = endpointOf(status, nowMs());
      return [
        { endpoint: error === undefined ? endpoint : { ...endpoint, error }, isWell: error === undefined },
      ];
    }),
  );
  return reportOf((await Promise.all(all)).flat());
}

/** Undefined when it answered. */
async function askOnce(
  { router, attempt, endpoint }: DeepCheck,
  id: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const body =
    endpoint === "chat"
      ? { model: id, messages: [{ role: "user", content: "ping" }], max_tokens: 16 }
      : { model: id, input: "ping" };
  const text = JSON.stringify(body);
  const call: ProxyCall = {
    endpoint,
    bytes: Buffer.from(text),
    text,
    body,
    ownFields: [],
    isStream: false,
    wantsUsage: false,
    wantsJson: false,
    dropsParameters: true,
    callerSignal: signal,
  };
  const only: typeof attempt = async (deployment, ...rest) =>
    deployment.id === id
      ? attempt(deployment, ...rest)
      : { kind: "failed", signals: { callerAborted: true } };
  const route = { model: id, inputTokens: 8, maxOutputTokens: 16, numRetries: 0, disableFallbacks: true };
  try {
    await walk(router, { ...route, timeoutMs: deepTimeoutMs }, call, only, signal);
    return undefined;
  } catch (error) {
    if (!(error instanceof RoutingError)) throw error;
    return error.failure?.kind ?? error.code.toLowerCase();
  }
}

const deepTimeoutMs = 30_000;

function endpointOf(
  { deployment, phase, failure, cooledUntilMs }: DeploymentStatus,
  nowMs: number,
): Endpoint {
  const { id, group, label, model, baseUrl } = deployment;
  const leftMs = cooledUntilMs - nowMs;
  return {
    model: `${label}/${model}`,
    model_name: group,
    model_id: id,
    api_base: URL.canParse(baseUrl) ? new URL(baseUrl).origin + new URL(baseUrl).pathname : "",
    state: phase,
    ...(phase !== "well" && failure !== undefined && { error: failure.kind }),
    ...(phase === "cooling" && leftMs > 0 && { cooldown_seconds: Math.ceil(leftMs / 1_000) }),
  };
}

function reportOf(all: readonly { readonly endpoint: Endpoint; readonly isWell: boolean }[]): HealthReport {
  const healthy = all.filter(({ isWell }) => isWell).map(({ endpoint }) => endpoint);
  const unhealthy = all.filter(({ isWell }) => !isWell).map(({ endpoint }) => endpoint);
  return {
    healthy_endpoints: healthy,
    unhealthy_endpoints: unhealthy,
    healthy_count: healthy.length,
    unhealthy_count: unhealthy.length,
  };
}
