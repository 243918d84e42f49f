import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { ModelSettings, ModelUse } from "./model-settings.ts";

/** Makes the chat model of a deployment; its SDK is loaded when the first one is made. Sends nothing. */
export async function createModel(settings: ModelSettings, use: ModelUse = {}): Promise<BaseChatModel> {
  return (await loadProviders([settings]))(settings, use);
}

export type ModelFactory = (settings: ModelSettings, use?: ModelUse) => BaseChatModel;

/** Loads the SDKs these deployments need and gives the maker of their models, which no longer waits. */
export async function loadProviders(
  deployments: readonly Pick<ModelSettings, "provider">[],
): Promise<ModelFactory> {
  const isUsed = (provider: ModelSettings["provider"]) =>
    deployments.some((deployment) => deployment.provider === provider);
  const [gemini, openai] = await Promise.all([
    isUsed("gemini") ? import("./gemini.ts") : undefined,
    isUsed("openai-compatible") ? import("./openai-compatible.ts") : undefined,
  ]);
  return (settings, use = {}) => {
    if (settings.provider === "gemini" && gemini) return new gemini.GeminiChatModel(settings, use);
    if (settings.provider === "openai-compatible" && openai) {
      return new openai.OpenAICompatibleChatModel(settings, use);
    }
    throw new Error(`The provider ${settings.provider} of ${settings.id} has not been loaded.`);
  };
}
