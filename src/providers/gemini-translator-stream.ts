import { callIdsFor, extraContent, finishReasonOf, logprobsIn, saidIn } from "./gemini-translator-said.ts";
import { blockIn, candidatesIn, finishTrouble, type GeminiTrouble } from "./gemini-translator-trouble.ts";
import { completionUsage } from "./gemini-translator-usage.ts";
import { field } from "./provider-error.ts";
import type {
  AnswerLabel,
  ChatCompletionChunk,
  CompletionDelta,
  CompletionUsage,
  Logprobs,
} from "./gemini-translator-openai.ts";

export interface StreamLabel extends AnswerLabel {
  /** `stream_options.include_usage`: a last chunk with the usage. */
  readonly includeUsage?: boolean | undefined;
}

interface Choice {
  calls: number;
  hasRole: boolean;
  finishReason: string | undefined;
}

/** Turns the events of one streamed answer into OpenAI's chunks. Never throws. */
export class GeminiStreamTranslator {
  /** Set as soon as an event shows that this will be no answer, or at the end when nothing was said. */
  trouble: GeminiTrouble | undefined;
  /** Whether anything for the caller has been said: text, a call, an image. */
  hasContent = false;
  private readonly label: StreamLabel;
  private readonly choices = new Map<number, Choice>();
  private model: string;
  private reported: Record<string, unknown> = {};

  constructor(label: StreamLabel) {
    this.label = label;
    this.model = label.model;
  }

  /** What has been used so far, as far as the provider said. */
  get usage(): CompletionUsage {
    return completionUsage(this.reported);
  }

  /** The model that really answers, once it has said so. */
  get answeredBy(): string {
    return this.model;
  }

  /** The chunks of one event, which is one `data:` of the stream, parsed. */
  push(event: unknown): ChatCompletionChunk[] {
    const version = field(event, "modelVersion");
    if (typeof version === "string" && version !== "") this.model = version;
    // Not every event counts everything: what one leaves out, an earlier one said.
    Object.assign(this.reported, field(event, "usageMetadata"));
    this.trouble ??= blockIn(event);
    return candidatesIn(event).flatMap((candidate, position) => this.candidate(candidate, position));
  }

  /** The closing chunks; `complete` is false when the stream ended before its answer did. */
  end(): { readonly chunks: ChatCompletionChunk[]; readonly complete: boolean } {
    const choices = [...this.choices];
    const complete =
      choices.length > 0 && choices.every(([, { finishReason }]) => finishReason !== undefined);
    const finishReason = choices[0]?.[1].finishReason ?? "STOP";
    if (complete && !this.hasContent && finishReason !== "MAX_TOKENS") {
      this.trouble ??= { problem: "empty_answer", finishReason };
    }
    if (!complete) return { chunks: [], complete };
    const chunks = choices.map(([index, { finishReason, calls, hasRole }]) =>
      this.chunk({
        index,
        delta: hasRole ? {} : { role: "assistant", content: "" },
        finish_reason: finishReasonOf(finishReason, calls > 0),
      }),
    );
    if (this.label.includeUsage) chunks.push({ ...this.chunk(), usage: this.usage });
    return { chunks, complete };
  }

  private candidate(candidate: unknown, position: number): ChatCompletionChunk[] {
    const given = field(candidate, "index");
    const index = typeof given === "number" ? given : position;
    const choice = this.choiceAt(index);
    const parts = field(field(candidate, "content"), "parts");
    const said = saidIn(parts, callIdsFor(this.label.id, index), choice.calls);
    const { text, thoughts, calls, images, signature } = said;
    const before = choice.calls;
    choice.calls += calls.length;
    if (text !== "" || calls.length > 0 || images.length > 0) this.hasContent = true;
    this.readFinish(candidate, choice);
    const logprobs = logprobsIn(candidate);
    const delta: CompletionDelta = {
      ...(text !== "" && { content: text }),
      ...(thoughts !== "" && { reasoning_content: thoughts }),
      ...(calls.length > 0 && { tool_calls: calls.map((call, at) => ({ index: before + at, ...call })) }),
      ...(images.length > 0 && { images }),
      ...(signature !== undefined && { extra_content: extraContent(signature) }),
    };
    if (Object.keys(delta).length === 0 && logprobs === undefined) return [];
    return [this.chunk({ index, delta: this.withRole(choice, delta), finish_reason: null }, logprobs)];
  }

  private readFinish(candidate: unknown, choice: Choice): void {
    const finishReason = field(candidate, "finishReason");
    if (typeof finishReason !== "string" || finishReason === "FINISH_REASON_UNSPECIFIED") return;
    choice.finishReason = finishReason;
    this.trouble ??= finishTrouble(finishReason);
  }

  private withRole(choice: Choice, delta: CompletionDelta): CompletionDelta {
    if (choice.hasRole) return delta;
    choice.hasRole = true;
    return { role: "assistant", ...delta };
  }

  private choiceAt(index: number): Choice {
    const known = this.choices.get(index);
    if (known !== undefined) return known;
    const choice: Choice = { calls: 0, hasRole: false, finishReason: undefined };
    this.choices.set(index, choice);
    return choice;
  }

  private chunk(
    choice?: ChatCompletionChunk["choices"][number],
    logprobs?: Logprobs | undefined,
  ): ChatCompletionChunk {
    return {
      id: this.label.id,
      object: "chat.completion.chunk",
      created: this.label.createdSeconds,
      model: this.model,
      choices: choice === undefined ? [] : [{ ...choice, ...(logprobs !== undefined && { logprobs }) }],
    };
  }
}
