import type { ChatGenerationChunk } from "@langchain/core/outputs";
import type { AttemptOutcome, StreamEnd } from "./attempt.ts";
import type { BoundModel } from "./bound-model.ts";
import {
  finishReasonOf,
  hasContent,
  isCallWithoutName,
  modelNamed,
  problemIn,
  usageOf,
} from "./chat-answer.ts";
import type { ChatAnswer, ChatCall } from "./chat-call.ts";
import { signalsOfThrown } from "./thrown.ts";

/** LangChain's own classes for these end a cut stream as if it were whole; a good one always says why it ended. */
const saysWhyItEnds = /^(?:openai|googlegenerativeai)$/;

/** Asks for a stream and waits for its first content; until then a failure is one that nobody has seen. */
export async function openChatStream(
  { model, options }: BoundModel,
  call: ChatCall,
  messages: ChatCall["messages"],
  signal: AbortSignal,
): Promise<AttemptOutcome<ChatAnswer>> {
  const source = model._streamResponseChunks([...messages], { ...options, signal } as never);
  const iterator = source[Symbol.asyncIterator]();
  const collected = new Collected();
  const held: ChatGenerationChunk[] = [];
  for (;;) {
    const step = await raced(iterator.next(), signal);
    if (step.done === true) {
      const { whole } = collected;
      const problem = whole && problemIn(whole.message, whole.generationInfo);
      return { kind: "failed", signals: problem ?? { status: 200, problem: "empty_answer" } };
    }
    collected.add(step.value);
    held.push(step.value);
    if (hasContent(step.value.message) && !collected.isUnclear) break;
  }
  const answeredBy = collected.whole && modelNamed(collected.whole.message);
  const { promise: ended, resolve } = Promise.withResolvers<StreamEnd>();
  const chunks = remaining(iterator, held, collected, model._llmType(), call, signal, resolve);
  return {
    kind: "streaming",
    answer: { kind: "chunks", chunks },
    ended,
    ...(answeredBy !== undefined && { model: answeredBy }),
  };
}

async function* remaining(
  iterator: AsyncIterator<ChatGenerationChunk>,
  held: readonly ChatGenerationChunk[],
  collected: Collected,
  modelType: string,
  call: ChatCall,
  signal: AbortSignal,
  end: (end: StreamEnd) => void,
): AsyncGenerator<ChatGenerationChunk> {
  const failed = (error: unknown) => {
    const facts = call.callerSignal.aborted ? { callerAborted: true } : {};
    end({ kind: "failed", signals: signalsOfThrown(error, facts) });
  };
  // Also when nobody asks for the next chunk any more.
  const onAbort = () => failed(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    yield* held;
    for (;;) {
      const step = await raced(iterator.next(), signal);
      if (step.done === true) break;
      collected.add(step.value);
      yield step.value;
    }
    const { whole } = collected;
    if (whole !== undefined && saysWhyItEnds.test(modelType)) assertEnded(whole);
    const usage = whole && usageOf(whole.message);
    end({ kind: "finished", outputText: whole?.text ?? "", ...(usage !== undefined && { usage }) });
  } catch (error) {
    failed(error);
    throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
    // Without effect unless the reader left early.
    end({ kind: "failed", signals: { callerAborted: true } });
    iterator.return?.(undefined).catch(() => undefined);
  }
}

function assertEnded(whole: ChatGenerationChunk): void {
  if (finishReasonOf(whole.message, whole.generationInfo) !== undefined) return;
  throw Object.assign(new Error("The stream ended without a finish reason."), { reason: "cut" });
}

/** The chunks so far as one. */
class Collected {
  whole: ChatGenerationChunk | undefined;

  get isUnclear(): boolean {
    return this.whole !== undefined && isCallWithoutName(this.whole.message);
  }

  add(chunk: ChatGenerationChunk): void {
    this.whole = this.whole === undefined ? chunk : this.whole.concat(chunk);
  }
}

/** The promise, or the signal's reason as soon as that is aborted; a promise left behind does no harm. */
export function raced<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    const settled = () => signal.removeEventListener("abort", onAbort);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
    promise.then(
      (value) => (settled(), resolve(value)),
      (error: unknown) => (settled(), reject(error)),
    );
  });
}
