import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { AIMessageChunk, type AIMessage, type BaseMessage } from "@langchain/core/messages";
import { interopSafeParseAsync, isInteropZodSchema } from "@langchain/core/utils/types";
import type { ChatCall } from "./chat-call.ts";
import { field } from "./field.ts";

/** A model with the options that its own `bindTools` or `withStructuredOutput` made of a call. */
export interface BoundModel {
  readonly model: BaseChatModel;
  readonly options: Readonly<Record<string, unknown>>;
  /** Reads a structured answer; throws when it does not fit its schema. */
  readonly read?: ((message: BaseMessage) => Promise<unknown>) | undefined;
}

/** Binds tools or schema in the model's own way; nothing is sent. */
export function boundModel(model: BaseChatModel, call: ChatCall): BoundModel {
  const { structured, tools, options } = call;
  const withTools =
    tools === undefined || tools.length === 0 ? { model, options } : toolsBound(model, tools, options);
  if (structured === undefined) return withTools;
  const schema = structured.schema as Parameters<BaseChatModel["withStructuredOutput"]>[0];
  const pipeline = sequenceOf(model.withStructuredOutput(schema, structured.options));
  const bound = partsOf(pipeline.first, model);
  return {
    model: bound.model,
    options: { ...withTools.options, ...bound.options },
    read: async (message) => {
      const value = await pipeline.last.invoke(asChunk(message as AIMessage));
      const isChecked = model.withStructuredOutput !== BaseChatModel.prototype.withStructuredOutput;
      return isChecked ? value : checked(structured.schema, value);
    },
  };
}

function toolsBound(
  model: BaseChatModel,
  tools: NonNullable<ChatCall["tools"]>,
  options: ChatCall["options"],
): BoundModel {
  if (model.bindTools === undefined) throw new TypeError(`${model.getName()} cannot be given tools.`);
  const bound = partsOf(model.bindTools([...tools], options), model);
  return { ...bound, options: { ...options, ...bound.options } };
}

/**
 * What a bound model would be called with: a RunnableBinding keeps it in `config`, a clone (LangChain's OpenAI
 * models) in `defaultOptions`, which its `_generate` does not look at.
 */
function partsOf(bound: unknown, model: BaseChatModel): BoundModel {
  const inner = field(bound, "bound");
  if (isChatModel(inner)) {
    return { model: inner, options: { ...optionsIn(bound, "config"), ...optionsIn(bound, "kwargs") } };
  }
  if (inner !== undefined) {
    const deeper = partsOf(inner, model);
    return { model: deeper.model, options: { ...deeper.options, ...optionsIn(bound, "config") } };
  }
  return { model: isChatModel(bound) ? bound : model, options: optionsIn(bound, "defaultOptions") };
}

function optionsIn(value: unknown, name: string): Record<string, unknown> {
  const options = field(value, name);
  return typeof options === "object" && options !== null ? { ...options } : {};
}

function isChatModel(value: unknown): value is BaseChatModel {
  return typeof field(value, "_generate") === "function";
}

interface Pipeline {
  readonly first: unknown;
  readonly last: { invoke(message: BaseMessage): Promise<unknown> };
}

/** LangChain's structured output is a sequence of a bound model and a parser, under a run name. */
function sequenceOf(pipeline: unknown): Pipeline {
  const sequence = field(pipeline, "first") === undefined ? field(pipeline, "bound") : pipeline;
  const last = field(sequence, "last");
  if (typeof field(last, "invoke") !== "function" || field(sequence, "first") === undefined) {
    throw new TypeError("The model's structured output is no sequence of a model and a parser.");
  }
  return { first: field(sequence, "first"), last: last as Pipeline["last"] };
}

/** LangChain's own parser for models of hand-made classes takes chunks only. */
function asChunk(message: AIMessage): AIMessageChunk {
  if (AIMessageChunk.isInstance(message)) return message;
  const { content, additional_kwargs, response_metadata, tool_calls, invalid_tool_calls } = message;
  return new AIMessageChunk({
    content,
    additional_kwargs,
    response_metadata,
    tool_calls: tool_calls ?? [],
    invalid_tool_calls: invalid_tool_calls ?? [],
    ...(message.id !== undefined && { id: message.id }),
  });
}

async function checked(schema: unknown, value: unknown): Promise<unknown> {
  if (!isInteropZodSchema(schema)) return value;
  const result = await interopSafeParseAsync(schema, value);
  if (result.success) return result.data;
  throw new TypeError(
    result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; "),
  );
}
