import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { AIMessage, BaseMessage } from "@langchain/core/messages";
import type { ChatGenerationChunk, ChatResult } from "@langchain/core/outputs";
import { loadSettings, type Settings } from "./config/index.ts";
import { configuredSource } from "./create-routed-chat-model.ts";
import {
  chatAttempt,
  routeRequestOf,
  RouteRun,
  routingGraph,
  routingRecursionLimit,
  type ChatAnswer,
  type ModelSource,
  type RoutingUpdate,
  type RoutingValues,
  type RouteWork,
} from "./routing/index.ts";

/**
 * The routing graph of the configuration in the working directory, for LangGraph's server: it takes a prompt as
 * `messages`, and its state shows attempts, failures, decisions and the answer. Needs no key to be imported; a
 * configuration that cannot be used is the error of its first step.
 */
export function studioRoutingGraph() {
  const { source, error } = sourceOrError();
  const judgements: RouteWork["judgements"] = new Map();
  const workFor = async (state: RoutingValues, config: { signal?: AbortSignal }): Promise<RouteWork> => {
    if (source === undefined) throw error;
    const { router, modelOf } = await source.open();
    const signal = config.signal ?? new AbortController().signal;
    const messages = state.messages as BaseMessage[];
    const { model = source.defaultModel, localOnly = false } = state;
    return new RouteRun({
      router,
      routeRequest: routeRequestOf({ model, messages, localOnly, isStream: true }, {}),
      request: { messages, options: {}, isStream: true, callerSignal: signal },
      attempt: chatAttempt(modelOf),
      signal,
      judgements,
      keep: ({ answer, ended }) => spoken(answer, ended, messages),
    });
  };
  const deployments = source?.deployments.map(({ id }) => id) ?? [];
  return routingGraph({ deployments, workFor })
    .compile({ name: "routing" })
    .withConfig({ recursionLimit: routingRecursionLimit });
}

function sourceOrError(): { source?: ModelSource; error?: unknown } {
  let settings: Settings;
  try {
    settings = loadSettings();
  } catch (error) {
    return { error };
  }
  const onWarning = (message: string) => process.emitWarning(message, "RoutingWarning");
  return { source: configuredSource(settings, { onWarning }) };
}

/** The answer as a message of the state, its tokens streamed by the way; broken off, the route says why. */
async function spoken(
  answer: ChatAnswer,
  ended: Promise<NonNullable<RoutingUpdate["route"]>>,
  messages: readonly BaseMessage[],
): Promise<RoutingUpdate> {
  try {
    const message: AIMessage = await new AnswerModel(answer).invoke([...messages]);
    return { messages: [message], route: await ended };
  } catch (error) {
    const route = await ended;
    // Broken off: the route says why, and the graph goes on from there.
    if (route.attempts.at(-1)?.kind === "ok") throw error;
    return { route };
  }
}

/** A model whose answer is there already: saying it through a model is what makes LangGraph stream its tokens. */
class AnswerModel extends BaseChatModel {
  readonly #answer: ChatAnswer;

  constructor(answer: ChatAnswer) {
    super({ disableStreaming: answer.kind === "whole" });
    this.disableStreaming = answer.kind === "whole";
    this.#answer = answer;
  }

  override _llmType(): string {
    return "answer";
  }

  override async _generate(): Promise<ChatResult> {
    if (this.#answer.kind === "whole") return { generations: [this.#answer.generation] };
    let whole: ChatGenerationChunk | undefined;
    for await (const chunk of this.#answer.chunks) whole = whole?.concat(chunk) ?? chunk;
    return { generations: whole === undefined ? [] : [whole] };
  }

  override async *_streamResponseChunks(
    ...[, , runManager]: Parameters<BaseChatModel["_streamResponseChunks"]>
  ): AsyncGenerator<ChatGenerationChunk> {
    if (this.#answer.kind === "whole") throw new TypeError("A whole answer is not streamed.");
    for await (const chunk of this.#answer.chunks) {
      yield chunk;
      await runManager?.handleLLMNewToken(chunk.text, undefined, undefined, undefined, undefined, { chunk });
    }
  }
}
