import type { AIMessage, BaseMessage, UsageMetadata } from "@langchain/core/messages";
import { answerProblem } from "./answer-problem.ts";
import type { Usage } from "./attempt.ts";
import { field, listField, textField } from "./field.ts";
import type { Signals } from "./signals.ts";

/** What LangChain's models say of an answer beside its content. */
type Info = Readonly<Record<string, unknown>> | undefined;

/** Signals of an answer that came as a success and is none; undefined when it is good. */
export function problemIn(message: BaseMessage, info: Info): Signals | undefined {
  const finishReason = finishReasonOf(message, info);
  if (finishReason !== undefined && answerProblem({ finishReason }) !== undefined)
    return { status: 200, finishReason };
  const nameless = listField(message, "tool_calls").filter((call) => textField(call, "name") === undefined);
  const broken = [...listField(message, "invalid_tool_calls"), ...nameless];
  if (broken.length > 0) {
    const why =
      textField(broken[0], "error") ??
      (nameless.length > 0 ? "it names no tool" : "its arguments are no JSON");
    return {
      status: 200,
      problem: "malformed_call",
      text: `The tool call ${textField(broken[0], "name") ?? ""}: ${why}`,
    };
  }
  if (hasContent(message) || /^(?:length|max_tokens)$/i.test(finishReason ?? "")) return undefined;
  return { status: 200, problem: "empty_answer" };
}

/** Text, a tool call, reasoning, a refusal, audio: anything that a caller may have asked for. */
export function hasContent(message: BaseMessage): boolean {
  const { content } = message;
  if (typeof content === "string" ? content !== "" : content.some(saysSomething)) return true;
  const calls = ["tool_calls", "tool_call_chunks", "invalid_tool_calls"];
  if (calls.some((name) => listField(message, name).length > 0)) return true;
  const asides = ["reasoning_content", "reasoning", "refusal", "audio", "function_call", "tool_calls"];
  return asides.some((name) => isFilled(field(message.additional_kwargs, name)));
}

/** A call has begun and nobody has said yet of what: nothing that a caller could use. */
export function isCallWithoutName(message: BaseMessage): boolean {
  const [first] = listField(message, "tool_call_chunks");
  return first !== undefined && textField(first, "name") === undefined;
}

/** A block's kind and place say nothing by themselves. */
function saysSomething(block: unknown): boolean {
  if (typeof block !== "object" || block === null) return isFilled(block);
  const type = textField(block, "type");
  if (type === "text") return textField(block, "text") !== undefined;
  return Object.entries(block).some(
    ([name, value]) => name !== "type" && name !== "index" && isFilled(value),
  );
}

function isFilled(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null && value !== "";
}

/** OpenAI's `finish_reason`, Gemini's `finishReason`, Anthropic's `stop_reason`. */
export function finishReasonOf(message: BaseMessage, info: Info): string | undefined {
  for (const place of [info, message.response_metadata, message.additional_kwargs]) {
    for (const name of ["finish_reason", "finishReason", "stop_reason"]) {
      const reason = textField(place, name);
      if (reason !== undefined) return reason;
    }
  }
  return undefined;
}

/** The tokens that an answer reports; servers that do not count report zeros. */
export function usageOf(message: BaseMessage): Usage | undefined {
  const usage = (message as AIMessage).usage_metadata as UsageMetadata | undefined;
  if (usage === undefined || !usage.input_tokens) return undefined;
  return { inputTokens: usage.input_tokens, outputTokens: usage.output_tokens };
}

/** The model that answered, as it named itself. */
export function modelNamed(message: BaseMessage): string | undefined {
  return textField(message.response_metadata, "model_name") ?? textField(message.response_metadata, "model");
}
