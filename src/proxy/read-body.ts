import type { IncomingMessage } from "node:http";
import { RequestProblem } from "./request-problem.ts";

const mebibyte = 1024 * 1024;

export interface BodyLimits {
  /** One body: room for a conversation with pictures in it. */
  readonly bodyBytes: number;
  /** All large bodies under way together, so that no crowd of them takes the memory. */
  readonly allBytes: number;
}

export const builtInBodyLimits: BodyLimits = { bodyBytes: 32 * mebibyte, allBytes: 48 * mebibyte };

/** Bodies up to here are not counted together. */
const smallBytes = 256 * 1024;

/** Reads the bodies of requests, each and all of them within limits. */
export class BodyReader {
  readonly #limits: BodyLimits;
  #largeBytes = 0;

  constructor(limits: BodyLimits = builtInBodyLimits) {
    this.#limits = limits;
  }

  /**
   * The whole body, or undefined when its sender went away. Rejects with a 413 as soon as it is too large, and with a
   * 503 when there is no room for it now. Its room is given back when the exchange is over.
   */
  read(request: IncomingMessage, ended: (giveBack: () => void) => void): Promise<Buffer | undefined> {
    return new Promise((resolve, reject) => {
      const problem = this.#problemOf(Number(request.headers["content-length"] ?? 0));
      if (problem !== undefined) {
        reject(problem);
        return;
      }
      const pieces: Buffer[] = [];
      let bytes = 0;
      let counted = 0;
      const onData = (piece: Buffer) => {
        bytes += piece.length;
        if (bytes > smallBytes) {
          const tooMuch = this.#problemOf(bytes, counted);
          if (tooMuch !== undefined) {
            pieces.length = 0;
            request.off("data", onData);
            reject(tooMuch);
            return;
          }
          if (counted === 0) ended(() => (this.#largeBytes -= counted));
          this.#largeBytes += bytes - counted;
          counted = bytes;
        }
        pieces.push(piece);
      };
      request.on("data", onData);
      request.on("end", () => resolve(pieces.length === 1 ? pieces[0] : Buffer.concat(pieces)));
      request.on("close", () => resolve(undefined));
      request.on("error", () => resolve(undefined));
    });
  }

  #problemOf(bytes: number, counted = 0): RequestProblem | undefined {
    const { bodyBytes, allBytes } = this.#limits;
    if (bytes > bodyBytes) {
      const most = `${Math.floor(bodyBytes / mebibyte)} MiB`;
      return new RequestProblem(413, "REQUEST_TOO_LARGE", `The request's body is larger than ${most}.`);
    }
    if (bytes <= smallBytes || this.#largeBytes - counted + bytes <= allBytes) return undefined;
    const message = "Too many large requests are being answered: send this one again in a moment.";
    return new RequestProblem(503, "BUSY", message);
  }
}
