import { assertKey } from "./missing-key.ts";
import { connectionOf, modelParameters, type ModelSettings } from "./model-settings.ts";
import { geminiUrl } from "./gemini-wire.ts";
import { bodyOf, field, ProviderError } from "./provider-error.ts";
import { askUpstream } from "./upstream.ts";

/** The names of the models an endpoint offers: the cheap way to check its key. Errors as the chat models throw them. */
export async function listModels(settings: ModelSettings, signal?: AbortSignal): Promise<string[]> {
  assertKey(settings);
  const isGemini = settings.provider === "gemini";
  const key = settings.apiKey ?? "";
  const answer = await askUpstream({
    deployment: settings.id,
    method: "GET",
    url: isGemini
      ? geminiUrl(settings, "").replace(/\/models\/[^/]*:$/, "/models?pageSize=1000")
      : `${settings.baseUrl.replace(/\/+$/, "")}/models`,
    headers: {
      ...modelParameters(settings).headers,
      ...(isGemini ? { "x-goog-api-key": key } : key && { authorization: `Bearer ${key}` }),
    },
    signal,
    connection: connectionOf(settings),
  });
  const body = bodyOf(await answer.text());
  const list = field(body, isGemini ? "models" : "data");
  if (!Array.isArray(list)) {
    throw new ProviderError("malformed", `${settings.id} did not answer a list of models.`, { body });
  }
  const names = list.map((entry: unknown) => field(entry, isGemini ? "name" : "id"));
  return names.filter((name) => typeof name === "string").map((name) => name.replace(/^models\//, ""));
}
