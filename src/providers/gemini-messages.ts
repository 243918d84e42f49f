import { SystemMessage, type BaseMessage } from "@langchain/core/messages";
import type { ModelSettings } from "./model-settings.ts";
import { ProviderError, unsendable } from "./provider-error.ts";

/** One system message, and first: Gemini has a single instruction, and LangChain's class refuses any other order. */
export function systemFirst(messages: readonly BaseMessage[]): BaseMessage[] {
  const system = messages.filter((message) => message.type === "system");
  const [first] = system;
  if (first === undefined) return [...messages];
  const others = messages.filter((message) => message.type !== "system");
  const joined = system.length === 1 ? first : new SystemMessage(system.map(({ text }) => text).join("\n\n"));
  return [joined, ...others];
}

/** An error of ours or of the caller's signal as it is; any other is LangChain refusing the messages: a wrong request. */
export function readableError(
  error: unknown,
  settings: ModelSettings,
  signal: AbortSignal | undefined,
): unknown {
  if (error instanceof ProviderError || signal?.aborted) return error;
  const sentence = error instanceof Error ? error.message : String(error);
  // The class stumbled over an answer of a shape that it does not know: nothing is wrong with the request.
  if (error instanceof TypeError) {
    return new ProviderError("malformed", `${settings.id}: the answer cannot be read: ${sentence}`, {
      cause: error,
    });
  }
  return unsendable(settings, error);
}

/** The same for the chunks of a stream. */
export async function* readable<Chunk>(
  chunks: AsyncIterable<Chunk>,
  settings: ModelSettings,
  signal: AbortSignal | undefined,
): AsyncGenerator<Chunk> {
  try {
    yield* chunks;
  } catch (error) {
    throw readableError(error, settings, signal);
  }
}
