import type {
  BaseLanguageModelInput,
  StructuredOutputMethodOptions,
} from "@langchain/core/language_models/base";
import type { BaseMessage } from "@langchain/core/messages";
import type { ChatGenerationChunk, ChatResult } from "@langchain/core/outputs";
import type { Runnable } from "@langchain/core/runnables";
import { ChatOpenAICompletions } from "@langchain/openai";
import type { OpenAI } from "openai";
import { assertKey } from "./missing-key.ts";
import { connectionOf, modelParameters, type ModelSettings, type ModelUse } from "./model-settings.ts";
import { checkedCompletion, checkedCompletionStream } from "./openai-answer.ts";
import { openaiFetch } from "./openai-wire.ts";
import { providerErrorIn, ProviderError, unsendable } from "./provider-error.ts";
import { structuredOutput, structuredPipeline, type OutputSchema } from "./structured-output.ts";

type Completions = OpenAI.Chat.Completions.ChatCompletion;
type CompletionChunks = AsyncIterable<OpenAI.Chat.Completions.ChatCompletionChunk>;
type WholeRequest = OpenAI.Chat.ChatCompletionCreateParamsNonStreaming;
type StreamRequest = OpenAI.Chat.ChatCompletionCreateParamsStreaming;

/** The SDK's own clock never ends a call: the caller's signal does. A day, in milliseconds. */
const noTimeoutMs = 86_400_000;

/**
 * LangChain's model of OpenAI's chat completions, for OpenAI and every server that speaks the same (LocalAI,
 * llama.cpp): one attempt a call, answers and streams checked, raw text kept when it is no JSON.
 */
export class OpenAICompatibleChatModel extends ChatOpenAICompletions {
  readonly settings: ModelSettings;

  constructor(settings: ModelSettings, use: ModelUse = {}) {
    const { temperature, maxTokens, topP, stop, headers, rest } = modelParameters(settings);
    super({
      model: use.model ?? settings.model,
      // Never empty: the SDK would look into the environment for another one.
      apiKey: settings.apiKey || "none",
      maxRetries: 0,
      timeout: noTimeoutMs,
      modelKwargs: rest,
      ...(temperature !== undefined && { temperature }),
      ...(maxTokens !== undefined && { maxTokens }),
      ...(topP !== undefined && { topP }),
      ...(stop !== undefined && { stop }),
      configuration: {
        baseURL: settings.baseUrl.replace(/\/+$/, ""),
        organization: null,
        project: null,
        ...(headers !== undefined && { defaultHeaders: headers }),
        logLevel: "off",
        fetch: openaiFetch(settings.id, connectionOf(settings, use)),
      },
    });
    this.settings = settings;
    if (settings.label !== "openai") this.maxTokensName();
  }

  /** Other servers than OpenAI know `max_tokens` only, whatever a model is called. */
  private maxTokensName(): void {
    const base = this.invocationParams.bind(this);
    this.invocationParams = (options, extra) => {
      const { max_completion_tokens, ...parameters } = base(options, extra);
      return max_completion_tokens == null
        ? parameters
        : { ...parameters, max_tokens: max_completion_tokens };
    };
  }

  override getLsParams(options: this["ParsedCallOptions"]) {
    return { ...super.getLsParams(options), ls_provider: this.settings.label };
  }

  override completionWithRetry(
    request: StreamRequest,
    options?: OpenAI.RequestOptions,
  ): Promise<CompletionChunks>;
  override completionWithRetry(request: WholeRequest, options?: OpenAI.RequestOptions): Promise<Completions>;
  override async completionWithRetry(
    request: StreamRequest | WholeRequest,
    options?: OpenAI.RequestOptions,
  ): Promise<CompletionChunks | Completions> {
    assertKey(this.settings);
    const { maxRetries: _, ...sdkOptions } = options ?? {};
    const clientOptions = this._getClientOptions(sdkOptions);
    const signal = options?.signal ?? undefined;
    try {
      // `create` and not `parse`, which throws the text away when it is no JSON.
      const answer = await this.client.chat.completions.create(request, clientOptions);
      const context = { deployment: this.settings.id, signal };
      return Symbol.asyncIterator in answer
        ? checkedCompletionStream(answer, context)
        : checkedCompletion(answer, context);
    } catch (error) {
      signal?.throwIfAborted();
      throw providerErrorIn(error) ?? unknownError(this.settings.id, error);
    }
  }

  override async _generate(...call: Parameters<ChatOpenAICompletions["_generate"]>): Promise<ChatResult> {
    try {
      return await super._generate(...call);
    } catch (error) {
      throw this.#readable(error, call[1].signal);
    }
  }

  override async *_streamResponseChunks(
    ...call: Parameters<ChatOpenAICompletions["_streamResponseChunks"]>
  ): AsyncGenerator<ChatGenerationChunk> {
    try {
      yield* super._streamResponseChunks(...call);
    } catch (error) {
      throw this.#readable(error, call[1].signal);
    }
  }

  /** What is thrown after sending is an error of ours; a plain one is LangChain refusing the messages before. */
  #readable(error: unknown, signal: AbortSignal | undefined): unknown {
    const isPlain = error instanceof Error && error.constructor === Error && error.name === "Error";
    return isPlain && !signal?.aborted ? unsendable(this.settings, error) : error;
  }

  override withStructuredOutput<Output extends Record<string, unknown> = Record<string, unknown>>(
    schema: OutputSchema,
    config?: StructuredOutputMethodOptions<boolean>,
  ): Runnable<BaseLanguageModelInput, Output> &
    Runnable<BaseLanguageModelInput, { raw: BaseMessage; parsed: Output }> {
    if (config?.method === "functionCalling" || config?.method === "jsonMode") {
      return super.withStructuredOutput(schema as never, config as never) as never;
    }
    const output = structuredOutput(schema, {
      dialect: "openai",
      deployment: this.settings.id,
      name: config?.name,
    });
    const name = output.name.replaceAll(/[^\w-]/g, "_").slice(0, 64);
    const bound = this.withConfig({
      response_format: { type: "json_schema", json_schema: { name, schema: output.schema, strict: true } },
      ls_structured_output_format: { kwargs: { method: "json_schema" }, schema: output.source },
    });
    return structuredPipeline<Output>(bound, output, config?.includeRaw) as never;
  }
}

function unknownError(deployment: string, error: unknown): ProviderError {
  const sentence = error instanceof Error ? error.message : String(error);
  return new ProviderError("malformed", `${deployment}: the answer cannot be read: ${sentence}`, {
    cause: error,
  });
}
