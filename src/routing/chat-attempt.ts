import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { HumanMessage, type BaseMessage } from "@langchain/core/messages";
import type { ChatGeneration } from "@langchain/core/outputs";
import type { Attempt, AttemptBudget, AttemptOutcome } from "./attempt.ts";
import { boundModel, type BoundModel } from "./bound-model.ts";
import { modelNamed, problemIn, usageOf } from "./chat-answer.ts";
import type { ChatAnswer, ChatCall } from "./chat-call.ts";
import { openChatStream } from "./chat-stream.ts";
import type { Deployment } from "./deployment.ts";
import { listField } from "./field.ts";

/** The chat model of a deployment, under the name and with the guard that this attempt wants. */
export type ModelOf = (
  deployment: Deployment,
  use: Pick<AttemptBudget, "model" | "localOnly">,
) => BaseChatModel | Promise<BaseChatModel>;

/**
 * One call of a deployment's chat model: its own method and not `invoke`, which would start a run beside ours and
 * report every token twice.
 */
export function chatAttempt(modelOf: ModelOf): Attempt<ChatCall, ChatAnswer> {
  return async (deployment, call, signal, budget) => {
    const model = await modelOf(deployment, budget);
    const messages =
      budget.repair === undefined ? call.messages : [...call.messages, repairRequest(budget.repair)];
    const bound = boundModel(model, call);
    if (call.isStream && call.structured === undefined && canStream(bound.model)) {
      return openChatStream(bound, call, messages, signal);
    }
    return askWhole(bound, call, messages, signal);
  };
}

function canStream(model: BaseChatModel): boolean {
  return (
    !model.disableStreaming && model._streamResponseChunks !== BaseChatModel.prototype._streamResponseChunks
  );
}

async function askWhole(
  { model, options, read }: BoundModel,
  call: ChatCall,
  messages: readonly BaseMessage[],
  signal: AbortSignal,
): Promise<AttemptOutcome<ChatAnswer>> {
  const result = await model._generate([...messages], { ...options, signal } as never);
  const [generation] = result.generations;
  if (generation === undefined) return { kind: "failed", signals: { status: 200, problem: "empty_answer" } };
  const { message, generationInfo } = generation;
  const usage = usageOf(message);
  const spent = usage !== undefined && { usage };
  const problem = problemIn(message, { ...result.llmOutput, ...generationInfo });
  if (problem !== undefined) return { kind: "failed", signals: problem, ...spent };
  // Tools of the caller's own may be called first: that is no answer yet.
  if (read !== undefined && !(call.tools?.length && listField(message, "tool_calls").length > 0)) {
    const unfit = await readInto(generation, read, call);
    if (unfit !== undefined) return { ...unfit, ...spent };
  }
  const answeredBy = modelNamed(message);
  return {
    kind: "answered",
    answer: { kind: "whole", generation, llmOutput: result.llmOutput },
    outputText: message.text,
    ...spent,
    ...(answeredBy !== undefined && { model: answeredBy }),
  };
}

/** Keeps the value beside the message, as LangChain's OpenAI model does; else says what is wrong with the answer. */
async function readInto(
  { message }: ChatGeneration,
  read: NonNullable<BoundModel["read"]>,
  call: ChatCall,
): Promise<Extract<AttemptOutcome<never>, { kind: "failed" }> | undefined> {
  try {
    message.additional_kwargs["parsed"] = await read(message);
    return undefined;
  } catch (error) {
    call.unfit = message;
    const text = error instanceof Error ? error.message : String(error);
    // As a success, so that nothing of the answer's own text is taken for an error.
    return { kind: "failed", signals: { status: 200, problem: "schema_mismatch", text }, cause: error };
  }
}

function repairRequest(problem: string): HumanMessage {
  return new HumanMessage(
    `Your last answer could not be used: ${problem} Answer again, mending exactly that.`,
  );
}
