import { signalsOfHttpAnswer, type Attempt, type Signals } from "../routing/core.ts";
import type { ProxyAnswer, ProxyCall, TestHook } from "./call.ts";

/** Lets a request plant a failure in the group it asks for, and in no other: LiteLLM's `mock_testing_…`. */
export function hooked(attempt: Attempt<ProxyCall, ProxyAnswer>): Attempt<ProxyCall, ProxyAnswer> {
  const firstGroups = new WeakMap<ProxyCall, string>();
  return (deployment, call, signal, budget) => {
    const { testHook } = call;
    if (testHook === undefined) return attempt(deployment, call, signal, budget);
    const first = firstGroups.get(call) ?? deployment.group;
    firstGroups.set(call, first);
    if (deployment.group !== first) return attempt(deployment, call, signal, budget);
    return Promise.resolve({ kind: "failed", signals: { ...planted[testHook], simulated: true } });
  };
}

const refusal = (status: number, message: string, code: string) =>
  signalsOfHttpAnswer({ status, body: { error: { message, code } } });

const planted: Readonly<Record<TestHook, Signals>> = {
  fallbacks: refusal(500, "A failure planted by mock_testing_fallbacks.", "internal_error"),
  context_fallbacks: refusal(400, "A prompt too long, planted.", "context_length_exceeded"),
  content_policy_fallbacks: refusal(400, "A refusal, planted.", "content_filter"),
  rate_limit: refusal(429, "A rate limit, planted. Please try again in 1s.", "rate_limit_exceeded"),
};
