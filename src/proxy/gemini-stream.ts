import {
  GeminiStreamTranslator,
  type GeminiTrouble,
  type StreamLabel,
} from "../providers/gemini-translator.ts";
import { signalsOfStreamError, type Signals, type Usage } from "../routing/core.ts";
import type { StreamReader } from "./call.ts";
import { isObject } from "./json-object.ts";
import { doneEvent } from "./openai-stream.ts";
import { longestFrameBytes, StreamFrames } from "./stream-frames.ts";
import { parsedJson } from "./whole-answer.ts";

/** A stream of Gemini's events, each told on as OpenAI's chunks. */
export class GeminiStream implements StreamReader {
  state: StreamReader["state"] = "open";
  hasContent = false;
  problem: Signals | undefined;
  readonly #frames = new StreamFrames();
  readonly #translator: GeminiStreamTranslator;
  #textLength = 0;

  constructor(label: StreamLabel) {
    this.#translator = new GeminiStreamTranslator(label);
  }

  get model(): string {
    return this.#translator.answeredBy;
  }

  get usage(): Usage | undefined {
    const { prompt_tokens: inputTokens, completion_tokens: outputTokens } = this.#translator.usage;
    if (inputTokens > 0) return { inputTokens, outputTokens };
    return this.hasContent ? { outputTokens: Math.ceil(this.#textLength / 4), estimated: true } : undefined;
  }

  get isComplete(): boolean {
    return this.#translator.end().complete;
  }

  push(chunk: Buffer, out: (Buffer | string)[]): void {
    this.#frames.push(chunk);
    while (this.state === "open" && this.#frames.next()) this.#read(out);
    if (this.#frames.waitingBytes > longestFrameBytes) this.#fail({ status: 200, problem: "malformed_json" });
  }

  end(out: (Buffer | string)[], wasCut = false): void {
    if (this.state !== "open") return;
    if (!wasCut && this.#frames.last()) this.#read(out);
    if (this.state !== "open") return;
    const { chunks, complete } = this.#translator.end();
    const { trouble } = this.#translator;
    if (!complete) this.#fail({ status: 200, problem: "stream_cut" });
    else if (trouble !== undefined && this.#isFatal(trouble)) this.#fail({ status: 200, ...trouble });
    else {
      // Nothing but thoughts we cannot see, cut at the caller's own limit: an answer all the same.
      this.hasContent = true;
      for (const one of chunks) out.push(eventOf(one));
      out.push(doneEvent);
      this.state = "done";
    }
  }

  #read(out: (Buffer | string)[]): void {
    const data = this.#frames.data();
    if (data === undefined || data.trim() === "[DONE]") return;
    const event = parsedJson(data);
    if (event === undefined) {
      this.#fail({ status: 200, problem: "malformed_json", text: data });
      return;
    }
    if (!isObject(event) || (event["error"] !== undefined && event["error"] !== null)) {
      this.#fail(signalsOfStreamError(event));
      return;
    }
    const chunks = this.#translator.push(event);
    const { trouble } = this.#translator;
    if (trouble !== undefined && this.#isFatal(trouble)) {
      this.#fail({ status: 200, ...trouble });
      return;
    }
    for (const chunk of chunks) {
      const delta = chunk.choices[0]?.delta;
      this.#textLength += delta?.content?.length ?? 0;
      this.hasContent ||= this.#translator.hasContent || delta?.reasoning_content !== undefined;
      out.push(eventOf(chunk));
    }
  }

  /** After words a refusal is one of OpenAI's finish reasons; whatever else is wrong leaves half an answer. */
  #isFatal({ problem }: GeminiTrouble): boolean {
    return !this.hasContent || problem !== "refused";
  }

  #fail(problem: Signals): void {
    this.problem = problem;
    this.state = "failed";
  }
}

function eventOf(chunk: unknown): string {
  return `data: ${JSON.stringify(chunk)}\n\n`;
}
