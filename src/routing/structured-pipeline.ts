import type {
  BaseLanguageModelInput,
  StructuredOutputMethodOptions,
} from "@langchain/core/language_models/base";
import { assembleStructuredOutputPipeline } from "@langchain/core/language_models/structured_output";
import type { AIMessageChunk, BaseMessage } from "@langchain/core/messages";
import { RunnableLambda, type Runnable } from "@langchain/core/runnables";
import type { ChatAnswer, ChatCall } from "./chat-call.ts";
import type { RoutedChatModelCallOptions } from "./routed-chat-model.ts";
import type { RoutingError } from "./routing-error.ts";
import { StructuredRequest, type OutputSchema } from "./structured-request.ts";
import type { Walked } from "./walk.ts";

/** A routed model, as far as structured output needs one. */
interface Bindable {
  withConfig(
    options: Partial<RoutedChatModelCallOptions>,
  ): Runnable<BaseLanguageModelInput, AIMessageChunk, RoutedChatModelCallOptions>;
}

/**
 * The model bound to a schema, and the value that the attempt has read. Reading belongs to the attempt: an answer
 * that does not fit is a failure, mended or sent elsewhere before the caller sees it.
 */
export function structuredPipeline(
  model: Bindable,
  schema: OutputSchema,
  options: StructuredOutputMethodOptions<boolean>,
): Runnable<BaseLanguageModelInput> {
  const structured = new StructuredRequest(schema, options);
  const bound = model.withConfig({
    structured,
    ls_structured_output_format: {
      // LangChain's word where the caller names no method; what each provider is really sent is its own best one.
      kwargs: { method: options.method ?? "functionCalling" },
      schema: structured.jsonSchema,
    },
  });
  const reader = RunnableLambda.from((message: BaseMessage) => valueOf(message));
  const { includeRaw } = structured;
  // LangChain types the pipeline for models that stream their own class of chunks.
  return assembleStructuredOutputPipeline<Record<string, unknown>>(
    bound as unknown as Parameters<typeof assembleStructuredOutputPipeline>[0],
    reader as unknown as RunnableLambda<BaseMessage, Record<string, unknown>>,
    includeRaw,
    includeRaw ? "StructuredOutputRunnable" : "StructuredOutput",
  ) as unknown as Runnable<BaseLanguageModelInput>;
}

function valueOf({ additional_kwargs }: BaseMessage): unknown {
  if ("parsed" in additional_kwargs) return additional_kwargs["parsed"];
  throw new TypeError("The answer does not fit its schema.");
}

/** For a caller who wants the message too: the answer that nobody could mend, when that is all that went wrong. */
export function unfitAnswer(call: ChatCall, { route }: RoutingError): Walked<ChatAnswer> | undefined {
  const { unfit, structured } = call;
  if (unfit === undefined || structured?.includeRaw !== true || route === undefined) return undefined;
  if (route.attempts.at(-1)?.kind !== "unusable_answer") return undefined;
  const generation = { text: unfit.text, message: unfit };
  const answer: ChatAnswer = { kind: "whole", generation, llmOutput: undefined };
  return { answer, route, ended: Promise.resolve(route) };
}
