import type { BindToolsInput } from "@langchain/core/language_models/chat_models";
import type { BaseMessage } from "@langchain/core/messages";
import type { ChatGeneration, ChatGenerationChunk } from "@langchain/core/outputs";
import type { StructuredRequest } from "./structured-request.ts";

/** One call of a chat model, as every deployment of a route is asked it in turn. */
export interface ChatCall {
  readonly messages: readonly BaseMessage[];
  /** LangChain call options that go to each model as they are (`stop`, `tool_choice`, …). */
  readonly options: Readonly<Record<string, unknown>>;
  /** Bound by each model in its own way. */
  readonly tools?: readonly BindToolsInput[] | undefined;
  readonly structured?: StructuredRequest | undefined;
  readonly isStream: boolean;
  /** The caller's own signal: when it is aborted, no failure is anybody else's. */
  readonly callerSignal: AbortSignal;
  /** The last answer that did not fit its schema, kept by the attempt. */
  unfit?: BaseMessage;
}

/** An answer that is there, or one that is still coming: its first content has arrived. */
export type ChatAnswer =
  | {
      readonly kind: "whole";
      readonly generation: ChatGeneration;
      readonly llmOutput: Record<string, unknown> | undefined;
    }
  | { readonly kind: "chunks"; readonly chunks: AsyncGenerator<ChatGenerationChunk> };
