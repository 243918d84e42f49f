import type { Deployment } from "./deployment.ts";
import type { Failure } from "./failure.ts";

/** What the user can do about a failure that will not pass by itself; undefined when there is nothing. */
export function adviceOf(failure: Failure, deployment: Deployment): string | undefined {
  const { id, model, label, apiKeyVariable } = deployment;
  if (failure.kind === "auth") {
    const variable = apiKeyVariable ?? "the variable with its key";
    return `${id}: the key was refused (${failure.message}). Set ${variable} to a valid one.`;
  }
  if (failure.kind !== "model_not_found") return undefined;
  if (deployment.successorModel !== undefined) {
    return `${id}: ${model} is gone. Its successor is ${deployment.successorModel}: put that into the configuration.`;
  }
  return label === "localai"
    ? `${id}: LocalAI has no model ${model}. Install it with: npm run download-model -- ${model}`
    : `${id}: there is no model ${model} (${failure.message}).`;
}
