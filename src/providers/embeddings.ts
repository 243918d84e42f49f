import { Embeddings } from "@langchain/core/embeddings";
import { geminiEmbedding, maxGeminiEmbeddings } from "./gemini-translator-embeddings.ts";
import { geminiUrl } from "./gemini-wire.ts";
import { assertKey } from "./missing-key.ts";
import { connectionOf, modelParameters, type ModelSettings, type ModelUse } from "./model-settings.ts";
import { bodyOf, field, ProviderError } from "./provider-error.ts";
import { askUpstream } from "./upstream.ts";

export interface EmbeddingCall {
  readonly signal?: AbortSignal | undefined;
}

/** The embeddings of one deployment: one attempt a call, batches in order, the same errors as the chat models. */
export class DeploymentEmbeddings extends Embeddings {
  readonly settings: ModelSettings;
  readonly use: ModelUse;

  constructor(settings: ModelSettings, use: ModelUse = {}) {
    super({ maxRetries: 0 });
    this.settings = settings;
    this.use = use;
  }

  async embedQuery(text: string, call: EmbeddingCall = {}): Promise<number[]> {
    const [vector = []] = await this.embed([text], "RETRIEVAL_QUERY", call);
    return vector;
  }

  async embedDocuments(texts: string[], call: EmbeddingCall = {}): Promise<number[][]> {
    const vectors: number[][] = [];
    for (let start = 0; start < texts.length; start += maxGeminiEmbeddings) {
      vectors.push(
        ...(await this.embed(texts.slice(start, start + maxGeminiEmbeddings), "RETRIEVAL_DOCUMENT", call)),
      );
    }
    return vectors;
  }

  private async embed(texts: string[], task: GeminiTask, { signal }: EmbeddingCall): Promise<number[][]> {
    const { settings, use } = this;
    assertKey(settings);
    const request =
      settings.provider === "gemini" ? geminiRequest(this, texts, task) : openaiRequest(this, texts);
    const answer = await askUpstream({
      deployment: settings.id,
      method: "POST",
      url: request.url,
      headers: {
        ...modelParameters(settings).headers,
        ...request.headers,
        "content-type": "application/json",
      },
      body: JSON.stringify(request.body),
      signal,
      connection: connectionOf(settings, use),
    });
    const body = bodyOf(await answer.text());
    const vectors = settings.provider === "gemini" ? geminiVectors(body) : openaiVectors(body);
    if (vectors?.length === texts.length && vectors.every(isVector)) return vectors;
    const message = `${settings.id} did not answer one vector for each of ${texts.length} texts.`;
    throw new ProviderError("malformed", message, { headers: answer.headers, body });
  }
}

type GeminiTask = "RETRIEVAL_QUERY" | "RETRIEVAL_DOCUMENT";

function geminiRequest({ settings, use }: DeploymentEmbeddings, texts: readonly string[], task: GeminiTask) {
  const model = use.model ?? settings.model;
  const dimensions = settings.parameters?.dimensions;
  return {
    url: geminiUrl({ baseUrl: settings.baseUrl, model }, "batchEmbedContents"),
    headers: { "x-goog-api-key": settings.apiKey ?? "" },
    body: {
      requests: texts.map((text) => geminiEmbedding(model, text, { taskType: task, dimensions })),
    },
  };
}

function openaiRequest({ settings, use }: DeploymentEmbeddings, texts: readonly string[]) {
  const dimensions = settings.parameters?.dimensions;
  return {
    url: `${settings.baseUrl.replace(/\/+$/, "")}/embeddings`,
    headers: settings.apiKey ? { authorization: `Bearer ${settings.apiKey}` } : {},
    body: {
      model: use.model ?? settings.model,
      input: texts,
      ...(typeof dimensions === "number" && { dimensions }),
    },
  };
}

function geminiVectors(body: unknown): unknown[] | undefined {
  const embeddings = field(body, "embeddings");
  return Array.isArray(embeddings) ? embeddings.map((one: unknown) => field(one, "values")) : undefined;
}

function openaiVectors(body: unknown): unknown[] | undefined {
  const data = field(body, "data");
  if (!Array.isArray(data)) return undefined;
  const index = (entry: unknown, position: number) => Number(field(entry, "index") ?? position);
  const placed = data.map((entry: unknown, position) => ({ entry, index: index(entry, position) }));
  return placed.sort((a, b) => a.index - b.index).map(({ entry }) => field(entry, "embedding"));
}

function isVector(value: unknown): value is number[] {
  return Array.isArray(value) && value.length > 0 && value.every((number) => typeof number === "number");
}
