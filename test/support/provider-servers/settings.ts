import type { ModelSettings } from "../../../src/providers/model-settings.ts";

/** A deployment of a provider at a local server. */
export function settingsFor(
  provider: "gemini" | "openai" | "localai",
  url: string,
  more: Partial<ModelSettings> = {},
): ModelSettings {
  return {
    id: `the-${provider}`,
    provider: provider === "gemini" ? "gemini" : "openai-compatible",
    label: provider,
    model: { gemini: "gemini-flash-lite-latest", openai: "gpt-4o-mini", localai: "llama3.2:3b" }[provider],
    baseUrl: provider === "gemini" ? url : `${url}/v1`,
    apiKey: "k",
    ...more,
  };
}
