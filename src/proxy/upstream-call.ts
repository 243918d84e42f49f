import type { IncomingHttpHeaders } from "node:http";
import {
  signalsOfHttpAnswer,
  signalsOfThrown,
  type AttemptBudget,
  type AttemptOutcome,
  type Signals,
} from "../routing/core.ts";
import { AnswerStream } from "./answer-stream.ts";
import type { ProxyAnswer, ProxyCall, StreamReader } from "./call.ts";
import { Exchange, type ExchangeLimits, type ExchangeListener } from "./exchange.ts";
import { doneEvent } from "./openai-stream.ts";
import type { Target } from "./target.ts";
import type { ReadAnswer } from "./whole-answer.ts";

/** How one provider's answers are read. */
export interface Reading {
  /** A whole answer: its outcome, and the bytes for the caller. */
  readonly whole: (bytes: Buffer, headers: IncomingHttpHeaders, call: ProxyCall) => WholeReading;
  readonly stream: (call: ProxyCall) => StreamReader;
}

export type WholeReading = Extract<ReadAnswer, { kind: "bad" }> | GoodAnswer;
type GoodAnswer = Extract<ReadAnswer, { kind: "good" }> & { readonly bytes: Buffer | string };

const longestAnswerBytes = 256 * 1024 * 1024;
const longestErrorBytes = 1024 * 1024;

/** The same for head and body wherever that says the same: undici makes a timer anew each time the two differ. */
function limitsOf(timeouts: AttemptBudget["timeouts"], isStream: boolean): ExchangeLimits {
  const { idleMs, headersMs, firstContentMs, attemptMs } = timeouts;
  const silenceMs = (isStream ? firstContentMs : undefined) ?? attemptMs;
  return {
    headersMs: headersMs ?? (idleMs === undefined ? silenceMs : attemptMs),
    idleMs: idleMs ?? silenceMs,
  };
}

/** One call of a deployment, from the request to a checked answer or to a stream's first content and its end. */
export class UpstreamCall implements ExchangeListener {
  readonly outcome: Promise<AttemptOutcome<ProxyAnswer>>;
  readonly #call: ProxyCall;
  readonly #reading: Reading;
  readonly #exchange: Exchange;
  readonly #startedAtMs = performance.now();
  readonly #settle: (outcome: AttemptOutcome<ProxyAnswer>) => void;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  #pieces: Buffer[] = [];
  #bytes = 0;
  /** Undefined for a whole answer. */
  #reader: StreamReader | undefined;
  #stream: AnswerStream | undefined;
  #held: (Buffer | string)[] = [];

  constructor(call: ProxyCall, reading: Reading) {
    this.#call = call;
    this.#reading = reading;
    this.#exchange = new Exchange(this);
    const { promise, resolve } = Promise.withResolvers<AttemptOutcome<ProxyAnswer>>();
    this.outcome = promise;
    this.#settle = resolve;
  }

  send(target: Target, body: string | Buffer, budget: AttemptBudget, signal: AbortSignal): void {
    signal.addEventListener("abort", () => this.#abort(signal.reason), { once: true });
    this.#exchange.send(target, body, limitsOf(budget.timeouts, this.#call.isStream));
  }

  onHead(status: number, headers: IncomingHttpHeaders): void {
    this.#status = status;
    this.#headers = headers;
    const isStream = this.#call.isStream && status < 300 && !/json|html/i.test(headers["content-type"] ?? "");
    if (isStream) this.#reader = this.#reading.stream(this.#call);
  }

  onData(chunk: Buffer): void {
    if (this.#reader !== undefined) {
      this.#read(this.#reader, chunk);
      return;
    }
    this.#pieces.push(chunk);
    this.#bytes += chunk.length;
    const isError = this.#status >= 300;
    if (this.#bytes <= (isError ? longestErrorBytes : longestAnswerBytes)) return;
    this.#exchange.abort(new Error("The answer is too long."));
    if (isError) this.#settle(this.#refusal());
    else this.#settle({ kind: "failed", signals: { status: 200, problem: "malformed_json" } });
  }

  onEnd(): void {
    const reader = this.#reader;
    if (reader !== undefined) {
      const out: (Buffer | string)[] = [];
      reader.end(out);
      this.#follow(reader, out);
    } else if (this.#status >= 300) this.#settle(this.#refusal());
    else this.#settle(this.#whole());
  }

  onFailure(error: Error): void {
    const reader = this.#reader;
    if (reader?.state === "done") return;
    const out: (Buffer | string)[] = [];
    // Whatever was still to come, every choice has said its last word.
    if (reader?.isComplete === true) {
      reader.end(out, true);
      this.#follow(reader, out);
      return;
    }
    const signals = this.#signalsOf(error);
    if (this.#stream !== undefined) this.#stream.fail({ kind: "failed", signals, usage: reader?.usage });
    // A refusal whose last words are lost is a refusal all the same.
    else if (this.#status >= 300) this.#settle(this.#refusal());
    else this.#settle({ kind: "failed", signals, cause: error });
  }

  #read(reader: StreamReader, chunk: Buffer): void {
    if (reader.state !== "open") return;
    const out: (Buffer | string)[] = [];
    reader.push(chunk, out);
    this.#follow(reader, out);
  }

  /** Passes on what was read, opens the stream at its first content and ends it at its end. */
  #follow(reader: StreamReader, out: readonly (Buffer | string)[]): void {
    let rest = out;
    if (this.#stream === undefined) {
      this.#held.push(...out);
      if (reader.hasContent) this.#open(reader, this.#held);
      else if (reader.problem !== undefined) {
        this.#exchange.abort(new Error("The stream is none."));
        this.#settle({ kind: "failed", signals: reader.problem, usage: reader.usage });
      }
      rest = [];
    }
    const stream = this.#stream;
    if (stream === undefined) return;
    if (reader.state === "done") {
      stream.finish(rest, { kind: "finished", usage: reader.usage });
      return;
    }
    stream.push(rest);
    if (reader.problem === undefined) return;
    this.#exchange.abort(new Error("The stream is broken."));
    stream.fail({ kind: "failed", signals: reader.problem, usage: reader.usage });
  }

  #open(reader: StreamReader, held: readonly (Buffer | string)[]): void {
    const stream = new AnswerStream(this.#exchange);
    this.#stream = stream;
    stream.push(held);
    this.#held = [];
    this.#settle({
      kind: "streaming",
      answer: { kind: "stream", stream, upstreamMs: performance.now() - this.#startedAtMs },
      ended: stream.ended,
      model: reader.model,
    });
  }

  #whole(): AttemptOutcome<ProxyAnswer> {
    const bytes =
      this.#pieces.length === 1 && this.#pieces[0] ? this.#pieces[0] : Buffer.concat(this.#pieces);
    const read = this.#reading.whole(bytes, this.#headers, this.#call);
    if (read.kind === "bad") return { kind: "failed", signals: read.signals, usage: read.usage };
    const upstreamMs = performance.now() - this.#startedAtMs;
    const { usage, outputText, model } = read;
    if (!this.#call.isStream) {
      return {
        kind: "answered",
        answer: { kind: "whole", bytes: read.bytes, upstreamMs },
        usage,
        outputText,
        model,
      };
    }
    // A server that answers a stream request with one whole completion.
    const stream = new AnswerStream(this.#exchange);
    stream.finish([asEvents(read.bytes)], { kind: "finished", usage, outputText });
    return { kind: "streaming", answer: { kind: "stream", stream, upstreamMs }, ended: stream.ended, model };
  }

  #refusal(): AttemptOutcome<never> {
    const body = Buffer.concat(this.#pieces).toString();
    return {
      kind: "failed",
      signals: signalsOfHttpAnswer({ status: this.#status, headers: this.#headers, body }),
    };
  }

  /** After the head a broken connection is a cut, unless it was silence that ended it. */
  #signalsOf(error: Error): Signals {
    const signals = signalsOfThrown(error);
    const isCut = this.#status > 0 && !(signals.code ?? "").endsWith("_TIMEOUT");
    return isCut ? { ...signals, problem: "stream_cut" } : signals;
  }

  #abort(reason: unknown): void {
    this.#exchange.abort(reason instanceof Error ? reason : new Error("aborted"));
    const facts = this.#call.callerSignal.aborted ? { callerAborted: true } : {};
    const signals = signalsOfThrown(reason, facts);
    if (this.#stream === undefined) this.#settle({ kind: "failed", signals, cause: reason });
    else this.#stream.fail({ kind: "failed", signals, usage: this.#reader?.usage });
  }
}

/** One whole completion as a stream of one chunk. */
function asEvents(bytes: Buffer | string): string {
  const whole = JSON.parse(bytes.toString()) as { choices?: { message?: object }[] };
  const choices = whole.choices?.map(({ message, ...choice }) => ({ ...choice, delta: message }));
  const chunk = { ...whole, object: "chat.completion.chunk", choices };
  return `data: ${JSON.stringify(chunk)}\n\n${doneEvent}`;
}
