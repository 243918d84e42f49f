import type { IncomingHttpHeaders } from "node:http";
import type { Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import type { Dispatcher } from "undici";
import type { Target } from "./target.ts";

/** What is heard of one exchange, in this order; after `onEnd` or `onFailure` nothing more. */
export interface ExchangeListener {
  onHead(status: number, headers: IncomingHttpHeaders): void;
  onData(chunk: Buffer): void;
  onEnd(): void;
  onFailure(error: Error): void;
}

export interface ExchangeLimits {
  /** Until the answer's headers have come; 0 is no limit. */
  readonly headersMs: number;
  /** Between two pieces of the body; 0 is no limit. */
  readonly idleMs: number;
}

/** One HTTP request and its answer, straight from undici: nothing retried, no redirect followed. */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #listener: ExchangeListener;
  #controller: Dispatcher.DispatchController | undefined;
  #decoder: Transform | undefined;
  #abortedBy: Error | undefined;
  #isOver = false;

  constructor(listener: ExchangeListener) {
    this.#listener = listener;
  }

  send({ dispatcher, origin, path, headers }: Target, body: string | Buffer, limits: ExchangeLimits): void {
    dispatcher.dispatch(
      {
        origin,
        path,
        method: "POST",
        headers: headers as string[],
        body,
        headersTimeout: limits.headersMs,
        bodyTimeout: limits.idleMs,
      },
      this,
    );
  }

  /** Ends the exchange at once, its connection with it; the listener hears nothing more. */
  abort(reason: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#abortedBy = reason;
    this.#controller?.abort(reason);
    this.#decoder?.destroy();
  }

  pause(): void {
    this.#decoder?.pause();
    this.#controller?.pause();
  }

  resume(): void {
    this.#decoder?.resume();
    this.#controller?.resume();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // Aborted while it was still waiting for its connection.
    if (this.#abortedBy !== undefined) controller.abort(this.#abortedBy);
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    if (status < 200) return;
    this.#controller = controller;
    const encoding = headers["content-encoding"];
    if (encoding !== undefined) this.#decodes(encoding);
    this.#listener.onHead(status, headers);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isOver) return;
    if (this.#decoder === undefined) this.#listener.onData(chunk);
    else this.#decoder.write(chunk);
  }

  onResponseEnd(): void {
    if (this.#decoder === undefined) this.#ends();
    else this.#decoder.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#decoder?.destroy();
    this.#fails(error);
  }

  /** We ask for no compression; a server behind an eager proxy may compress all the same. */
  #decodes(encoding: string): void {
    const decoder = decoders.get(encoding.trim().toLowerCase())?.();
    if (decoder === undefined) return;
    this.#decoder = decoder;
    decoder.on("data", (chunk: Buffer) => {
      if (!this.#isOver) this.#listener.onData(chunk);
    });
    decoder.on("end", () => this.#ends());
    decoder.on("error", (error) => {
      this.#fails(error);
      this.#controller?.abort(error);
    });
  }

  #ends(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#listener.onEnd();
  }

  #fails(error: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#listener.onFailure(error);
  }
}

const decoders = new Map<string, () => Transform>([
  ["gzip", createGunzip],
  ["x-gzip", createGunzip],
  ["deflate", createInflate],
  ["br", createBrotliDecompress],
]);
