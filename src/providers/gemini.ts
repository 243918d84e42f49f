import type { CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import type {
  BaseLanguageModelInput,
  StructuredOutputMethodOptions,
} from "@langchain/core/language_models/base";
import type { BaseMessage } from "@langchain/core/messages";
import type { ChatGenerationChunk, ChatResult } from "@langchain/core/outputs";
import type { Runnable } from "@langchain/core/runnables";
import { AsyncCaller } from "@langchain/core/utils/async_caller";
import { ChatGoogleGenerativeAI } from "@langchain/google-genai";
import { foreignSignature, isBeforeGemini3 } from "./gemini-generation.ts";
import {
  generateContent,
  streamGenerateContent,
  type GeminiAnswer,
  type GeminiEndpoint,
} from "./gemini-wire.ts";
import { readable, readableError, systemFirst } from "./gemini-messages.ts";
import { connectionOf, modelParameters, type ModelSettings, type ModelUse } from "./model-settings.ts";
import { assertKey } from "./missing-key.ts";
import { structuredOutput, structuredPipeline, type OutputSchema } from "./structured-output.ts";

type CallOptions = ChatGoogleGenerativeAI["ParsedCallOptions"];
type Request = Record<string, unknown> & {
  contents?: { role?: string; parts?: Record<string, unknown>[] }[];
};

/**
 * LangChain's Gemini model over a transport of ours: the SDK beneath it ignores signals and time limits, raises
 * unhandled rejections on cut streams, and hides errors inside streams and the details of 429s.
 */
export class GeminiChatModel extends ChatGoogleGenerativeAI {
  readonly settings: ModelSettings;

  static override lc_name(): string {
    return "ChatGoogleGenerativeAI";
  }

  constructor(settings: ModelSettings, use: ModelUse = {}) {
    const { temperature, maxTokens, topP, stop, headers, rest } = modelParameters(settings);
    const model = use.model ?? settings.model;
    super({
      model,
      // The constructor insists on one; without one nothing is ever sent.
      apiKey: settings.apiKey ?? "missing",
      baseUrl: settings.baseUrl,
      maxRetries: 0,
      ...(temperature !== undefined && { temperature }),
      ...(maxTokens !== undefined && { maxOutputTokens: maxTokens }),
      ...(topP !== undefined && { topP }),
      ...(typeof rest.top_k === "number" && { topK: rest.top_k }),
      ...(Array.isArray(rest.safety_settings) && { safetySettings: rest.safety_settings }),
      ...(stop !== undefined && { stopSequences: stop }),
    });
    this.settings = settings;
    // The default handler renames and marks errors; classification happens elsewhere, once.
    this.caller = new AsyncCaller({ maxRetries: 0, onFailedAttempt: () => {} });
    const endpoint: GeminiEndpoint = {
      deployment: settings.id,
      model,
      apiKey: settings.apiKey ?? "",
      baseUrl: settings.baseUrl,
      headers,
      connection: connectionOf(settings, use),
    };
    // `client` is private in the types and the one place through which every request goes.
    Object.defineProperty(this, "client", {
      value: transport(endpoint, settings, { temperature, maxOutputTokens: maxTokens }),
      enumerable: false,
    });
  }

  /** The class asks the model's name, which says nothing for an alias such as `gemini-flash-lite-latest`. */
  override get _isMultimodalModel(): boolean {
    return !this.model.startsWith("gemma-3-1b");
  }

  override invocationParams(options?: CallOptions): ReturnType<ChatGoogleGenerativeAI["invocationParams"]> {
    const parameters = super.invocationParams(options);
    if (!options?.stop?.length) return parameters;
    return {
      ...parameters,
      generationConfig: { ...parameters.generationConfig, stopSequences: options.stop },
    };
  }

  override async _generate(messages: BaseMessage[], options: CallOptions): Promise<ChatResult> {
    const self: this = Object.create(this) as this;
    // `_generate` of the class drops the signal on the way to this method.
    self.completionWithRetry = (request) => this.completionWithRetry(request, options);
    // Without the run manager: the class would report the whole answer as one bare token.
    const result = await super._generate
      .call(self, systemFirst(messages), options)
      .catch((error: unknown) => {
        throw readableError(error, this.settings, options.signal);
      });
    for (const { message, generationInfo } of result.generations) {
      message.response_metadata = {
        ...message.response_metadata,
        ...described(generationInfo),
      };
    }
    return result;
  }

  override async *_streamResponseChunks(
    messages: BaseMessage[],
    options: CallOptions,
    runManager?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatGenerationChunk> {
    const chunks = super._streamResponseChunks(systemFirst(messages), options);
    for await (const chunk of readable(chunks, this.settings, options.signal)) {
      const { modelVersion, ...info } = chunk.generationInfo ?? {};
      chunk.generationInfo = info;
      // Merging chunks joins strings: the name stands on the last one only.
      if (info.finishReason)
        Object.assign(chunk.message.response_metadata, described({ ...info, modelVersion }));
      yield chunk;
      await runManager?.handleLLMNewToken(chunk.text, undefined, undefined, undefined, undefined, { chunk });
    }
    options.signal?.throwIfAborted();
  }

  override withStructuredOutput<Output extends Record<string, unknown> = Record<string, unknown>>(
    schema: OutputSchema,
    config?: StructuredOutputMethodOptions<boolean>,
  ): Runnable<BaseLanguageModelInput, Output> &
    Runnable<BaseLanguageModelInput, { raw: BaseMessage; parsed: Output }> {
    if (config?.method === "functionCalling")
      return super.withStructuredOutput(schema as never, config as never) as never;
    const output = structuredOutput(schema, {
      dialect: "gemini",
      deployment: this.settings.id,
      name: config?.name,
    });
    const bound = this.withConfig({
      responseSchema: output.schema as never,
      ls_structured_output_format: { kwargs: { method: "json_schema" }, schema: output.source },
    });
    return structuredPipeline<Output>(bound, output, config?.includeRaw) as never;
  }
}

/** What the class keeps in `client`: the two methods it calls and the settings it shows to traces. */
function transport(endpoint: GeminiEndpoint, settings: ModelSettings, generationConfig: object) {
  return {
    generationConfig,
    async generateContent(request: Request, options?: { signal?: AbortSignal }) {
      assertKey(settings);
      const answer = await generateContent(endpoint, signed(request, endpoint.model), options?.signal);
      return { response: withModelName(answer) };
    },
    async generateContentStream(request: Request, options?: { signal?: AbortSignal }) {
      assertKey(settings);
      return {
        stream: events(streamGenerateContent(endpoint, signed(request, endpoint.model), options?.signal)),
      };
    },
  };
}

async function* events(answers: AsyncIterable<GeminiAnswer>): AsyncGenerator<GeminiAnswer> {
  for await (const answer of answers) yield withModelName(answer);
}

/** On the candidate, because the class keeps nothing else of an answer. */
function withModelName(answer: GeminiAnswer): GeminiAnswer {
  const { modelVersion } = answer;
  if (modelVersion === undefined) return answer;
  return {
    ...answer,
    candidates: answer.candidates?.map((candidate) => ({ ...candidate, modelVersion })) ?? [],
  };
}

/** Response metadata: how it ended, and the model that really answered under the name LangChain uses. */
function described(info: Record<string, unknown> | undefined): Record<string, unknown> {
  const { modelVersion, ...rest } = info ?? {};
  return { ...rest, ...(typeof modelVersion === "string" && { model_name: modelVersion }) };
}

/** Gemini 3 refuses a tool call in the history without a signature, which one made by another model lacks. */
function signed(request: Request, model: string): Request {
  if (isBeforeGemini3(model)) return request;
  const contents = request.contents?.map((content) => {
    const calls = content.parts?.filter((part) => "functionCall" in part) ?? [];
    if (content.role !== "model" || calls.length === 0 || calls.some((part) => part.thoughtSignature)) {
      return content;
    }
    const parts = content.parts?.map((part) =>
      part === calls[0] ? { ...part, thoughtSignature: foreignSignature } : part,
    );
    return { ...content, ...(parts && { parts }) };
  });
  return { ...request, ...(contents && { contents }) };
}
