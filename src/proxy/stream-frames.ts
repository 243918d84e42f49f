/** Server-sent events cut out of bytes, however they are split; one character a byte, for looking and not for reading. */
export class StreamFrames {
  /** The bytes since the last whole event, and the same as Latin-1. */
  bytes: Buffer = nothing;
  text = "";
  #start = 0;
  #end = 0;

  push(chunk: Buffer): void {
    const rest = this.#end === this.bytes.length ? nothing : this.bytes.subarray(this.#end);
    this.bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    this.text = this.bytes.toString("latin1");
    this.#start = 0;
    this.#end = 0;
  }

  /** Where the current event begins and, its blank line included, ends. */
  get start(): number {
    return this.#start;
  }

  get end(): number {
    return this.#end;
  }

  /** Goes to the next whole event; false when there is none yet. */
  next(): boolean {
    const { text } = this;
    this.#start = this.#end;
    for (let at = text.indexOf("\n", this.#start); at >= 0; at = text.indexOf("\n", at + 1)) {
      const after = text.charCodeAt(at + 1);
      if (after === lineFeed) return this.#isAt(at + 2);
      if (after === carriageReturn && text.charCodeAt(at + 2) === lineFeed) return this.#isAt(at + 3);
    }
    return false;
  }

  /** What is left when the stream has ended, taken for an event; false when that is nothing but space. */
  last(): boolean {
    this.#start = this.#end;
    this.#end = this.text.length;
    return this.text.slice(this.#start).trim() !== "";
  }

  /** Bytes that belong to no whole event yet. */
  get waitingBytes(): number {
    return this.bytes.length - this.#end;
  }

  /** The current event's `data:` as text in UTF-8; undefined when it has none (a comment). */
  data(): string | undefined {
    const lines = this.bytes.toString("utf8", this.#start, this.#end).split(/\r\n|\n|\r/);
    const data = lines.flatMap((line) => {
      if (line === "data") return [""];
      return line.startsWith("data:") ? [line.slice(line.startsWith(" ", 5) ? 6 : 5)] : [];
    });
    return data.length === 0 ? undefined : data.join("\n");
  }

  #isAt(end: number): true {
    this.#end = end;
    return true;
  }
}

const nothing = Buffer.alloc(0);
const lineFeed = 10;
const carriageReturn = 13;
/** More than this without the end of an event is no stream of events. */
export const longestFrameBytes = 16 * 1024 * 1024;
