import type { ConnectionOptions } from "./connection.ts";
import { finishKind, isContent } from "./gemini-finish.ts";
import { modelPath } from "./gemini-generation.ts";
import { bodyOf, field, messageIn, ProviderError, statusIn } from "./provider-error.ts";
import { serverSentEvents } from "./sse.ts";
import { askUpstream, type UpstreamAnswer } from "./upstream.ts";

/** Google's own address of the Gemini API. */
export const geminiBaseUrl = "https://generativelanguage.googleapis.com";

export interface GeminiEndpoint {
  readonly deployment: string;
  readonly model: string;
  readonly apiKey: string;
  /** With or without `/v1beta`; default Google's own address. */
  readonly baseUrl?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly connection?: ConnectionOptions | undefined;
}

/** What is read of an answer or stream event; the rest is passed on untouched. */
export interface GeminiAnswer {
  candidates?: GeminiCandidate[];
  promptFeedback?: { blockReason?: string; blockReasonMessage?: string };
  usageMetadata?: GeminiUsage;
  modelVersion?: string;
  responseId?: string;
}

export interface GeminiCandidate {
  index?: number;
  content?: { role?: string; parts?: Record<string, unknown>[] };
  finishReason?: string;
  finishMessage?: string;
}

export interface GeminiUsage {
  promptTokenCount?: number;
  candidatesTokenCount?: number;
  thoughtsTokenCount?: number;
  totalTokenCount?: number;
}

/** The address of one method of a model, whatever the base URL ends with. */
export function geminiUrl(endpoint: Pick<GeminiEndpoint, "baseUrl" | "model">, method: string): string {
  const base = (endpoint.baseUrl ?? geminiBaseUrl).replace(/\/+$/, "").replace(/\/openai$/, "");
  const versioned = /\/v\d+(alpha|beta)?\d*$/.test(base) ? base : `${base}/v1beta`;
  return `${versioned}/${modelPath(endpoint.model)}:${method}`;
}

/** One answer, read whole and checked. Throws ProviderError, or the signal's reason when aborted. */
export async function generateContent(
  endpoint: GeminiEndpoint,
  request: unknown,
  signal?: AbortSignal,
): Promise<GeminiAnswer> {
  const answer = await ask(endpoint, geminiUrl(endpoint, "generateContent"), request, signal);
  const text = await answer.text();
  const events = parsed(endpoint, answer, text);
  const event = events[0];
  const check = new AnswerCheck(endpoint, answer.headers);
  const regular = check.accept(event);
  check.finish("whole");
  return regular;
}

/** The events of a streamed answer, each checked before it is given; a stream that just ends throws `cut`. */
export async function* streamGenerateContent(
  endpoint: GeminiEndpoint,
  request: unknown,
  signal?: AbortSignal,
): AsyncGenerator<GeminiAnswer> {
  const url = `${geminiUrl(endpoint, "streamGenerateContent")}?alt=sse`;
  const answer = await ask(endpoint, url, request, signal);
  const check = new AnswerCheck(endpoint, answer.headers);
  for await (const event of eventsOf(endpoint, answer)) yield check.accept(event);
  check.finish("streamed");
}

function ask(
  endpoint: GeminiEndpoint,
  url: string,
  request: unknown,
  signal: AbortSignal | undefined,
): Promise<UpstreamAnswer> {
  return askUpstream({
    deployment: endpoint.deployment,
    method: "POST",
    url,
    headers: {
      ...endpoint.headers,
      "content-type": "application/json",
      "x-goog-api-key": endpoint.apiKey,
    },
    body: JSON.stringify(request),
    signal,
    connection: endpoint.connection,
  });
}

async function* eventsOf(endpoint: GeminiEndpoint, answer: UpstreamAnswer): AsyncGenerator<unknown> {
  if (/json|html/i.test(answer.headers["content-type"] ?? "")) {
    // A server that does not know `alt=sse` answers a JSON array; anything else is read as an error.
    yield* parsed(endpoint, answer, await answer.text());
    return;
  }
  for await (const { data } of serverSentEvents(answer.chunks())) {
    if (data === "[DONE]") return;
    try {
      yield JSON.parse(data) as unknown;
    } catch (error) {
      throw malformed(endpoint, answer, data, error);
    }
  }
}

/** The objects of a JSON body, which may be one object or an array of them. */
function parsed(endpoint: GeminiEndpoint, answer: UpstreamAnswer, text: string): unknown[] {
  try {
    const body = JSON.parse(text) as unknown;
    return Array.isArray(body) ? body : [body];
  } catch (error) {
    throw malformed(endpoint, answer, text, error);
  }
}

function malformed(
  endpoint: GeminiEndpoint,
  answer: UpstreamAnswer,
  text: string,
  cause: unknown,
): ProviderError {
  const what = text.trim() === "" ? "an empty body" : "something that is no JSON";
  const facts = { headers: answer.headers, body: bodyOf(text), cause };
  return new ProviderError("malformed", `${endpoint.deployment} answered ${what}.`, facts);
}

/** Follows one answer event by event: what no event alone shows is whether it ended and whether it said anything. */
class AnswerCheck {
  readonly endpoint: GeminiEndpoint;
  readonly headers: Readonly<Record<string, string>>;
  private finishReason: string | undefined;
  private usage: GeminiUsage = {};
  private hasContent = false;
  private hasEvents = false;

  constructor(endpoint: GeminiEndpoint, headers: Readonly<Record<string, string>>) {
    this.endpoint = endpoint;
    this.headers = headers;
  }

  /** Throws for an event that is an error, a block or a bad end; gives it back in a regular shape. */
  accept(event: unknown): GeminiAnswer {
    if (typeof event !== "object" || event === null || Array.isArray(event)) {
      throw this.error("malformed", "answered something that is no object", event);
    }
    if (field(event, "error") !== undefined) {
      throw this.error("stream_error", `failed: ${messageIn(event) ?? "no text"}`, event, statusIn(event));
    }
    const answer = event as GeminiAnswer;
    const candidate = Array.isArray(answer.candidates) ? answer.candidates[0] : undefined;
    const { blockReason, blockReasonMessage } = answer.promptFeedback ?? {};
    if (blockReason && candidate === undefined) {
      throw this.error("blocked", `blocked the prompt: ${blockReasonMessage ?? blockReason}`, event);
    }
    this.hasEvents = true;
    if (candidate?.finishReason) this.end(candidate, event);
    if (candidate?.content?.parts?.some(isContent)) this.hasContent = true;
    return this.regular(answer, candidate);
  }

  /** Throws when the answer did not end, or ended without saying anything. */
  finish(how: "whole" | "streamed"): void {
    if (how === "streamed" && this.finishReason === undefined) {
      throw this.error(
        this.hasEvents ? "cut" : "malformed",
        this.hasEvents ? "ended its stream without a finish reason" : "streamed nothing",
      );
    }
    if (!this.hasContent) {
      throw this.error("empty", `gave an empty answer (${this.finishReason ?? "no candidate"})`);
    }
  }

  private end(candidate: GeminiCandidate, event: unknown): void {
    const { finishReason = "", finishMessage } = candidate;
    this.finishReason = finishReason;
    const kind = finishKind(finishReason);
    if (kind === "complete") return;
    const sentence = `${finishReason}${finishMessage ? `: ${finishMessage}` : ""}`;
    if (kind === "refused") throw this.error("blocked", `stopped for ${sentence}`, event);
    throw this.error("unusable", `gave no usable answer: ${sentence}`, event);
  }

  /** Every event with a candidate, its content and the running usage: LangChain drops or doubles them otherwise. */
  private regular(answer: GeminiAnswer, candidate: GeminiCandidate = {}): GeminiAnswer {
    this.usage = { ...this.usage, ...answer.usageMetadata };
    const { thoughtsTokenCount = 0, candidatesTokenCount = 0, totalTokenCount } = this.usage;
    if (totalTokenCount !== undefined) {
      // Thoughts are paid as output.
      answer.usageMetadata = {
        ...this.usage,
        candidatesTokenCount: candidatesTokenCount + thoughtsTokenCount,
      };
    }
    candidate.content = { role: "model", ...candidate.content, parts: candidate.content?.parts ?? [] };
    answer.candidates = [candidate];
    return answer;
  }

  private error(
    reason: "malformed" | "stream_error" | "blocked" | "unusable" | "cut" | "empty",
    sentence: string,
    body?: unknown,
    status?: number,
  ): ProviderError {
    const blockReason = field(field(body, "promptFeedback"), "blockReason");
    return new ProviderError(reason, `${this.endpoint.deployment} ${sentence}.`, {
      headers: this.headers,
      body,
      ...(status !== undefined && { status }),
      ...(this.finishReason !== undefined && { finishReason: this.finishReason }),
      ...(typeof blockReason === "string" && { blockReason }),
    });
  }
}
