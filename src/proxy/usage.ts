import type { Usage } from "../routing/core.ts";
import { isObject } from "./json-object.ts";

/** OpenAI's `usage`; servers that do not count report zeros, which are no report. */
export function reportedUsage(usage: unknown): Usage | undefined {
  if (!isObject(usage)) return undefined;
  const { prompt_tokens: inputTokens, completion_tokens: outputTokens = 0 } = usage;
  if (typeof inputTokens !== "number" || inputTokens === 0 || typeof outputTokens !== "number")
    return undefined;
  return { inputTokens, outputTokens };
}
