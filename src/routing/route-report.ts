import {
  AIMessageChunk,
  type AIMessage,
  type BaseMessage,
  type UsageMetadata,
} from "@langchain/core/messages";
import { ChatGenerationChunk, type ChatGeneration } from "@langchain/core/outputs";
import { field, textField } from "./field.ts";
import type { RouteState } from "./route-state.ts";

/** Writes into an answer how it was come by, who gave it and, when the provider has not counted, an estimate. */
export function withRoute(message: BaseMessage, route: RouteState): void {
  message.response_metadata = { ...message.response_metadata, ...reportOf(message, route) };
  const usage = missingUsage(message, route);
  if (usage !== undefined) Object.assign(message, { usage_metadata: usage });
}

/** The same as a stream's last chunk, which says nothing else. */
export function routeChunk(whole: ChatGenerationChunk | undefined, route: RouteState): ChatGenerationChunk {
  const said = whole?.message;
  const usage = missingUsage(said, route);
  const message = new AIMessageChunk({
    content: "",
    response_metadata: reportOf(said, route, whole?.generationInfo),
    // Of one message: without an id LangChain would give it another.
    ...(said?.id !== undefined && { id: said.id }),
  });
  if (usage !== undefined) Object.assign(message, { usage_metadata: usage });
  return new ChatGenerationChunk({ text: "", message });
}

/** Only what the message does not say itself: merging chunks joins the strings of both. */
function reportOf(
  message: BaseMessage | undefined,
  route: RouteState,
  info?: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const model = route.attempts.at(-1)?.model;
  const said = { ...info, ...message?.response_metadata };
  const name = textField(said, "model_name") ?? textField(said, "model") ?? model;
  return {
    ...(textField(said, "model") === undefined && { model: name }),
    ...(textField(said, "model_name") === undefined && { model_name: name }),
    ...(missingUsage(message, route) !== undefined && { usage_estimated: true }),
    route: route.attempts,
  };
}

function missingUsage(message: BaseMessage | undefined, route: RouteState): UsageMetadata | undefined {
  const said = field(message, "usage_metadata");
  const usage = route.attempts.at(-1)?.usage;
  // Servers that do not count report zeros, and LangChain's OpenAI model then details of nothing.
  const isCounted = Boolean(field(said, "input_tokens")) || Boolean(field(said, "output_tokens"));
  if (isCounted || usage === undefined) return undefined;
  const { inputTokens = 0, outputTokens = 0 } = usage;
  return { input_tokens: inputTokens, output_tokens: outputTokens, total_tokens: inputTokens + outputTokens };
}

/** A whole answer as the only chunk of a stream. */
export function asChunk({ message, text, generationInfo }: ChatGeneration): ChatGenerationChunk {
  const { content, id, name, additional_kwargs, response_metadata } = message;
  const { tool_calls = [], usage_metadata } = message as AIMessage;
  const chunk = AIMessageChunk.isInstance(message)
    ? message
    : new AIMessageChunk({
        content,
        additional_kwargs,
        response_metadata,
        // As pieces, or the merging of chunks would lose them.
        tool_call_chunks: tool_calls.map((call, index) => ({
          type: "tool_call_chunk",
          name: call.name,
          args: JSON.stringify(call.args),
          index,
          ...(call.id !== undefined && { id: call.id }),
        })),
        ...(id !== undefined && { id }),
        ...(name !== undefined && { name }),
        ...(usage_metadata !== undefined && { usage_metadata }),
      });
  return new ChatGenerationChunk({
    text,
    message: chunk,
    ...(generationInfo !== undefined && { generationInfo }),
  });
}
