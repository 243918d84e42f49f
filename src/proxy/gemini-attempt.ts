import { randomUUID } from "node:crypto";
import {
  fromGeminiEmbeddingResponse,
  fromGeminiResponse,
  geminiTrouble,
  joinedEvents,
  toGeminiEmbeddingRequest,
  toGeminiRequest,
} from "../providers/gemini-translator.ts";
import {
  signalsOfStreamError,
  type AttemptBudget,
  type AttemptOutcome,
  type Deployment,
  type Usage,
} from "../routing/core.ts";
import type { ProxyAnswer, ProxyCall } from "./call.ts";
import { GeminiStream } from "./gemini-stream.ts";
import { isObject } from "./json-object.ts";
import type { Targets } from "./target.ts";
import { requestFields, sentModel } from "./upstream-body.ts";
import { UpstreamCall, type Reading } from "./upstream-call.ts";
import { reportedUsage } from "./usage.ts";
import { parsedJson, readAnswer } from "./whole-answer.ts";

/** One call of a Gemini deployment, in its own language both ways. */
export async function geminiAttempt(
  targets: Targets,
  deployment: Deployment,
  call: ProxyCall,
  signal: AbortSignal,
  budget: AttemptBudget,
): Promise<AttemptOutcome<ProxyAnswer>> {
  const model = sentModel(deployment, budget.model);
  const fields = requestFields(call, deployment, budget);
  if (call.endpoint === "embeddings")
    return embed(targets, deployment, { call, fields, model }, signal, budget);
  const request = toGeminiRequest(fields, model);
  const unsendable = request.unsendable ?? unsupported(request.unsupported, call);
  if (unsendable !== undefined) return notSendable(unsendable);
  const method = call.isStream ? "streamGenerateContent?alt=sse" : "generateContent";
  const target = targets.of(deployment, { kind: "gemini", model, method }, budget.localOnly);
  const upstream = new UpstreamCall(call, reading(model));
  upstream.send(target, JSON.stringify(request.body), budget, signal);
  return upstream.outcome;
}

function reading(model: string): Reading {
  const label = { id: `chatcmpl-${randomUUID()}`, model, createdSeconds: Math.floor(Date.now() / 1_000) };
  return {
    whole(bytes, headers, call) {
      const text = bytes.toString();
      const parsed = parsedJson(text);
      // A server that does not know `alt=sse` answers a list.
      const answer: unknown = Array.isArray(parsed) ? joinedEvents(parsed) : parsed;
      if (answer === undefined || (isObject(answer) && answer["error"] !== undefined)) {
        return readAnswer(answer, headers, text, call) as ReturnType<Reading["whole"]>;
      }
      const translated = fromGeminiResponse(answer, label);
      const usage = reportedUsage(translated.usage);
      const trouble = geminiTrouble(answer);
      if (trouble !== undefined)
        return { kind: "bad", signals: { status: 200, body: answer, ...trouble }, usage };
      const read = readAnswer(translated, headers, text, call);
      return read.kind === "bad" ? read : { ...read, bytes: JSON.stringify(translated) };
    },
    stream: (call) => new GeminiStream({ ...label, includeUsage: call.wantsUsage }),
  };
}

interface EmbeddingCall {
  readonly call: ProxyCall;
  readonly fields: Record<string, unknown>;
  readonly model: string;
}

/** Gemini takes a hundred texts at a time: more are asked in order, as one attempt. */
async function embed(
  targets: Targets,
  deployment: Deployment,
  { call, fields, model }: EmbeddingCall,
  signal: AbortSignal,
  budget: AttemptBudget,
): Promise<AttemptOutcome<ProxyAnswer>> {
  const request = toGeminiEmbeddingRequest(fields, model);
  const unsendable = request.unsendable ?? unsupported(request.unsupported, call);
  if (unsendable !== undefined) return notSendable(unsendable);
  const place = { kind: "gemini", model, method: "batchEmbedContents" } as const;
  const target = targets.of(deployment, place, budget.localOnly);
  const answers: unknown[] = [];
  let upstreamMs = 0;
  for (const body of request.bodies) {
    const upstream = new UpstreamCall(call, anyJson);
    upstream.send(target, JSON.stringify(body), budget, signal);
    const outcome = await upstream.outcome;
    if (outcome.kind !== "answered" || outcome.answer.kind !== "whole") return outcome;
    answers.push(JSON.parse(outcome.answer.bytes.toString()));
    upstreamMs += outcome.answer.upstreamMs;
  }
  const inputTokens = Math.ceil(JSON.stringify(fields["input"]).length / 4);
  const list = fromGeminiEmbeddingResponse(answers, fields, { model, inputTokens });
  if (list === undefined) {
    const text = "It holds no vector for some of the texts.";
    return { kind: "failed", signals: { status: 200, problem: "malformed_json", text } };
  }
  const isCounted = answers.some((answer) => isObject(answer) && isObject(answer["usageMetadata"]));
  const usage: Usage = {
    inputTokens: list.usage.prompt_tokens,
    outputTokens: 0,
    ...(!isCounted && { estimated: true }),
  };
  return {
    kind: "answered",
    answer: { kind: "whole", bytes: JSON.stringify(list), upstreamMs },
    usage,
    model,
  };
}

const anyJson: Reading = {
  whole(bytes) {
    const text = bytes.toString();
    const answer = parsedJson(text);
    if (isObject(answer) && answer["error"] === undefined) {
      return { kind: "good", bytes, usage: undefined, outputText: "", model: undefined };
    }
    const signals = isObject(answer)
      ? signalsOfStreamError(answer)
      : { status: 200, problem: "malformed_json" as const, text };
    return { kind: "bad", signals, usage: undefined };
  },
  stream: () => new GeminiStream({ id: "", model: "", createdSeconds: 0 }),
};

/** LiteLLM's rule: what a provider does not have is refused, unless it may be dropped. */
function unsupported(names: readonly string[], { dropsParameters }: ProxyCall): string | undefined {
  if (names.length === 0 || dropsParameters) return undefined;
  return `Gemini has no ${names.join(", ")}: leave it out, or set drop_params to have it dropped.`;
}

function notSendable(sentence: string): AttemptOutcome<never> {
  const body = { error: { message: sentence } };
  return { kind: "failed", signals: { status: 400, problem: "not_sendable", body } };
}
