import { AsyncCaller } from "@langchain/core/utils/async_caller";
import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { field } from "./field.ts";

/**
 * Turns a LangChain model's own retries off (it would ask six times, with sleeps that no signal ends) and fences in
 * one defect of Google's SDK, which rejects a promise that nobody holds when a stream is cut.
 */
export function withoutOwnRetries(chat: BaseChatModel): BaseChatModel {
  // ChatOpenAI keeps a model for each of OpenAI's two APIs inside itself.
  for (const model of [chat, field(chat, "completions"), field(chat, "responses")]) {
    const caller = field(model, "caller");
    if (!(caller instanceof AsyncCaller)) continue;
    const maxConcurrency = field(caller, "maxConcurrency");
    (model as { caller: AsyncCaller }).caller = new AsyncCaller({
      maxRetries: 0,
      // The default handler renames and marks errors, which are read elsewhere, once.
      onFailedAttempt: () => {},
      ...(typeof maxConcurrency === "number" && { maxConcurrency }),
    });
  }
  const client = field(chat, "client");
  const generate = field(client, "generateContentStream");
  if (typeof generate === "function") {
    const fenced = async (...arguments_: unknown[]): Promise<unknown> => {
      const result: unknown = await generate.apply(client, arguments_);
      const response = field(result, "response");
      if (response instanceof Promise) response.catch(() => undefined);
      return result;
    };
    (client as { generateContentStream: unknown }).generateContentStream = fenced;
  }
  return chat;
}
