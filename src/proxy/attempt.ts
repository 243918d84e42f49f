import type { Attempt, AttemptOutcome } from "../routing/core.ts";
import type { ProxyAnswer, ProxyCall } from "./call.ts";
import { geminiAttempt } from "./gemini-attempt.ts";
import { OpenAIStream } from "./openai-stream.ts";
import type { Targets } from "./target.ts";
import { openaiBody } from "./upstream-body.ts";
import { UpstreamCall, type Reading } from "./upstream-call.ts";
import { parsedJson, readAnswer } from "./whole-answer.ts";

/** One upstream call of a route: exactly one request, answered, streaming or failed. */
export function proxyAttempt(targets: Targets): Attempt<ProxyCall, ProxyAnswer> {
  return (deployment, call, signal, budget): Promise<AttemptOutcome<ProxyAnswer>> => {
    if (deployment.provider === "gemini") return geminiAttempt(targets, deployment, call, signal, budget);
    const path = call.endpoint === "chat" ? "/chat/completions" : "/embeddings";
    const target = targets.of(deployment, { kind: "openai", path }, budget.localOnly);
    const upstream = new UpstreamCall(call, openaiReading);
    upstream.send(target, openaiBody(call, deployment, budget), budget, signal);
    return upstream.outcome;
  };
}

const longestText = 256 * 1024;

const openaiReading: Reading = {
  whole(bytes, headers, call) {
    const text = bytes.toString();
    const read = readAnswer(parsedJson(text), headers, text, call);
    // As text it goes out in one piece with its head; only what is large is worth keeping as bytes.
    return read.kind === "bad" ? read : { ...read, bytes: bytes.length > longestText ? bytes : text };
  },
  stream: (call) => new OpenAIStream(call.wantsUsage),
};
