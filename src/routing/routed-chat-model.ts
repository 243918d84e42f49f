import type { CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import type {
  BaseLanguageModelInput,
  StructuredOutputMethodOptions,
} from "@langchain/core/language_models/base";
import {
  BaseChatModel,
  type BaseChatModelCallOptions,
  type BaseChatModelParams,
  type BindToolsInput,
  type LangSmithParams,
} from "@langchain/core/language_models/chat_models";
import type { ModelProfile } from "@langchain/core/language_models/profile";
import type { AIMessageChunk, BaseMessage } from "@langchain/core/messages";
import type { ChatGenerationChunk, ChatResult } from "@langchain/core/outputs";
import { mergeConfigs, type Runnable } from "@langchain/core/runnables";
import { chatAttempt } from "./chat-attempt.ts";
import type { ChatAnswer, ChatCall } from "./chat-call.ts";
import { childCallbacks } from "./child-callbacks.ts";
import { openaiTool, routeCallKeys, routeRequestOf, type RouteCallOptions } from "./chat-request.ts";
import { field, textField } from "./field.ts";
import { handMadeSource, type HandMadeOptions, type ModelSource } from "./model-source.ts";
import { closeSource, openedSource } from "./opened-source.ts";
import { profileOf } from "./profile.ts";
import { asChunk, routeChunk, withRoute } from "./route-report.ts";
import { RoutingError } from "./routing-error.ts";
import { structuredPipeline, unfitAnswer } from "./structured-pipeline.ts";
import { structuredFormat, type OutputSchema, type StructuredRequest } from "./structured-request.ts";
import type { Walked } from "./walk.ts";
import { walkGraph } from "./walk-graph.ts";

export interface RoutedChatModelCallOptions extends BaseChatModelCallOptions, RouteCallOptions {
  tools?: BindToolsInput[] | undefined;
  /** Set by `withStructuredOutput`. */
  structured?: StructuredRequest | undefined;
}

interface RoutedFields extends BaseChatModelParams {
  /** Name to ask for: a group, a deployment, an alias or a model string; default the first group. */
  model?: string | undefined;
  /** Only deployments of this machine or network are ever asked; no call can loosen it. */
  local_only?: boolean | undefined;
  localOnly?: boolean | undefined;
  stop?: string[] | undefined;
  /** One attempt, in milliseconds; default the deployment's. */
  timeout?: number | undefined;
  /** Attempts of a group after its first; default the configuration's. */
  maxRetries?: number;
  /** As the source's models use them; shown in traces. */
  temperature?: number | undefined;
  maxTokens?: number | undefined;
}

/** Chat models by hand, or a source that something else has made of a configuration. */
export type RoutedChatModelFields = RoutedFields & (HandMadeOptions | { readonly source: ModelSource });

/**
 * A LangChain chat model that asks whichever deployment can answer: each call is a run of the routing graph, and its
 * route stands in the answer's `response_metadata.route`. Throws a RoutingError with all attempts when nobody answers,
 * and the signal's reason when the caller has gone.
 */
export class RoutedChatModel extends BaseChatModel<RoutedChatModelCallOptions> {
  readonly model: string;
  readonly localOnly: boolean;
  readonly stop: string[] | undefined;
  readonly temperature: number | undefined;
  readonly maxTokens: number | undefined;
  /** Options bound by `withConfig` and `bindTools`. */
  defaultOptions: Partial<RoutedChatModelCallOptions> = {};
  readonly #fields: RoutedFields;
  readonly #source: ModelSource;

  static override lc_name(): string {
    return "RoutedChatModel";
  }

  constructor(fields: RoutedChatModelFields) {
    const { cache, callbacks, tags, metadata, verbose, disableStreaming, outputVersion } = fields;
    const given = { cache, callbacks, tags, metadata, verbose, disableStreaming, outputVersion };
    // Nothing else: what stands in there is shown in traces, and a configuration may hold keys.
    super(withoutUndefined(given) as BaseChatModelParams);
    this.disableStreaming = disableStreaming ?? false;
    this.#fields = fields;
    this.#source = "source" in fields ? fields.source : handMadeSource(fields);
    this.model = fields.model ?? this.#source.defaultModel;
    this.localOnly = fields.local_only === true || fields.localOnly === true;
    this.stop = fields.stop;
    this.temperature = fields.temperature;
    this.maxTokens = fields.maxTokens;
  }

  override _llmType(): string {
    return "routed";
  }

  override get callKeys(): string[] {
    return [...super.callKeys, "tools", "tool_choice", "structured", ...routeCallKeys];
  }

  /** What is safe to rely on, whichever deployment answers. */
  override get profile(): ModelProfile {
    return profileOf(this.#source, this.model);
  }

  override getLsParams(options: this["ParsedCallOptions"]): LangSmithParams {
    const parameters = this.#source.deployments.find(({ group }) => group === this.model)?.parameters;
    return {
      ls_provider: "routed",
      ls_model_name: options.model ?? this.model,
      ls_model_type: "chat",
      // All keys, as LangChain's standard tests want them, whether a value is known or not.
      ls_temperature: (this.temperature ?? numberIn(parameters, "temperature")) as number,
      ls_max_tokens: (this.maxTokens ?? numberIn(parameters, "max_tokens")) as number,
      ls_stop: (options.stop ?? this.stop) as string[],
    };
  }

  override invocationParams(options?: this["ParsedCallOptions"]): Record<string, unknown> {
    const { tools, tool_choice, stop = this.stop } = options ?? {};
    return withoutUndefined({
      model: options?.model ?? this.model,
      temperature: this.temperature,
      max_tokens: this.maxTokens,
      stop,
      tools: tools?.map(openaiTool),
      tool_choice,
    });
  }

  /** What makes two models ask the same: part of the key of cached answers. */
  override _identifyingParams(): Record<string, unknown> {
    const deployments = this.#source.deployments.map(({ id, model, baseUrl }) => [id, model, baseUrl]);
    const { model, localOnly, temperature, maxTokens, stop } = this;
    return withoutUndefined({ model, localOnly, temperature, maxTokens, stop, deployments });
  }

  override _getSerializedCacheKeyParametersForCall(options: RoutedChatModelCallOptions): string {
    const { tools, signal: _signal, ...rest } = options;
    const described = tools === undefined ? rest : { ...rest, tools: tools.map(openaiTool) };
    return super._getSerializedCacheKeyParametersForCall(described as never);
  }

  /** Every way into the model comes through here: bound options first, then those of the call. */
  protected override _separateRunnableConfigFromCallOptionsCompat(
    options?: Partial<RoutedChatModelCallOptions>,
  ): [Record<string, unknown>, this["ParsedCallOptions"]] {
    const merged = mergeConfigs(this.defaultOptions, options) as Partial<RoutedChatModelCallOptions>;
    const [config, callOptions] = super._separateRunnableConfigFromCallOptionsCompat(merged);
    const timeoutMs: unknown = merged.timeout ?? config.metadata?.["timeoutMs"];
    // A moment later than the caller's own clock, so that it is that one which ends the call.
    if (typeof timeoutMs === "number") callOptions.deadline_ms ??= timeoutMs + 1_000;
    if (config.metadata?.["local_only"] === true) callOptions.local_only = true;
    return [config, callOptions] as never;
  }

  /** A model of the same kind, over the same router, with these options in every call. */
  override withConfig(config: Partial<RoutedChatModelCallOptions>): RoutedChatModel {
    const clone = new RoutedChatModel({ ...this.#fields, source: this.#source });
    clone.defaultOptions = mergeConfigs(this.defaultOptions, config) as Partial<RoutedChatModelCallOptions>;
    return clone;
  }

  override bindTools(
    tools: BindToolsInput[],
    options: Partial<RoutedChatModelCallOptions> = {},
  ): Runnable<BaseLanguageModelInput, AIMessageChunk, RoutedChatModelCallOptions> {
    return this.withConfig({ ...options, tools });
  }

  override withStructuredOutput<Output extends Record<string, unknown>>(
    schema: OutputSchema<Output>,
    options?: StructuredOutputMethodOptions<false>,
  ): Runnable<BaseLanguageModelInput, Output>;
  override withStructuredOutput<Output extends Record<string, unknown>>(
    schema: OutputSchema<Output>,
    options?: StructuredOutputMethodOptions<true>,
  ): Runnable<BaseLanguageModelInput, { raw: BaseMessage; parsed: Output }>;
  override withStructuredOutput<Output extends Record<string, unknown>>(
    schema: OutputSchema<Output>,
    options: StructuredOutputMethodOptions<boolean> = {},
  ): Runnable<BaseLanguageModelInput> {
    return structuredPipeline(this, schema, options);
  }

  /** `batch` takes its concurrency from the first call's options. */
  protected override _getOptionsList<Options extends Partial<RoutedChatModelCallOptions>>(
    options: Partial<Options> | Partial<Options>[],
    length?: number,
  ): Partial<Options>[] {
    const list = super._getOptionsList(options, length) as Partial<Options>[];
    const { maxConcurrency } = this.#source;
    return maxConcurrency === undefined ? list : list.map((one) => ({ maxConcurrency, ...one }));
  }

  override async _generate(
    messages: BaseMessage[],
    options: this["ParsedCallOptions"],
    runManager?: CallbackManagerForLLMRun,
  ): Promise<ChatResult> {
    const { answer, ended } = await this.#route(messages, options, false, options.signal, runManager);
    if (answer.kind === "chunks") throw new TypeError("A whole answer was asked for.");
    const { generation, llmOutput } = answer;
    withRoute(generation.message, await ended);
    return { generations: [generation], ...(llmOutput !== undefined && { llmOutput }) };
  }

  override async *_streamResponseChunks(
    messages: BaseMessage[],
    options: this["ParsedCallOptions"],
    runManager?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatGenerationChunk> {
    const left = new AbortController();
    const signal =
      options.signal === undefined ? left.signal : AbortSignal.any([options.signal, left.signal]);
    try {
      const { answer, ended } = await this.#route(messages, options, true, signal, runManager);
      // A reader who leaves early never comes to ask how it ended.
      ended.catch(() => undefined);
      const chunks = answer.kind === "chunks" ? answer.chunks : [asChunk(answer.generation)];
      let whole: ChatGenerationChunk | undefined;
      for await (const chunk of chunks) {
        const id = whole?.message.id;
        // One message, one id: some classes leave it out of the chunk that counts the tokens.
        if (id !== undefined && chunk.message.id === undefined) chunk.message._updateId(id);
        whole = whole === undefined ? chunk : whole.concat(chunk);
        yield chunk;
        await runManager?.handleLLMNewToken(chunk.text, undefined, undefined, undefined, undefined, {
          chunk,
        });
      }
      const last = routeChunk(whole, await ended);
      yield last;
      await runManager?.handleLLMNewToken("", undefined, undefined, undefined, undefined, { chunk: last });
    } finally {
      // A reader that stops early ends the provider's call.
      left.abort();
    }
  }

  /** Frees what the model holds open: the file of the ledger. Its answers may be read on. */
  async close(): Promise<void> {
    await closeSource(this.#source);
  }

  async #route(
    messages: BaseMessage[],
    options: this["ParsedCallOptions"],
    isStream: boolean,
    signal: AbortSignal = new AbortController().signal,
    runManager: CallbackManagerForLLMRun | undefined,
  ): Promise<Walked<ChatAnswer>> {
    signal.throwIfAborted();
    const { router, modelOf, graph } = await openedSource(this.#source);
    const call = this.#callOf(messages, options, isStream, signal);
    const { model, localOnly, maxTokens: maxOutputTokens } = this;
    const { timeout: timeoutMs, maxRetries: numRetries } = this.#fields;
    const parts = { ...call, model, localOnly, maxOutputTokens, timeoutMs, numRetries };
    const request = routeRequestOf(parts, options);
    const callbacks = childCallbacks(runManager);
    try {
      return await walkGraph(graph, router, request, call, chatAttempt(modelOf), signal, callbacks);
    } catch (error) {
      signal.throwIfAborted();
      const unfit = error instanceof RoutingError ? unfitAnswer(call, error) : undefined;
      if (unfit === undefined) throw error;
      return unfit;
    }
  }

  #callOf(
    messages: readonly BaseMessage[],
    options: this["ParsedCallOptions"],
    isStream: boolean,
    callerSignal: AbortSignal,
  ): ChatCall {
    const { tools, structured: wanted, stop = this.stop, signal: _signal, ...given } = options;
    const structured = wanted ?? structuredFormat(field(given, "response_format"));
    const rest: Record<string, unknown> = { ...given };
    if (structured !== undefined) delete rest["response_format"];
    for (const key of [...routeCallKeys, "timeout", "maxConcurrency", "promptIndex", "outputVersion"]) {
      delete rest[key];
    }
    return {
      messages,
      options: withoutUndefined({ ...rest, stop, tool_choice: plainToolChoice(given.tool_choice) }),
      tools,
      structured,
      isStream: isStream && structured === undefined,
      callerSignal,
    };
  }
}

function withoutUndefined<Values extends object>(values: Values): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function numberIn(values: Readonly<Record<string, unknown>> | undefined, name: string): number | undefined {
  const value = values?.[name];
  return typeof value === "number" ? value : undefined;
}

/** OpenAI's words for a tool choice in LangChain's, which every provider's class knows. */
function plainToolChoice(choice: unknown): unknown {
  if (choice === "required") return "any";
  return textField(field(choice, "function"), "name") ?? textField(choice, "name") ?? choice;
}
