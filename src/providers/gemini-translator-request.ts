import { isBeforeGemini3, modelPath } from "./gemini-generation.ts";
import { geminiContents } from "./gemini-translator-messages.ts";
import { geminiJsonSchema } from "./gemini-translator-schema.ts";
import { geminiThinking } from "./gemini-translator-thinking.ts";
import { geminiTools } from "./gemini-translator-tools.ts";
import type { ChatCompletionRequest } from "./gemini-translator-openai.ts";
import { field } from "./provider-error.ts";

export interface GeminiRequest {
  /** `models/X:generateContent`, or its streaming sister: to follow the base URL and its version. */
  readonly path: string;
  readonly body: Record<string, unknown>;
  /** Why this deployment cannot be asked this, in a sentence; another might be able to. */
  readonly unsendable?: string;
  /** Parameters that Gemini does not have and `body` therefore lacks. */
  readonly unsupported: readonly string[];
}

/** A chat completion request as Gemini is sent it. Never throws: what is no request becomes an empty one. */
export function toGeminiRequest(body: ChatCompletionRequest, model: string): GeminiRequest {
  const { contents, systemInstruction, unsendable } = geminiContents(body.messages, model);
  const { tools, toolConfig, unsupported: toolsLeft } = geminiTools(body);
  const { thinkingConfig, unsupported: thinkingLeft } = geminiThinking(body, model);
  const config: Record<string, unknown> = {
    ...generationConfig(body),
    ...(thinkingConfig !== undefined && { thinkingConfig }),
  };
  const google = field(body.extra_body, "google");
  const cachedContent = field(google, "cached_content");
  const safetySettings = body.safety_settings ?? field(google, "safety_settings");
  const why = unsendable ?? conflict(model, tools !== undefined, config.responseMimeType !== undefined);
  return {
    path: `${modelPath(model)}:${body.stream === true ? "streamGenerateContent?alt=sse" : "generateContent"}`,
    body: {
      contents,
      ...(systemInstruction !== undefined && { systemInstruction }),
      ...(tools !== undefined && { tools }),
      ...(toolConfig !== undefined && { toolConfig }),
      ...(Array.isArray(safetySettings) && { safetySettings: safetySettings as unknown[] }),
      ...(typeof cachedContent === "string" && { cachedContent }),
      ...(Object.keys(config).length > 0 && { generationConfig: config }),
    },
    ...(why !== undefined && { unsendable: why }),
    unsupported: [...unknownParameters(body), ...toolsLeft, ...thinkingLeft],
  };
}

function conflict(model: string, hasTools: boolean, isJson: boolean): string | undefined {
  if (!hasTools || !isJson || !isBeforeGemini3(model)) return undefined;
  return `${model} cannot be given tools and an output format in one request.`;
}

/** OpenAI's parameters that Gemini has under another name, numbers all of them. */
const numbers: Readonly<Record<string, string>> = {
  temperature: "temperature",
  top_p: "topP",
  top_k: "topK",
  n: "candidateCount",
  seed: "seed",
  presence_penalty: "presencePenalty",
  frequency_penalty: "frequencyPenalty",
};

function generationConfig(body: ChatCompletionRequest): Record<string, unknown> {
  const config: Record<string, unknown> = {};
  for (const [name, geminiName] of Object.entries(numbers)) {
    const value = body[name];
    if (typeof value === "number" && !isDefault(name, value)) config[geminiName] = value;
  }
  const maxTokens = body.max_completion_tokens ?? body.max_tokens;
  if (typeof maxTokens === "number") config.maxOutputTokens = maxTokens;
  const stops = (Array.isArray(body.stop) ? (body.stop as unknown[]) : [body.stop]).filter(isStop);
  if (stops.length > 0) config.stopSequences = stops;
  if (body.logprobs === true) {
    config.responseLogprobs = true;
    if (typeof body.top_logprobs === "number") config.logprobs = body.top_logprobs;
  }
  if (Array.isArray(body.modalities) && body.modalities.includes("image")) {
    config.responseModalities = (body.modalities as unknown[]).map((one) => String(one).toUpperCase());
  }
  return { ...config, ...outputFormat(body.response_format) };
}

const isStop = (stop: unknown): stop is string => typeof stop === "string" && stop !== "";

/** What changes nothing is not sent: not every model knows these. */
function isDefault(name: string, value: unknown): boolean {
  return (name === "n" && value === 1) || (name.endsWith("_penalty") && value === 0);
}

function outputFormat(format: unknown): Record<string, unknown> {
  switch (field(format, "type")) {
    case "json_object":
      return { responseMimeType: "application/json" };
    case "json_schema": {
      const schema = field(field(format, "json_schema"), "schema");
      const isGiven = typeof schema === "object" && schema !== null;
      return {
        responseMimeType: "application/json",
        ...(isGiven && { responseJsonSchema: geminiJsonSchema(schema) }),
      };
    }
    default:
      return {};
  }
}

/** Translated here, or without meaning for the answer. */
const known = new Set([
  ...Object.keys(numbers),
  ...words(
    "model messages stream stream_options max_tokens max_completion_tokens stop logprobs top_logprobs",
  ),
  ...words("response_format tools tool_choice functions function_call parallel_tool_calls reasoning_effort"),
  ...words("thinking extra_body safety_settings user store metadata service_tier prediction"),
  ...words("prompt_cache_key prompt_cache_retention safety_identifier web_search_options"),
]);

function words(text: string): string[] {
  return text.split(" ");
}

function unknownParameters(body: ChatCompletionRequest): string[] {
  return Object.keys(body).filter((name) => {
    const value = body[name];
    if (value === null || value === undefined) return false;
    if (name === "modalities") return Array.isArray(value) && value.includes("audio");
    if (known.has(name)) return false;
    return !(name === "logit_bias" && typeof value === "object" && Object.keys(value).length === 0);
  });
}
