import type { Signals, Usage } from "../routing/core.ts";
import type { AnswerStream } from "./answer-stream.ts";
import type { JsonObject } from "./json-object.ts";

/** One request as every deployment of its route is asked it in turn. */
export interface ProxyCall {
  readonly endpoint: "chat" | "embeddings";
  /** As it came, to be passed on with as few changes as can be. */
  readonly bytes: Buffer;
  readonly text: string;
  readonly body: JsonObject;
  /** Fields of the body that are the router's and reach no provider. */
  readonly ownFields: readonly string[];
  readonly isStream: boolean;
  /** The caller asked for a stream's usage (`stream_options.include_usage`). */
  readonly wantsUsage: boolean;
  /** The answer's text has to be JSON (`response_format`). */
  readonly wantsJson: boolean;
  /** Leave out what a provider does not know, instead of refusing. */
  readonly dropsParameters: boolean;
  /** The caller's own: when it is aborted, no failure is anybody else's. */
  readonly callerSignal: AbortSignal;
  /** A planted failure of the first group, for tests of a configuration. */
  readonly testHook?: TestHook | undefined;
}

export type TestHook = "fallbacks" | "context_fallbacks" | "content_policy_fallbacks" | "rate_limit";

/** An answer that is there as a whole, checked; or a stream whose first content is there. */
export type ProxyAnswer =
  | {
      readonly kind: "whole";
      readonly bytes: Buffer | string;
      /** Time that the provider took, in milliseconds. */
      readonly upstreamMs: number;
    }
  | { readonly kind: "stream"; readonly stream: AnswerStream; readonly upstreamMs: number };

/** What reads one provider's stream: bytes in, OpenAI's events out. */
export interface StreamReader {
  /** Takes in a piece and gives what may be passed on, in `out`. */
  push(chunk: Buffer, out: (Buffer | string)[]): void;
  /** The upstream has ended its stream, or it was cut: what is still to be passed on. */
  end(out: (Buffer | string)[], wasCut?: boolean): void;
  /** `done`: it has ended as it should; `failed`: it never will, and `problem` says why. */
  readonly state: "open" | "done" | "failed";
  /** Every choice has given its finish reason. */
  readonly isComplete: boolean;
  /** Something a caller asked for has come: text, reasoning, a tool call, a refusal. */
  readonly hasContent: boolean;
  readonly problem: Signals | undefined;
  readonly usage: Usage | undefined;
  /** The model that answers, as it names itself. */
  readonly model: string | undefined;
}
