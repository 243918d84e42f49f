import { field } from "./provider-error.ts";
import type { CompletionUsage } from "./gemini-translator-openai.ts";

/** Gemini's usage in OpenAI's words: thoughts are paid as output, and a tool's own prompt as input. */
export function completionUsage(usage: unknown): CompletionUsage {
  const count = (name: string): number => {
    const value = field(usage, name);
    return typeof value === "number" && Number.isFinite(value) ? value : 0;
  };
  const thoughts = count("thoughtsTokenCount");
  const cached = count("cachedContentTokenCount");
  const prompt = count("promptTokenCount") + count("toolUsePromptTokenCount");
  const completion = count("candidatesTokenCount") + thoughts;
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    ...(cached > 0 && { prompt_tokens_details: { cached_tokens: cached } }),
    ...(thoughts > 0 && { completion_tokens_details: { reasoning_tokens: thoughts } }),
  };
}
