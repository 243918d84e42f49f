import { UsageError } from "./errors.ts";
import type { Deployment, Signals } from "./routing/index.ts";

export const simulatedFailures = [
  "429",
  "quota",
  "timeout",
  "refused",
  "500",
  "malformed",
  "blocked",
] as const;
export type SimulatedFailure = (typeof simulatedFailures)[number];

/** Failures planted by a user, by deployment id. */
export type Simulation = ReadonlyMap<string, SimulatedFailure>;

type Named = Pick<Deployment, "id" | "group" | "label">;

/**
 * Reads `deployment=failure` words; a deployment may be named by its id, its group or its provider. Throws
 * UsageError for a name or a failure that there is not.
 */
export function readSimulation(words: readonly string[], deployments: readonly Named[]): Simulation {
  const simulation = new Map<string, SimulatedFailure>();
  for (const word of words) {
    const split = word.lastIndexOf("=");
    const name = word.slice(0, Math.max(split, 0));
    const failure = simulatedFailures.find((one) => one === word.slice(split + 1).toLowerCase());
    if (name === "" || failure === undefined) {
      const message = `--simulate ${word}: give it as deployment=failure, the failure being one of ${simulatedFailures.join(", ")}.`;
      throw new UsageError("SIMULATION_UNKNOWN", message);
    }
    const named = namedBy(name, deployments);
    if (named.length === 0) {
      const known = deployments.map(({ id }) => id).join(", ");
      throw new UsageError(
        "SIMULATION_UNKNOWN",
        `--simulate ${word}: there is no deployment ${name}; there are ${known || "none"}.`,
      );
    }
    for (const { id } of named) simulation.set(id, failure);
  }
  return simulation;
}

function namedBy(name: string, deployments: readonly Named[]): readonly Named[] {
  for (const key of ["id", "group", "label"] as const) {
    const found = deployments.filter((deployment) => deployment[key] === name);
    if (found.length > 0) return found;
  }
  return [];
}

/** What the wire would have shown, in the words of the deployment's provider; marked, so that nothing remembers it. */
export function simulatedSignals(failure: SimulatedFailure, { provider, model }: Deployment): Signals {
  const isGemini = provider === "gemini";
  switch (failure) {
    case "429":
      return isGemini
        ? geminiLimit("GenerateRequestsPerMinutePerProjectPerModel-FreeTier", model)
        : openaiLimit;
    case "quota":
      return isGemini ? geminiLimit("GenerateRequestsPerDayPerProjectPerModel-FreeTier", model) : openaiQuota;
    case "timeout":
      return { timer: "attempt", text: "no answer in time", simulated: true };
    case "refused":
      return { code: "ECONNREFUSED", text: "connection refused", simulated: true };
    case "500": {
      const message = "An internal error has occurred.";
      return answered(500, {
        error: isGemini ? { code: 500, message, status: "INTERNAL" } : { message, type: "server_error" },
      });
    }
    case "malformed":
      return { status: 200, text: '{"id": "x", "cho', problem: "malformed_json", simulated: true };
    case "blocked":
      return isGemini
        ? answered(200, { promptFeedback: { blockReason: "SAFETY" } })
        : answered(400, { error: { message: "The response was filtered.", code: "content_filter" } });
  }
}

function answered(status: number, body: unknown, headers: Record<string, string> = {}): Signals {
  return { status, headers, body, simulated: true };
}

/** A delay of a second: long enough to be seen, short enough to be tried out. */
const openaiLimit = answered(
  429,
  {
    error: {
      message: "Rate limit reached. Please try again in 1s.",
      type: "requests",
      code: "rate_limit_exceeded",
    },
  },
  { "retry-after": "1" },
);
const openaiQuota = answered(429, {
  error: {
    message: "You exceeded your current quota.",
    type: "insufficient_quota",
    code: "insufficient_quota",
  },
});

function geminiLimit(quotaId: string, model: string): Signals {
  const message = `You exceeded your current quota. Quota exceeded for metric: generate_content_free_tier_requests, limit: 15, model: ${model}. Please retry in 1s.`;
  const details = [
    { "@type": "type.googleapis.com/google.rpc.QuotaFailure", violations: [{ quotaId, quotaValue: "15" }] },
    { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "1s" },
  ];
  return answered(429, { error: { code: 429, message, status: "RESOURCE_EXHAUSTED", details } });
}
