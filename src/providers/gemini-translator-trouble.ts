import { finishKind, isContent } from "./gemini-finish.ts";
import { field } from "./provider-error.ts";

/** Why an answer that came as a success is none, in the words error classification reads. */
export interface GeminiTrouble {
  readonly problem: "refused" | "malformed_call" | "empty_answer" | "malformed_json";
  readonly finishReason?: string;
  readonly blockReason?: string;
}

/** What is wrong with a whole answer; undefined when it can be given to whoever asked. */
export function geminiTrouble(answer: unknown): GeminiTrouble | undefined {
  const blocked = blockIn(answer);
  if (blocked !== undefined) return blocked;
  if (typeof answer !== "object" || answer === null || Array.isArray(answer))
    return { problem: "malformed_json" };
  const candidates = candidatesIn(answer);
  const troubles = candidates.map(candidateTrouble);
  // One good candidate among several is an answer.
  if (candidates.length > 0 && troubles.includes(undefined)) return undefined;
  return troubles[0] ?? { problem: "empty_answer" };
}

/** A prompt that was blocked: there is no candidate, and never will be. */
export function blockIn(event: unknown): GeminiTrouble | undefined {
  const blockReason = field(field(event, "promptFeedback"), "blockReason");
  if (typeof blockReason !== "string" || blockReason === "") return undefined;
  return candidatesIn(event).length > 0 ? undefined : { problem: "refused", blockReason };
}

/** What a finish reason says is wrong; undefined for a good one. */
export function finishTrouble(finishReason: string): GeminiTrouble | undefined {
  switch (finishKind(finishReason)) {
    case "complete":
      return undefined;
    case "refused":
      return { problem: "refused", finishReason };
    case "unusable":
      return { problem: /CALL/.test(finishReason) ? "malformed_call" : "empty_answer", finishReason };
  }
}

export function candidatesIn(event: unknown): readonly unknown[] {
  const candidates = field(event, "candidates");
  return Array.isArray(candidates) ? candidates : [];
}

function candidateTrouble(candidate: unknown): GeminiTrouble | undefined {
  const finishReason = field(candidate, "finishReason");
  const finish = typeof finishReason === "string" ? finishReason : undefined;
  const trouble = finish === undefined ? undefined : finishTrouble(finish);
  if (trouble !== undefined) return trouble;
  const parts = field(field(candidate, "content"), "parts");
  const hasContent =
    Array.isArray(parts) &&
    parts.some((part: unknown) => typeof part === "object" && part !== null && isContent(part as never));
  // Cut at the caller's own limit while it was thinking: nothing more was to be had for it.
  if (hasContent || finish === "MAX_TOKENS") return undefined;
  return { problem: "empty_answer", ...(finish !== undefined && { finishReason: finish }) };
}
