import type { ServerResponse } from "node:http";
import type { StreamSink } from "./answer-stream.ts";

/**
 * Writes a stream's events into a response. Its head and first bytes go Node's way, and so does its end; what comes
 * between is framed here and written to the connection at once, where Node would make four writes of each piece.
 */
export class ChunkedSink implements StreamSink {
  readonly #response: ServerResponse;
  readonly #onRoom: () => void;
  #hasBegun = false;

  constructor(response: ServerResponse, onRoom: () => void) {
    this.#response = response;
    this.#onRoom = onRoom;
  }

  write(bytes: Buffer | string): boolean {
    const response = this.#response;
    const { socket } = response;
    const isFramed = this.#hasBegun && response.chunkedEncoding && socket !== null && socket.writable;
    const target = isFramed ? socket : response;
    this.#hasBegun = true;
    const hasRoom = isFramed ? socket.write(framed(bytes)) : response.write(bytes);
    if (!hasRoom) target.once("drain", this.#onRoom);
    return hasRoom;
  }

  end(bytes?: Buffer | string): void {
    this.#response.end(bytes);
  }
}

/** One chunk of a chunked body: its length, itself, and the ends of their lines. */
function framed(bytes: Buffer | string): Buffer {
  const length = typeof bytes === "string" ? Buffer.byteLength(bytes) : bytes.length;
  const head = `${length.toString(16)}\r\n`;
  const chunk = Buffer.allocUnsafe(head.length + length + 2);
  chunk.write(head, 0, "latin1");
  if (typeof bytes === "string") chunk.write(bytes, head.length, "utf8");
  else bytes.copy(chunk, head.length);
  chunk[head.length + length] = carriageReturn;
  chunk[head.length + length + 1] = lineFeed;
  return chunk;
}

const carriageReturn = 13;
const lineFeed = 10;
