import type { OpenAI } from "openai";
import { bodyOf, field, messageIn, providerErrorIn, ProviderError, statusIn } from "./provider-error.ts";

type Completion = OpenAI.Chat.Completions.ChatCompletion;
type Chunk = OpenAI.Chat.Completions.ChatCompletionChunk;

export interface AnswerContext {
  readonly deployment: string;
  readonly signal: AbortSignal | undefined;
}

/** A whole answer, given back when it says something. Throws ProviderError `malformed`, `blocked` or `empty`. */
export function checkedCompletion(answer: Completion, { deployment }: AnswerContext): Completion {
  const choices: unknown = field(answer, "choices");
  const choice: unknown = Array.isArray(choices) ? choices[0] : undefined;
  const message = field(choice, "message");
  if (typeof message !== "object" || message === null) {
    throw new ProviderError("malformed", `${deployment} answered without a message.`, { body: answer });
  }
  const reason = field(choice, "finish_reason");
  assertAllowed(deployment, reason, answer);
  if (hasContent(message)) return answer;
  const finishReason = typeof reason === "string" ? reason : undefined;
  throw empty(deployment, finishReason, answer);
}

/**
 * The chunks of a stream, errors as ProviderError. A first text that begins like an error of LocalAI's backend
 * (`rpc error:`) is held until the next chunk shows what it is.
 */
export async function* checkedCompletionStream(
  chunks: AsyncIterable<Chunk>,
  context: AnswerContext,
): AsyncGenerator<Chunk> {
  const { deployment, signal } = context;
  const held: Chunk[] = [];
  let finishReason: string | undefined;
  let text = "";
  let seen = { events: false, content: false };
  try {
    for await (const chunk of chunks) {
      const choice = chunk.choices?.[0];
      // Some servers never say the role, and LangChain then makes no AI message of it.
      if (choice?.delta && !choice.delta.role) choice.delta.role = "assistant";
      seen = { events: true, content: seen.content || hasContent(choice?.delta) };
      if (choice?.finish_reason) finishReason = choice.finish_reason;
      assertAllowed(deployment, choice?.finish_reason, chunk);
      text += choice?.delta?.content ?? "";
      held.push(chunk);
      if (held.length <= maxHeldChunks && finishReason === undefined && maybeRpcError(text)) continue;
      yield* held.splice(0);
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw providerErrorIn(error) ?? streamError(deployment, error);
  }
  signal?.throwIfAborted();
  if (!seen.events) throw new ProviderError("malformed", `${deployment} streamed nothing.`);
  if (finishReason === undefined) {
    throw new ProviderError("cut", `${deployment} ended its stream without a finish reason.`);
  }
  yield* held;
  if (!seen.content) throw empty(deployment, finishReason);
}

const maxHeldChunks = 200;
const rpcError = "rpc error:";

function maybeRpcError(text: string): boolean {
  const start = text.trimStart();
  return start === "" ? text !== "" : rpcError.startsWith(start) || start.startsWith(rpcError);
}

function assertAllowed(deployment: string, reason: unknown, body: unknown): void {
  if (reason !== "content_filter") return;
  const facts = { body, finishReason: "content_filter" };
  throw new ProviderError("blocked", `${deployment} stopped for its content filter.`, facts);
}

function empty(deployment: string, finishReason: string | undefined, body?: unknown): ProviderError {
  const message = `${deployment} gave an empty answer (${finishReason ?? "no finish reason"}).`;
  return new ProviderError("empty", message, { body, ...(finishReason !== undefined && { finishReason }) });
}

/** Text, a tool call, a refusal, reasoning or audio: anything a caller may have asked for. */
function hasContent(message: unknown): boolean {
  const calls = field(message, "tool_calls");
  if (Array.isArray(calls) && calls.length > 0) return true;
  const parts = ["content", "refusal", "function_call", "audio"];
  return parts.some((name) => {
    const value = field(message, name);
    return value !== undefined && value !== null && value !== "";
  });
}

/** What the SDK throws while it reads events: an error event, or one that is no JSON. */
function streamError(deployment: string, error: unknown): ProviderError {
  const event = field(error, "error");
  if (event !== undefined) {
    const body = { error: event };
    const status = statusIn(body);
    const facts = { body, cause: error, ...(status !== undefined && { status }) };
    return new ProviderError("stream_error", `${deployment} failed: ${messageIn(body) ?? "no text"}`, facts);
  }
  const sentence = error instanceof Error ? error.message : String(error);
  const facts = { body: bodyOf(sentence), cause: error };
  return new ProviderError("malformed", `${deployment} streamed something that cannot be read.`, facts);
}
