import { builtIn } from "./settings.ts";

export interface KnownProvider {
  readonly provider: "gemini" | "openai-compatible";
  /** Address where none is given; without one an `api_base` is required. */
  readonly baseUrl?: string;
  /** Variables that may hold the address, strongest first. */
  readonly baseUrlVariables?: readonly string[];
  /** Variables that may hold the key, strongest first. */
  readonly keyVariables?: readonly string[];
  /** Servers on one's own machine: an address without a path means `/v1`. */
  readonly addsV1?: boolean;
}

const openaiCompatible = (baseUrl: string, keyVariable: string): KnownProvider => ({
  provider: "openai-compatible",
  baseUrl,
  keyVariables: [keyVariable],
});
const ownServer = (baseUrl?: string): KnownProvider => ({
  provider: "openai-compatible",
  addsV1: true,
  ...(baseUrl !== undefined && { baseUrl }),
});

const gemini: KnownProvider = {
  provider: "gemini",
  baseUrl: builtIn.geminiBaseUrl,
  baseUrlVariables: ["GEMINI_API_BASE"],
  keyVariables: ["GOOGLE_API_KEY", "GEMINI_API_KEY"],
};
const openai: KnownProvider = {
  provider: "openai-compatible",
  baseUrl: builtIn.openaiBaseUrl,
  baseUrlVariables: ["OPENAI_BASE_URL", "OPENAI_API_BASE"],
  keyVariables: ["OPENAI_API_KEY"],
};

/** Prefixes of LiteLLM's model names that can be reached here, and what is known of each. */
export const knownProviders: Readonly<Record<string, KnownProvider>> = {
  gemini,
  openai,
  localai: {
    ...ownServer(builtIn.localaiBaseUrl),
    baseUrlVariables: ["LOCALAI_BASE_URL"],
    keyVariables: ["LOCALAI_API_KEY"],
  },
  ollama: ownServer("http://localhost:11434/v1"),
  ollama_chat: ownServer("http://localhost:11434/v1"),
  lm_studio: ownServer("http://localhost:1234/v1"),
  llamafile: ownServer("http://localhost:8080/v1"),
  llama_cpp: ownServer("http://localhost:8080/v1"),
  hosted_vllm: ownServer(),
  vllm: ownServer(),
  openai_like: ownServer(),
  custom_openai: ownServer(),
  litellm_proxy: {
    ...ownServer(),
    baseUrlVariables: ["LITELLM_API_BASE"],
    keyVariables: ["LITELLM_API_KEY"],
  },
  groq: openaiCompatible("https://api.groq.com/openai/v1", "GROQ_API_KEY"),
  openrouter: openaiCompatible("https://openrouter.ai/api/v1", "OPENROUTER_API_KEY"),
  mistral: openaiCompatible("https://api.mistral.ai/v1", "MISTRAL_API_KEY"),
  deepseek: openaiCompatible("https://api.deepseek.com/v1", "DEEPSEEK_API_KEY"),
  together_ai: openaiCompatible("https://api.together.xyz/v1", "TOGETHERAI_API_KEY"),
  xai: openaiCompatible("https://api.x.ai/v1", "XAI_API_KEY"),
};

/** A model's name in LiteLLM's form, taken apart. */
export interface ModelName {
  readonly label: string;
  readonly model: string;
}

/** `gemini/x`, `localai/llama3.2:3b`, a bare `gpt-…` or `gemini-…`; undefined when nothing says who answers. */
export function modelName(
  name: string,
  options: { label?: string | undefined; hasBaseUrl: boolean },
): ModelName | undefined {
  const [prefix = "", ...rest] = name.split("/");
  if (options.label !== undefined) {
    return { label: options.label, model: prefix === options.label ? rest.join("/") : name };
  }
  if (rest.length > 0 && Object.hasOwn(knownProviders, prefix))
    return { label: prefix, model: rest.join("/") };
  if (rest.length === 0 && /^(gemini|gemma)-/.test(name) && !options.hasBaseUrl)
    return { label: "gemini", model: name };
  if (rest.length === 0 && /^(gpt|chatgpt|o\d|text-embedding)-?/.test(name))
    return { label: "openai", model: name };
  return options.hasBaseUrl ? { label: "openai_like", model: name } : undefined;
}
