import { InterruptedError, KnownError } from "../errors.ts";
import type { LocalAiServer } from "./ask-local-ai.ts";
import { type Following, throughAbsence } from "./follow-job.ts";
import { LocalAiError } from "./local-ai-error.ts";
import { askOnce, type ModelUse, reloadModels, servedModels } from "./served-models.ts";

/** A job that is done and a model that is listed are two things. */
export async function untilServed(server: LocalAiServer, model: string, options: Following): Promise<void> {
  const { waiting, signal } = options;
  for (let looks = 1; looks <= 20; looks += 1) {
    if ((await throughAbsence(() => servedModels(server, signal), options)).includes(model)) return;
    if (looks === 5) await reloadModels(server, signal).catch(() => {});
    await waiting.sleep(waiting.pollMs, signal);
  }
  throw new KnownError(
    "MODEL_NOT_SERVED",
    `LocalAI says that ${model} is installed and does not list it: start LocalAI anew, then run this again.`,
    { facts: { model } },
  );
}

/** Returns when the model has answered, which loads it; false for what is neither a chat nor an embedding model. */
export async function untilItAnswers(
  server: LocalAiServer,
  model: string,
  use: ModelUse,
  options: Following,
): Promise<boolean> {
  if (use === "other") return false;
  options.onWord(`Waiting for ${model} to answer: it is loaded now.`);
  try {
    await throughAbsence(() => askOnce(server, model, use, options.signal), options);
    return true;
  } catch (error) {
    if (error instanceof InterruptedError || !(error instanceof LocalAiError)) throw error;
    // What stands before LocalAI may let through its gallery and not this.
    if (error.reason === "missing" && !/model/i.test(error.said)) return false;
    if (error.reason === "key" || error.reason === "forbidden") throw error;
    throw new KnownError(
      "MODEL_SILENT",
      `${model} is installed and does not answer (${error.said}): look at LocalAI's log; often the machine has too little memory, or the backend is missing.`,
      { cause: error, facts: { model, said: error.said } },
    );
  }
}
