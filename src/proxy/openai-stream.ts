import { signalsOfStreamError, type Signals, type Usage } from "../routing/core.ts";
import type { StreamReader } from "./call.ts";
import { isObject, type JsonObject } from "./json-object.ts";
import { longestFrameBytes, StreamFrames } from "./stream-frames.ts";
import { reportedUsage } from "./usage.ts";

/**
 * A stream of OpenAI's chunks, passed on byte for byte and read for what matters: content, ends, usage, errors.
 * Once content flows, an event that differs from one already read only in its text is known by its looks.
 */
export class OpenAIStream implements StreamReader {
  state: StreamReader["state"] = "open";
  hasContent = false;
  problem: Signals | undefined;
  model: string | undefined;
  readonly #frames = new StreamFrames();
  readonly #wantsUsage: boolean;
  readonly #open = new Set<number>();
  readonly #finished = new Set<number>();
  #finishReason: string | undefined;
  #usage: Usage | undefined;
  #textBytes = 0;
  #beginning = "";
  #heldEvents = 0;
  /** What an ordinary event begins and ends with, around its text. */
  #before = "";
  #after = "";
  #misses = 0;

  constructor(wantsUsage: boolean) {
    this.#wantsUsage = wantsUsage;
  }

  get usage(): Usage | undefined {
    if (this.#usage !== undefined || !this.hasContent) return this.#usage;
    return { outputTokens: Math.ceil(this.#textBytes / 4), estimated: true };
  }

  push(chunk: Buffer, out: (Buffer | string)[]): void {
    const frames = this.#frames;
    frames.push(chunk);
    let from = 0;
    let to = 0;
    while (this.state === "open" && frames.next()) {
      if (!this.#isOrdinary() && !this.#read()) {
        if (to > from) out.push(frames.bytes.subarray(from, to));
        from = frames.end;
      }
      to = frames.end;
    }
    if (to > from) out.push(from === 0 && to === chunk.length ? chunk : frames.bytes.subarray(from, to));
    if (frames.waitingBytes > longestFrameBytes) this.#fail({ status: 200, problem: "malformed_json" });
  }

  get isComplete(): boolean {
    return this.#finished.size > 0 && this.#open.size === 0;
  }

  end(out: (Buffer | string)[], wasCut = false): void {
    if (this.state !== "open") return;
    const frames = this.#frames;
    // A last event without its blank line.
    if (!wasCut && frames.last() && this.#read()) out.push(frames.bytes.subarray(frames.start), "\n\n");
    if (this.state === "open") this.#finish(out);
  }

  /** True for one more piece of text in the clothes of the last. */
  #isOrdinary(): boolean {
    const { text, start, end } = this.#frames;
    if (this.#before === "" || !text.startsWith(this.#before, start)) return false;
    const from = start + this.#before.length;
    const to = end - this.#after.length;
    if (to < from || !text.startsWith(this.#after, to)) return false;
    const piece = text.slice(from, to);
    if (!plainText.test(piece)) return false;
    this.#textBytes += piece.length;
    this.#misses = 0;
    return true;
  }

  /** Reads an event; false when it is not to be passed on. */
  #read(): boolean {
    const data = this.#frames.data();
    // Comments keep connections alive; before content there is nobody to keep.
    if (data === undefined) return this.hasContent;
    if (data.trim() === "[DONE]") {
      this.#finish();
      return this.state === "done";
    }
    const event = parsed(data);
    if (event === undefined) return this.#fail({ status: 200, problem: "malformed_json", text: data });
    if (!isObject(event) || (event["error"] !== undefined && event["error"] !== null)) {
      return this.#fail(signalsOfStreamError(event));
    }
    // As vLLM says it.
    if (event["object"] === "error") return this.#fail(signalsOfStreamError({ error: event }));
    return this.#take(event);
  }

  #take(event: JsonObject): boolean {
    if (typeof event["model"] === "string") this.model ??= event["model"];
    this.#usage = reportedUsage(event["usage"]) ?? this.#usage;
    const choices = event["choices"];
    if (!Array.isArray(choices) || choices.length === 0) return this.#wantsUsage || !isObject(event["usage"]);
    for (const choice of choices as unknown[]) if (isObject(choice)) this.#takeChoice(choice);
    return this.state === "open";
  }

  #takeChoice(choice: JsonObject): void {
    const index = typeof choice["index"] === "number" ? choice["index"] : 0;
    const delta = isObject(choice["delta"]) ? choice["delta"] : {};
    const finish = choice["finish_reason"];
    const text = delta["content"];
    const isFinish = typeof finish === "string" && finish !== "";
    if (isFinish) {
      this.#open.delete(index);
      this.#finished.add(index);
      this.#finishReason = finish;
    } else if (!this.#finished.has(index)) this.#open.add(index);
    if (typeof text === "string") this.#textBytes += text.length;
    if (this.hasContent) {
      if (typeof text === "string" && !isFinish) this.#remember(text);
      return;
    }
    if (typeof text === "string") this.#beginning += text;
    this.#heldEvents += 1;
    // LocalAI's backend says its error as content first: the next event shows what it is.
    const isUnclear = !isFinish && this.#heldEvents <= mostHeldEvents && maybeRpcError(this.#beginning);
    if (saysSomething(delta) || this.#beginning !== "") this.hasContent = !isUnclear;
  }

  /** The clothes of an event with exactly this text and nothing else to see. */
  #remember(piece: string): void {
    const { text, start, end } = this.#frames;
    // Events that each have a number of their own never look alike.
    if (this.#misses >= mostMisses || !simpleText.test(piece)) return;
    this.#misses += 1;
    const event = text.slice(start, end);
    const marked = `"content":${JSON.stringify(piece)}`;
    const at = event.indexOf(marked);
    if (at < 0 || event.indexOf(marked, at + 1) >= 0) return;
    const from = at + '"content":"'.length;
    const [before, after] = [event.slice(0, from), event.slice(from + piece.length)];
    if (!/^data: ?\{[^\n]*$/.test(before) || !/^[^\n]*\}\r?\n\r?\n$/.test(after)) return;
    this.#before = before;
    this.#after = after;
  }

  /** At `[DONE]`, or when the upstream has ended without one. */
  #finish(out?: (Buffer | string)[]): void {
    const finishReason = this.#finishReason;
    if (this.#open.size > 0) this.#fail({ status: 200, problem: "stream_cut" });
    else if (finishReason === undefined) this.#fail({ status: 200, problem: "empty_answer" });
    else if (!this.hasContent) {
      const isCut = finishReason === "length";
      // Nothing but reasoning we cannot see, cut at the caller's own limit: an answer all the same.
      if (isCut) this.hasContent = true;
      else this.#fail({ status: 200, finishReason, problem: "empty_answer" });
    }
    if (this.state !== "open") return;
    this.state = "done";
    out?.push(doneEvent);
  }

  #fail(problem: Signals): false {
    this.problem = problem;
    this.state = "failed";
    return false;
  }
}

export const doneEvent = "data: [DONE]\n\n";

/** A JSON string's inside, every escape a right one; bytes above ASCII are text. */
// oxlint-disable-next-line eslint/no-control-regex -- what JSON forbids is what is looked for
const plainText = /^(?:[^"\\\u0000-\u001F]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*$/;
const simpleText = /^[ !#-[\]-~]+$/;
const mostHeldEvents = 200;
const mostMisses = 8;
const rpcError = "rpc error:";

function maybeRpcError(text: string): boolean {
  const start = text.trimStart();
  return start === "" ? text !== "" : rpcError.startsWith(start) || start.startsWith(rpcError);
}

const asides = ["reasoning_content", "reasoning", "refusal", "audio", "function_call"];

function saysSomething(delta: JsonObject): boolean {
  const calls = delta["tool_calls"];
  // A call that has begun and says not yet of what is nothing a caller could use.
  if (Array.isArray(calls) && calls.length > 0) return calls.some(hasName);
  return asides.some((name) => isFilled(delta[name])) || isFilled(delta["content"]);
}

function hasName(call: unknown): boolean {
  const named = isObject(call) ? call["function"] : undefined;
  return isObject(named) ? isFilled(named["name"]) : isObject(call) && call["type"] === "custom";
}

function isFilled(value: unknown): boolean {
  return (
    value !== undefined && value !== null && value !== "" && !(Array.isArray(value) && value.length === 0)
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
