import { field, listField, textField } from "./field.ts";
import type { AnswerProblem, Signals } from "./signals.ts";

/** What is wrong with an answer that came as a success. */
export interface Problem {
  readonly kind: "content_blocked" | "unusable_answer";
  readonly rule: string;
  readonly message: string;
}

const blockedFinish =
  /^(?:SAFETY|PROHIBITED_CONTENT|BLOCKLIST|SPII|RECITATION|IMAGE_SAFETY|IMAGE_PROHIBITED_CONTENT|IMAGE_RECITATION|MODEL_ARMOR|content_filter)$/;
const brokenFinish =
  /^(?:MALFORMED_FUNCTION_CALL|MALFORMED_RESPONSE|UNEXPECTED_TOOL_CALL|TOO_MANY_TOOL_CALLS|MISSING_THOUGHT_SIGNATURE|LANGUAGE|OTHER|NO_IMAGE|IMAGE_OTHER)$/;

/** Problems of the way to an answer, which are none of the answer's. */
type NothingSaid = "no_key" | "not_sendable" | "stream_cut";

const problems: Readonly<Record<Exclude<AnswerProblem, NothingSaid>, Problem>> = {
  empty_answer: unusable("empty answer", "The answer is empty."),
  malformed_json: unusable("malformed answer", "The answer is not whole JSON."),
  schema_mismatch: unusable("schema", "The answer does not fit its schema."),
  malformed_call: unusable("malformed call", "The model made a malformed tool call."),
  refused: { kind: "content_blocked", rule: "blocked", message: "The provider refused the content." },
};

/** Reads a 2xx answer (or what the caller of it already found): blocked, empty, broken; undefined when good. */
export function answerProblem(signals: Signals): Problem | undefined {
  const { problem } = signals;
  if (signals.blockReason !== undefined) return blocked(`prompt blocked: ${signals.blockReason}`);
  const finish = signals.finishReason;
  if (finish !== undefined && finishProblem(finish) !== undefined) return finishProblem(finish);
  if (problem !== undefined && Object.hasOwn(problems, problem))
    return problems[problem as keyof typeof problems];
  const succeeded = signals.status !== undefined && signals.status >= 200 && signals.status < 300;
  return succeeded ? bodyProblem(signals) : undefined;
}

function bodyProblem(signals: Signals): Problem | undefined {
  const { body } = signals;
  if (typeof body !== "object" || body === null) return problems.malformed_json;
  const blockReason = textField(field(body, "promptFeedback"), "blockReason");
  if (blockReason !== undefined) return blocked(`prompt blocked: ${blockReason}`);
  if (isEmbedding(body)) return undefined;
  const [candidate] = listField(body, "candidates");
  if (candidate !== undefined) return candidateProblem(candidate);
  const [choice] = listField(body, "choices");
  return choice === undefined ? problems.empty_answer : choiceProblem(choice);
}

function isEmbedding(body: object): boolean {
  return listField(body, "data").length > 0 || "embedding" in body || "embeddings" in body;
}

function candidateProblem(candidate: unknown): Problem | undefined {
  const finish = textField(candidate, "finishReason") ?? "STOP";
  const isEmpty = !listField(field(candidate, "content"), "parts").some(hasContent);
  return finishProblem(finish) ?? (isEmpty && finish === "STOP" ? problems.empty_answer : undefined);
}

function hasContent(part: unknown): boolean {
  if (typeof part !== "object" || part === null) return false;
  return Object.entries(part).some(
    ([name, value]) => name !== "thought" && name !== "thoughtSignature" && value !== "",
  );
}

function choiceProblem(choice: unknown): Problem | undefined {
  const finish = textField(choice, "finish_reason") ?? "stop";
  const message = field(choice, "message") ?? field(choice, "delta");
  const isEmpty =
    !["content", "refusal", "function_call", "audio"].some((name) => isFilled(field(message, name))) &&
    listField(message, "tool_calls").length === 0 &&
    textField(choice, "text") === undefined;
  return finishProblem(finish) ?? (isEmpty && finish !== "length" ? problems.empty_answer : undefined);
}

function isFilled(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null && value !== "";
}

function finishProblem(finish: string): Problem | undefined {
  if (blockedFinish.test(finish)) return blocked(`finish reason ${finish}`);
  if (brokenFinish.test(finish))
    return unusable(`finish reason ${finish}`, `The answer ended with ${finish}.`);
  return undefined;
}

function blocked(rule: string): Problem {
  return { kind: "content_blocked", rule, message: `The provider refused the content (${rule}).` };
}

function unusable(rule: string, message: string): Problem {
  return { kind: "unusable_answer", rule, message };
}
