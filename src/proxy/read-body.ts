import type { IncomingMessage } from "node:http";
import { RequestProblem } from "./request-problem.ts";

/** Largest request body: room for a conversation with pictures in it. */
export const largestBodyBytes = 32 * 1024 * 1024;

/** The whole body, or undefined when its sender went away. Rejects with a 413 as soon as it is too large. */
export function readBody(
  request: IncomingMessage,
  limitBytes = largestBodyBytes,
): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const tooLarge = () =>
      reject(
        new RequestProblem(
          413,
          "REQUEST_TOO_LARGE",
          `The request's body is larger than ${Math.floor(limitBytes / 1024 / 1024)} MiB.`,
        ),
      );
    if (Number(request.headers["content-length"] ?? 0) > limitBytes) {
      tooLarge();
      return;
    }
    const pieces: Buffer[] = [];
    let bytes = 0;
    request.on("data", (piece: Buffer) => {
      bytes += piece.length;
      if (bytes <= limitBytes) pieces.push(piece);
      else {
        pieces.length = 0;
        tooLarge();
      }
    });
    request.on("end", () => resolve(pieces.length === 1 ? pieces[0] : Buffer.concat(pieces)));
    request.on("close", () => resolve(undefined));
    request.on("error", () => resolve(undefined));
  });
}
