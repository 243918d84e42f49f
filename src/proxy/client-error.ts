import type { Duplex } from "node:stream";
import { errorBody } from "./error-body.ts";

/** Answers a connection whose bytes are no request, in the shape of every other error. */
export function refuseConnection(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status, words, message } = refusals[error.code ?? ""] ?? badRequest;
  const body = JSON.stringify(errorBody(message, "invalid_request_error", String(status)));
  const head = [
    `HTTP/1.1 ${status} ${words}`,
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`, () => socket.destroy());
}

const badRequest = { status: 400, words: "Bad Request", message: "This is no HTTP request." };
const refusals: Readonly<Record<string, typeof badRequest>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    words: "Request Header Fields Too Large",
    message: "The request's headers are larger than 16 KiB.",
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    words: "Request Timeout",
    message: "The request did not come in time.",
  },
};
