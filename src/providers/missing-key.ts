import type { ModelSettings } from "./model-settings.ts";
import { ProviderError } from "./provider-error.ts";

/** Throws ProviderError `no_key` (as a 401) when a provider that needs a key has none: nothing is sent then. */
export function assertKey(settings: ModelSettings): void {
  if (settings.apiKey !== undefined && settings.apiKey !== "") return;
  if (settings.label !== "gemini" && settings.label !== "openai") return;
  const variable =
    settings.apiKeyVariable ?? (settings.label === "openai" ? "OPENAI_API_KEY" : "GOOGLE_API_KEY");
  const message = `${settings.id} has no API key: set ${variable} in the environment or in .env.`;
  throw new ProviderError("no_key", message, { status: 401 });
}
