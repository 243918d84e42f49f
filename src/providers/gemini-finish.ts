/** What a `finishReason` of Gemini means for the answer before it. */
export type FinishKind = "complete" | "refused" | "unusable";

const refusals =
  /^(SAFETY|RECITATION|BLOCKLIST|PROHIBITED_CONTENT|SPII|IMAGE_SAFETY|IMAGE_PROHIBITED_CONTENT|IMAGE_RECITATION|MODEL_ARMOR)$/;
const complete = /^(STOP|MAX_TOKENS|FINISH_REASON_STOP)$/;

/** Reads a `finishReason`; one that nobody knows leaves no usable answer. */
export function finishKind(finishReason: string): FinishKind {
  if (complete.test(finishReason)) return "complete";
  return refusals.test(finishReason) ? "refused" : "unusable";
}

/** Whether a part of an answer says something to the caller, rather than being a thought or a bare signature. */
export function isContent(part: Readonly<Record<string, unknown>>): boolean {
  if (typeof part.text === "string") return part.text !== "" && part.thought !== true;
  return Object.keys(part).some((key) => key !== "thought" && key !== "thoughtSignature" && key !== "text");
}
