import type { Deployment } from "./deployment.ts";
import type { RouteRequest } from "./route-state.ts";

const likelyAnswerTokens = 500;

/** Tokens that a request may use of a deployment's limits: reserved before the call, settled after it. */
export interface Need {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** The caller's limit of the answer, else the deployment's, else a guess; never more than its tpm leaves. */
export function needOf(request: RouteRequest, deployment: Deployment): Need {
  const parameter = deployment.parameters?.["max_tokens"];
  const configured = typeof parameter === "number" ? parameter : deployment.maxOutputTokens;
  const wanted = request.maxOutputTokens ?? configured ?? likelyAnswerTokens;
  const room = deployment.tpm === undefined ? wanted : Math.max(0, deployment.tpm - request.inputTokens);
  return { inputTokens: request.inputTokens, outputTokens: Math.min(wanted, room) };
}
