import { modelPath } from "./gemini-generation.ts";
import type { ChatCompletionRequest } from "./gemini-translator-openai.ts";
import { field } from "./provider-error.ts";

/** An embeddings request as Gemini is sent it: one body for each hundred texts, to be asked in order. */
export interface GeminiEmbeddingRequest {
  readonly path: string;
  readonly bodies: readonly Record<string, unknown>[];
  readonly unsendable?: string;
  readonly unsupported: readonly string[];
}

export interface EmbeddingList {
  readonly object: "list";
  readonly data: readonly {
    readonly object: "embedding";
    readonly index: number;
    readonly embedding: readonly number[] | string;
  }[];
  readonly model: string;
  readonly usage: { readonly prompt_tokens: number; readonly total_tokens: number };
}

/** What Gemini takes in one request. */
export const maxGeminiEmbeddings = 100;

/** One text as `batchEmbedContents` is asked for it. */
export function geminiEmbedding(
  model: string,
  text: string,
  options: { readonly taskType?: unknown; readonly dimensions?: unknown },
): Record<string, unknown> {
  const { taskType, dimensions } = options;
  return {
    model: modelPath(model),
    content: { parts: [{ text }] },
    ...(typeof taskType === "string" && { taskType }),
    ...(typeof dimensions === "number" && { outputDimensionality: dimensions }),
  };
}

/** An OpenAI embeddings request as Gemini is sent it; `task_type` is Gemini's own. Never throws. */
export function toGeminiEmbeddingRequest(body: ChatCompletionRequest, model: string): GeminiEmbeddingRequest {
  const { input, dimensions, task_type: taskType } = body;
  const given: readonly unknown[] = Array.isArray(input) ? input : [input];
  const texts = given.filter((one) => typeof one === "string");
  const requests = texts.map((text) => geminiEmbedding(model, text, { taskType, dimensions }));
  const bodies: Record<string, unknown>[] = [];
  for (let start = 0; start < requests.length; start += maxGeminiEmbeddings) {
    bodies.push({ requests: requests.slice(start, start + maxGeminiEmbeddings) });
  }
  const isText = texts.length === given.length && texts.length > 0;
  return {
    path: `${modelPath(model)}:batchEmbedContents`,
    bodies,
    ...(!isText && { unsendable: "Gemini embeds texts only: it cannot be sent lists of tokens." }),
    unsupported: Object.keys(body).filter((name) => !known.has(name) && body[name] != null),
  };
}

const known = new Set(["model", "input", "dimensions", "encoding_format", "task_type", "user"]);

/** The answers to all bodies of a request in OpenAI's format; undefined when a text has no vector. */
export function fromGeminiEmbeddingResponse(
  answers: readonly unknown[],
  request: ChatCompletionRequest,
  label: { readonly model: string; readonly inputTokens: number },
): EmbeddingList | undefined {
  const vectors = answers.flatMap(vectorsIn);
  const wanted = Array.isArray(request.input) ? request.input.length : 1;
  if (vectors.length !== wanted || !vectors.every(isVector)) return undefined;
  const isShortened = typeof request.dimensions === "number";
  const isBase64 = request.encoding_format === "base64";
  const counted = answers.reduce<number>((sum, answer) => sum + tokensIn(answer), 0);
  const tokens = counted > 0 ? counted : label.inputTokens;
  return {
    object: "list",
    data: vectors.map((vector, index) => {
      // Gemini leaves a shortened vector at its length; OpenAI's are all of length one.
      const values = isShortened ? normalised(vector) : vector;
      return { object: "embedding", index, embedding: isBase64 ? base64Of(values) : values };
    }),
    model: label.model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

function vectorsIn(answer: unknown): unknown[] {
  const embeddings = field(answer, "embeddings");
  return Array.isArray(embeddings) ? embeddings.map((one: unknown) => field(one, "values")) : [undefined];
}

function tokensIn(answer: unknown): number {
  const tokens = field(field(answer, "usageMetadata"), "promptTokenCount");
  return typeof tokens === "number" ? tokens : 0;
}

function isVector(value: unknown): value is number[] {
  return Array.isArray(value) && value.length > 0 && value.every((number) => typeof number === "number");
}

function normalised(vector: readonly number[]): readonly number[] {
  const length = Math.hypot(...vector);
  return length === 0 ? vector : vector.map((value) => value / length);
}

/** OpenAI's `base64`: the numbers as 32-bit floats, little end first. */
function base64Of(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * Float32Array.BYTES_PER_ELEMENT);
  vector.forEach((value, index) => bytes.writeFloatLE(value, index * Float32Array.BYTES_PER_ELEMENT));
  return bytes.toString("base64");
}
