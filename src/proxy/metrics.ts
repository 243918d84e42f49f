import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { AttemptRecord, CooldownNotice, Deployment, Router } from "../routing/core.ts";
import type { RequestEnd, RequestObserver } from "./completions.ts";

/** Prometheus metrics under LiteLLM's names; labels too, as far as there is something to put in them. */
export class ProxyMetrics implements RequestObserver {
  readonly #registry = new Registry();
  readonly #routers: readonly Router[];
  readonly #known: ReadonlySet<string>;
  readonly #labels: ReadonlyMap<string, DeploymentLabels>;
  readonly #requests: Counter;
  readonly #failedRequests: Counter;
  readonly #totalLatency: Histogram;
  readonly #apiLatency: Histogram;
  readonly #firstToken: Histogram;
  readonly #spend: Counter;
  readonly #inputTokens: Counter;
  readonly #outputTokens: Counter;
  readonly #successes: Counter;
  readonly #failures: Counter;
  readonly #cooldowns: Counter;
  readonly #goodFallbacks: Counter;
  readonly #badFallbacks: Counter;

  constructor(routers: readonly Router[]) {
    this.#routers = routers;
    const catalogs = routers.map(({ catalog }) => catalog);
    this.#known = new Set(
      catalogs.flatMap(({ groups, deployments, settings }) => [
        ...groups.keys(),
        ...deployments.keys(),
        ...Object.keys(settings.modelGroupAlias),
      ]),
    );
    this.#labels = new Map(
      catalogs.flatMap(({ deployments }) =>
        [...deployments.values()].map((one) => [one.id, labelsOf(one)] as const),
      ),
    );
    const counter = (name: string, help: string, labelNames: readonly string[]) =>
      new Counter({ name, help, labelNames: [...labelNames], registers: [this.#registry] });
    const histogram = (name: string, help: string, labelNames: readonly string[]) =>
      new Histogram({ name, help, labelNames: [...labelNames], buckets, registers: [this.#registry] });
    this.#requests = counter("litellm_proxy_total_requests_metric", "Requests to the proxy", [
      "requested_model",
      "status_code",
    ]);
    this.#failedRequests = counter(
      "litellm_proxy_failed_requests_metric",
      "Requests that were not answered",
      ["requested_model", "exception_status"],
    );
    this.#totalLatency = histogram(
      "litellm_request_total_latency_metric",
      "Seconds of a request, all of it",
      ["requested_model", "model"],
    );
    this.#apiLatency = histogram("litellm_llm_api_latency_metric", "Seconds of a provider's answer", [
      "model",
    ]);
    this.#firstToken = histogram(
      "litellm_llm_api_time_to_first_token_metric",
      "Seconds until a stream's first content",
      ["model"],
    );
    this.#spend = counter("litellm_spend_metric", "US dollars spent", ["model"]);
    this.#inputTokens = counter("litellm_input_tokens_metric", "Tokens of prompts", ["model"]);
    this.#outputTokens = counter("litellm_output_tokens_metric", "Tokens of answers", ["model"]);
    this.#successes = counter(
      "litellm_deployment_success_responses",
      "Attempts that were answered",
      deploymentLabels,
    );
    this.#failures = counter("litellm_deployment_failure_responses", "Attempts that failed", [
      ...deploymentLabels,
      "exception_status",
      "exception_class",
    ]);
    this.#cooldowns = counter("litellm_deployment_cooled_down", "Cooldowns", [
      ...deploymentLabels,
      "exception_status",
    ]);
    this.#goodFallbacks = counter(
      "litellm_deployment_successful_fallbacks",
      "Requests that a fallback answered",
      fallbackLabels,
    );
    this.#badFallbacks = counter(
      "litellm_deployment_failed_fallbacks",
      "Requests that no fallback answered",
      fallbackLabels,
    );
    this.#addStates();
  }

  onRequest({ model, status, seconds, route, firstContentMs }: RequestEnd): void {
    const requested = this.#known.has(model) ? model : unknownModel;
    const code = status === 200 ? "200" : String(status);
    this.#requests.inc({ requested_model: requested, status_code: code });
    const last = route?.attempts.at(-1);
    if (status !== 200) this.#failedRequests.inc({ requested_model: requested, exception_status: code });
    if (last === undefined) return;
    if (last.group !== route?.primary) {
      const fallbacks = status === 200 ? this.#goodFallbacks : this.#badFallbacks;
      fallbacks.inc({ requested_model: requested, fallback_model: last.group });
    }
    if (status !== 200) return;
    const name = this.#modelOf(last);
    this.#totalLatency.observe({ requested_model: requested, model: name }, seconds);
    if (firstContentMs !== undefined) this.#firstToken.observe({ model: name }, firstContentMs / 1_000);
  }

  readonly onAttempt = (attempt: AttemptRecord): void => {
    const labels = this.#labels.get(attempt.deployment);
    if (labels === undefined) return;
    const model = { model: labels.litellm_model_name };
    const { usage, costUsd } = attempt;
    if (usage?.inputTokens) this.#inputTokens.inc(model, usage.inputTokens);
    if (usage?.outputTokens) this.#outputTokens.inc(model, usage.outputTokens);
    if (costUsd) this.#spend.inc(model, costUsd);
    if (attempt.kind === "ok") {
      this.#successes.inc(labels);
      this.#apiLatency.observe(model, attempt.ms / 1_000);
    } else if (attempt.kind !== "cancelled") {
      this.#failures.inc({
        ...labels,
        exception_status: String(attempt.status ?? ""),
        exception_class: attempt.kind,
      });
    }
  };

  readonly onCooldown = ({ deployment, failure }: CooldownNotice): void => {
    const labels = this.#labels.get(deployment);
    if (labels !== undefined)
      this.#cooldowns.inc({ ...labels, exception_status: String(failure.status ?? "") });
  };

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** As Prometheus reads it. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  #modelOf({ deployment, model }: AttemptRecord): string {
    return this.#labels.get(deployment)?.litellm_model_name ?? model;
  }

  #addStates(): void {
    const [routers, labels] = [this.#routers, this.#labels];
    // Asked for when somebody looks, so that a cooldown that has ended shows as ended.
    const states = new Gauge({
      name: "litellm_deployment_state",
      help: "0 well, 1 being tried again, 2 cooling down",
      labelNames: [...deploymentLabels],
      registers: [],
      collect() {
        for (const { deployment, phase } of routers.flatMap((router) => router.status())) {
          const state = phase === "well" ? 0 : phase === "cooling" ? 2 : 1;
          this.set(labels.get(deployment.id) ?? labelsOf(deployment), state);
        }
      },
    });
    this.#registry.registerMetric(states);
  }
}

const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300];
/** Names come from requests: each of its own would be a series of its own. */
const unknownModel = "(unknown)";
const deploymentLabels = ["litellm_model_name", "model_id", "api_base", "api_provider"] as const;
const fallbackLabels = ["requested_model", "fallback_model"];

type DeploymentLabels = Readonly<Record<(typeof deploymentLabels)[number], string>>;

/** An address may carry a password: only its origin is shown. */
function labelsOf({ id, label, model, baseUrl }: Deployment): DeploymentLabels {
  const origin = URL.canParse(baseUrl) ? new URL(baseUrl).origin : "";
  return { litellm_model_name: `${label}/${model}`, model_id: id, api_base: origin, api_provider: label };
}
