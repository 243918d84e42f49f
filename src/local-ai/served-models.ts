import { field } from "../providers/provider-error.ts";
import { askLocalAi, type LocalAiServer } from "./ask-local-ai.ts";
import { LocalAiError } from "./local-ai-error.ts";

/** What a model is for, as far as that decides how it is asked. */
export type ModelUse = "chat" | "embedding" | "other";

/** Names of the models that the server answers for. Throws LocalAiError. */
export async function servedModels(server: LocalAiServer, signal?: AbortSignal): Promise<string[]> {
  const answer = await askLocalAi(server, { path: "/v1/models", signal });
  const list = field(answer, "data");
  if (!Array.isArray(list)) {
    const said = JSON.stringify(answer)?.slice(0, 80) ?? "";
    const place = server.baseUrl;
    throw new LocalAiError("malformed", { server, place, path: "", said });
  }
  return list.map((one: unknown) => field(one, "id")).filter((id) => typeof id === "string");
}

/** Has the server look again at what is installed: a job that failed late leaves files it does not know of. */
export async function reloadModels(server: LocalAiServer, signal?: AbortSignal): Promise<void> {
  await askLocalAi(server, { path: "/models/reload", method: "POST", timeoutMs: 30_000, signal });
}

/** A first load takes minutes on a slow disk. */
const loadTimeoutMs = 600_000;

/** One word of a chat model, or the vector of one; returns when it has come. Throws LocalAiError. */
export async function askOnce(
  server: LocalAiServer,
  model: string,
  use: "chat" | "embedding",
  signal?: AbortSignal,
): Promise<void> {
  const messages = [{ role: "user", content: "Hello" }];
  await askLocalAi(server, {
    path: use === "chat" ? "/v1/chat/completions" : "/v1/embeddings",
    body: use === "chat" ? { model, messages, max_tokens: 1 } : { model, input: "Hello" },
    timeoutMs: loadTimeoutMs,
    signal,
  });
}

/** How much fits into a model, and which server says so. */
export interface ContextSize {
  /** Prompt and answer together. */
  readonly tokens: number;
  /** llama.cpp's own server answers any name as the one model it has. */
  readonly of: "LocalAI" | "llama.cpp";
}

/** What a model's server says of its context; undefined when it says nothing. */
export async function contextSize(
  server: LocalAiServer,
  model: string,
  signal?: AbortSignal,
): Promise<ContextSize | undefined> {
  const path = `/api/models/config-json/${encodeURIComponent(model)}`;
  const [config, props] = await Promise.all([
    orNothing(askLocalAi(server, { path, timeoutMs: 3_000, signal })),
    orNothing(askLocalAi(server, { path: "/props", timeoutMs: 3_000, signal })),
  ]);
  const ofLocalAi = field(config, "context_size");
  if (typeof ofLocalAi === "number" && ofLocalAi > 0) return { tokens: ofLocalAi, of: "LocalAI" };
  const ofLlamaCpp = field(field(props, "default_generation_settings"), "n_ctx");
  return typeof ofLlamaCpp === "number" && ofLlamaCpp > 0
    ? { tokens: ofLlamaCpp, of: "llama.cpp" }
    : undefined;
}

async function orNothing(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof LocalAiError) return undefined;
    throw error;
  }
}

/** Asked for the wrong thing, a model's backend may die: what it is for is read from its gallery's tags and its name. */
export function useOf(name: string, tags: readonly string[] = []): ModelUse {
  const said = tags.map((tag) => tag.toLowerCase());
  if (said.some((tag) => /^embeddings?$/.test(tag)) || /embed|minilm|(?:^|[-_/])bge-/i.test(name))
    return "embedding";
  if (/rerank/i.test(name) || said.some((tag) => tag.startsWith("rerank"))) return "other";
  if (said.length === 0 || said.some((tag) => /^(?:llm|chat|instruct)/.test(tag))) return "chat";
  return said.some((tag) => otherUses.test(tag)) ? "other" : "chat";
}

const otherUses =
  /^(?:tts|text-to-|stt|asr|speech|audio|voice|music|image|video|diffusion|stable-?diffusion|flux|vad|segmentation|detection|ocr)/;
