import type { StreamEnd } from "../routing/core.ts";

/** Where a stream goes. */
export interface StreamSink {
  /** False when it has enough for now. */
  write(bytes: Buffer | string): boolean;
  end(bytes?: Buffer | string): void;
}

/** What holds a stream back and lets it go on. */
export interface StreamSource {
  pause(): void;
  resume(): void;
}

/**
 * A stream on its way from a provider to a caller: what comes before there is somebody to send it to is held.
 * One that ends well ends its sink; of any other, `ended` says what happened, and the last word is its owner's.
 */
export class AnswerStream {
  /** Settles when the stream has ended, in whatever way; never rejects. */
  readonly ended: Promise<StreamEnd>;
  readonly #source: StreamSource;
  readonly #settle: (end: StreamEnd) => void;
  #held: (Buffer | string)[] = [];
  #isFlushing = false;
  #sink: StreamSink | undefined;
  #isFinished = false;
  #isSettled = false;

  constructor(source: StreamSource) {
    this.#source = source;
    const { promise, resolve } = Promise.withResolvers<StreamEnd>();
    this.ended = promise;
    this.#settle = resolve;
  }

  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** Sends what was held and all that comes. */
  attach(sink: StreamSink): void {
    this.#sink = sink;
    if (this.#isFinished) sink.end(this.#taken());
    else this.#flush();
  }

  /** The sink has room again. */
  resume(): void {
    this.#source.resume();
  }

  /** What comes in one go is sent in one go. */
  push(pieces: readonly (Buffer | string)[]): void {
    if (pieces.length === 0) return;
    this.#held.push(...pieces);
    if (this.#sink === undefined || this.#isFlushing) return;
    this.#isFlushing = true;
    process.nextTick(AnswerStream.#flushOf, this);
  }

  /** The last pieces of a whole answer. */
  finish(pieces: readonly (Buffer | string)[], end: StreamEnd): void {
    this.#isFinished = true;
    this.#held.push(...pieces);
    this.#sink?.end(this.#taken());
    this.#settleOnce(end);
  }

  fail(end: Extract<StreamEnd, { kind: "failed" }>): void {
    this.#flush();
    this.#settleOnce(end);
  }

  /** For `nextTick`, without a function made for each piece. */
  static #flushOf(this: void, stream: AnswerStream): void {
    stream.#isFlushing = false;
    stream.#flush();
  }

  #flush(): void {
    if (this.#sink === undefined || this.#held.length === 0) return;
    const bytes = this.#taken();
    if (bytes !== undefined && !this.#sink.write(bytes)) this.#source.pause();
  }

  #taken(): Buffer | string | undefined {
    const held = this.#held;
    this.#held = [];
    return joined(held);
  }

  #settleOnce(end: StreamEnd): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#settle(end);
  }
}

function joined(pieces: readonly (Buffer | string)[]): Buffer | string | undefined {
  if (pieces.length < 2) return pieces[0];
  if (pieces.every((piece) => typeof piece === "string")) return pieces.join("");
  return Buffer.concat(pieces.map((piece) => (typeof piece === "string" ? Buffer.from(piece) : piece)));
}
