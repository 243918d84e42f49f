import { callIdsFor, extraContent, finishReasonOf, logprobsIn, saidIn } from "./gemini-translator-said.ts";
import { candidatesIn } from "./gemini-translator-trouble.ts";
import { completionUsage } from "./gemini-translator-usage.ts";
import { field } from "./provider-error.ts";
import type { AnswerLabel, ChatCompletion, CompletionMessage } from "./gemini-translator-openai.ts";

/** A whole answer in OpenAI's format. Never throws; whether it is an answer at all, `geminiTrouble` says. */
export function fromGeminiResponse(answer: unknown, label: AnswerLabel): ChatCompletion {
  const candidates = candidatesIn(answer);
  const version = field(answer, "modelVersion");
  return {
    id: label.id,
    object: "chat.completion",
    created: label.createdSeconds,
    model: typeof version === "string" && version !== "" ? version : label.model,
    choices:
      candidates.length === 0
        ? [{ index: 0, message: refused, logprobs: null, finish_reason: "content_filter" }]
        : candidates.map((candidate, position) => choiceOf(candidate, position, label)),
    usage: completionUsage(field(answer, "usageMetadata")),
  };
}

/** The events of a stream that came as a list (a server that does not know `alt=sse`), as one whole answer. */
export function joinedEvents(events: readonly unknown[]): unknown {
  if (events.length === 1) return events[0];
  const candidates = new Map<number, Record<string, unknown> & { readonly parts: unknown[] }>();
  const whole: Record<string, unknown> = {};
  for (const event of events) {
    if (field(event, "error") !== undefined) return event;
    Object.assign(whole, event);
    for (const [position, candidate] of candidatesIn(event).entries()) {
      const given = field(candidate, "index");
      const index = typeof given === "number" ? given : position;
      const parts = field(field(candidate, "content"), "parts");
      const before = candidates.get(index)?.parts ?? [];
      const all = before.concat(Array.isArray(parts) ? (parts as unknown[]) : []);
      candidates.set(index, { ...candidates.get(index), ...(candidate as object), parts: all });
    }
  }
  const joined = [...candidates.values()].map(({ parts, ...rest }) => ({ ...rest, content: { parts } }));
  return { ...whole, candidates: joined };
}

const refused: CompletionMessage = { role: "assistant", content: null, refusal: null };

function choiceOf(
  candidate: unknown,
  position: number,
  { id }: AnswerLabel,
): ChatCompletion["choices"][number] {
  const parts = field(field(candidate, "content"), "parts");
  const { text, thoughts, calls, images, signature } = saidIn(parts, callIdsFor(id, position));
  return {
    index: position,
    message: {
      role: "assistant",
      content: text === "" && (calls.length > 0 || images.length > 0) ? null : text,
      refusal: null,
      ...(thoughts !== "" && { reasoning_content: thoughts }),
      ...(calls.length > 0 && { tool_calls: calls }),
      ...(images.length > 0 && { images }),
      ...(signature !== undefined && { extra_content: extraContent(signature) }),
    },
    logprobs: logprobsIn(candidate) ?? null,
    finish_reason: finishReasonOf(field(candidate, "finishReason"), calls.length > 0),
  };
}
