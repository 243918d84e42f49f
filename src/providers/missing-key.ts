import type { ModelSettings } from "./model-settings.ts";
import { ProviderError } from "./provider-error.ts";

/** Throws ProviderError `no_key` (as a 401) when a provider that needs a key has none: nothing is sent then. */
export function assertKey(settings: ModelSettings): void {
  if (settings.apiKey !== undefined && settings.apiKey !== "") return;
  // `openai/` before a model is also LiteLLM's way to name one's own server, which may need no key.
  const needsKey =
    settings.provider === "gemini" || /(^|\.)openai\.com$/.test(new URL(settings.baseUrl).hostname);
  if (!needsKey) return;
  const variable =
    settings.apiKeyVariable ?? (settings.provider === "gemini" ? "GOOGLE_API_KEY" : "OPENAI_API_KEY");
  const message = `${settings.id} has no API key: set ${variable} in the environment or in .env.`;
  throw new ProviderError("no_key", message, { status: 401 });
}
