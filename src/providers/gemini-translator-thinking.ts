import { isBeforeGemini3 } from "./gemini-generation.ts";
import type { ChatCompletionRequest } from "./gemini-translator-openai.ts";
import { field } from "./provider-error.ts";

export interface TranslatedThinking {
  readonly thinkingConfig?: Record<string, unknown>;
  readonly unsupported: readonly string[];
}

/** How long to think: Google's own words win, then a budget in tokens, then OpenAI's `reasoning_effort`. */
export function geminiThinking(body: ChatCompletionRequest, model: string): TranslatedThinking {
  const own = ownConfig(field(field(body.extra_body, "google"), "thinking_config"));
  if (own !== undefined) return { thinkingConfig: own, unsupported: [] };
  const budget = field(body.thinking, "budget_tokens");
  if (typeof budget === "number") {
    return { thinkingConfig: { thinkingBudget: budget, includeThoughts: true }, unsupported: [] };
  }
  const isDisabled = field(body.thinking, "type") === "disabled";
  const effort = body.reasoning_effort ?? (isDisabled ? "none" : undefined);
  if (typeof effort !== "string" || effort === "default") return { unsupported: [] };
  const thinkingConfig = isBeforeGemini3(model) ? budgetFor(effort, model) : levelFor(effort, model);
  // A model that does not think already thinks as little as can be asked.
  if (thinkingConfig === undefined) return { unsupported: isOff(effort) ? [] : ["reasoning_effort"] };
  return { thinkingConfig, unsupported: [] };
}

/** OpenAI's word for not thinking, and LiteLLM's. */
function isOff(effort: string): boolean {
  return effort === "none" || effort === "disable";
}

/** Google's own mapping for Gemini 3: https://ai.google.dev/gemini-api/docs/openai#thinking */
function levelFor(effort: string, model: string): Record<string, unknown> | undefined {
  const isPro = /\bpro\b/.test(model);
  switch (effort) {
    case "none":
    case "disable":
    case "minimal":
      // Thinking cannot be turned off, and the Pro models know no less than low.
      return { thinkingLevel: isPro ? "low" : "minimal" };
    case "medium":
      return { thinkingLevel: /gemini-3-pro\b/.test(model) ? "high" : "medium" };
    case "low":
    case "high":
      return { thinkingLevel: effort };
    case "xhigh":
    case "max":
      return { thinkingLevel: "high" };
    default:
      return undefined;
  }
}

const budgets: Readonly<Record<string, number>> = {
  minimal: 1024,
  low: 1024,
  medium: 8192,
  high: 24_576,
  xhigh: 24_576,
  max: 24_576,
};

/** What Gemini 2.5 Pro thinks at least. */
const leastProBudget = 128;

function budgetFor(effort: string, model: string): Record<string, unknown> | undefined {
  if (!model.includes("gemini-2.5")) return undefined;
  if (isOff(effort)) return { thinkingBudget: /\bpro\b/.test(model) ? leastProBudget : 0 };
  return Object.hasOwn(budgets, effort) ? { thinkingBudget: budgets[effort] } : undefined;
}

function ownConfig(config: unknown): Record<string, unknown> | undefined {
  if (typeof config !== "object" || config === null) return undefined;
  const either = (snake: string, camel: string) => field(config, snake) ?? field(config, camel);
  const budget = either("thinking_budget", "thinkingBudget");
  const level = either("thinking_level", "thinkingLevel");
  const includes = either("include_thoughts", "includeThoughts");
  return {
    ...(budget !== undefined && { thinkingBudget: budget }),
    ...(level !== undefined && { thinkingLevel: level }),
    ...(includes !== undefined && { includeThoughts: includes }),
  };
}
