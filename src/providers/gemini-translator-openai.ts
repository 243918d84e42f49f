/** A chat completion request as it came over HTTP: nothing in it has been checked. */
export type ChatCompletionRequest = Readonly<Record<string, unknown>>;

/** What the translated answer is labelled with. */
export interface AnswerLabel {
  readonly id: string;
  /** Named when the answer does not say which model gave it. */
  readonly model: string;
  readonly createdSeconds: number;
}

export interface CompletionUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details?: { readonly cached_tokens: number };
  readonly completion_tokens_details?: { readonly reasoning_tokens: number };
}

export type FinishReason = "stop" | "length" | "tool_calls" | "content_filter";

/** Google's own place for what OpenAI's format has no field for. */
export interface ExtraContent {
  readonly google: { readonly thought_signature: string };
}

export interface ToolCall {
  readonly id: string;
  readonly type: "function";
  readonly function: { readonly name: string; readonly arguments: string };
  readonly extra_content?: ExtraContent;
}

export interface GeneratedImage {
  readonly type: "image_url";
  readonly image_url: { readonly url: string };
}

export interface TokenLogprob {
  readonly token: string;
  readonly logprob: number;
  readonly bytes: readonly number[];
  readonly top_logprobs: readonly Omit<TokenLogprob, "top_logprobs">[];
}

export interface Logprobs {
  readonly content: readonly TokenLogprob[];
  readonly refusal: null;
}

export interface CompletionMessage {
  readonly role: "assistant";
  readonly content: string | null;
  readonly refusal: null;
  readonly reasoning_content?: string;
  readonly tool_calls?: readonly ToolCall[];
  readonly images?: readonly GeneratedImage[];
  readonly extra_content?: ExtraContent;
}

export interface ChatCompletion {
  readonly id: string;
  readonly object: "chat.completion";
  readonly created: number;
  readonly model: string;
  readonly choices: readonly {
    readonly index: number;
    readonly message: CompletionMessage;
    readonly logprobs: Logprobs | null;
    readonly finish_reason: FinishReason;
  }[];
  readonly usage: CompletionUsage;
}

export interface CompletionDelta {
  readonly role?: "assistant";
  readonly content?: string;
  readonly reasoning_content?: string;
  readonly tool_calls?: readonly (ToolCall & { readonly index: number })[];
  readonly images?: readonly GeneratedImage[];
  readonly extra_content?: ExtraContent;
}

export interface ChatCompletionChunk {
  readonly id: string;
  readonly object: "chat.completion.chunk";
  readonly created: number;
  readonly model: string;
  readonly choices: readonly {
    readonly index: number;
    readonly delta: CompletionDelta;
    readonly logprobs?: Logprobs;
    readonly finish_reason: FinishReason | null;
  }[];
  readonly usage?: CompletionUsage;
}
