import { finishKind } from "./gemini-finish.ts";
import { field } from "./provider-error.ts";
import type {
  ExtraContent,
  FinishReason,
  GeneratedImage,
  Logprobs,
  TokenLogprob,
  ToolCall,
} from "./gemini-translator-openai.ts";

/** What the parts of one event or answer say, sorted by what OpenAI calls it. */
export interface Said {
  readonly text: string;
  readonly thoughts: string;
  readonly calls: readonly ToolCall[];
  readonly images: readonly GeneratedImage[];
  /** Signature of a part that is no tool call. */
  readonly signature?: string;
}

/** Reads parts; `callsBefore` counts the candidate's calls so far, so that each gets an id of its own. */
export function saidIn(parts: unknown, callId: (index: number) => string, callsBefore = 0): Said {
  let text = "";
  let thoughts = "";
  let signature: string | undefined;
  const calls: ToolCall[] = [];
  const images: GeneratedImage[] = [];
  for (const part of Array.isArray(parts) ? (parts as unknown[]) : []) {
    const called = field(part, "functionCall");
    if (called !== undefined) {
      calls.push(toolCall(called, callId(callsBefore + calls.length), signatureOf(part)));
      continue;
    }
    signature = signatureOf(part) ?? signature;
    const words = field(part, "text");
    if (typeof words === "string") {
      if (field(part, "thought") === true) thoughts += words;
      else text += words;
    } else {
      text += codeIn(part);
      images.push(...imagesIn(part));
    }
  }
  return { text, thoughts, calls, images, ...(signature !== undefined && { signature }) };
}

/** Where Google's own OpenAI layer keeps a signature. */
export function extraContent(signature: string): ExtraContent {
  return { google: { thought_signature: signature } };
}

function toolCall(called: unknown, fallbackId: string, signature: string | undefined): ToolCall {
  const [id, name, args] = [field(called, "id"), field(called, "name"), field(called, "args")];
  return {
    id: typeof id === "string" && id !== "" ? id : fallbackId,
    type: "function",
    function: { name: typeof name === "string" ? name : "", arguments: JSON.stringify(args ?? {}) },
    ...(signature !== undefined && { extra_content: extraContent(signature) }),
  };
}

function signatureOf(part: unknown): string | undefined {
  const signature = field(part, "thoughtSignature");
  return typeof signature === "string" && signature !== "" ? signature : undefined;
}

/** Code that Gemini ran, and what came of it, as a person would quote them. */
function codeIn(part: unknown): string {
  const code = field(field(part, "executableCode"), "code");
  if (typeof code === "string") return `\n\`\`\`python\n${code.trimEnd()}\n\`\`\`\n`;
  const output = field(field(part, "codeExecutionResult"), "output");
  return typeof output === "string" ? `\n\`\`\`\n${output.trimEnd()}\n\`\`\`\n` : "";
}

function imagesIn(part: unknown): GeneratedImage[] {
  const inline = field(part, "inlineData");
  const [type, data] = [field(inline, "mimeType"), field(inline, "data")];
  if (typeof data !== "string") return [];
  const url = `data:${typeof type === "string" ? type : "image/png"};base64,${data}`;
  return [{ type: "image_url", image_url: { url } }];
}

/** OpenAI's reason for Gemini's; a refusal is the content filter's, whatever Gemini calls it. */
export function finishReasonOf(finishReason: unknown, hasCalls: boolean): FinishReason {
  if (typeof finishReason !== "string") return hasCalls ? "tool_calls" : "stop";
  if (finishReason === "MAX_TOKENS") return "length";
  if (finishKind(finishReason) !== "complete") return "content_filter";
  return hasCalls ? "tool_calls" : "stop";
}

/** The likelihoods of a candidate's tokens, when it has any. */
export function logprobsIn(candidate: unknown): Logprobs | undefined {
  const result = field(candidate, "logprobsResult");
  const chosen = field(result, "chosenCandidates");
  if (!Array.isArray(chosen)) return undefined;
  const top = field(result, "topCandidates");
  const content = chosen.map((token: unknown, index): TokenLogprob => {
    const alternatives = field(Array.isArray(top) ? (top as unknown[])[index] : undefined, "candidates");
    const top_logprobs = Array.isArray(alternatives) ? alternatives.map(tokenLogprob) : [];
    return { ...tokenLogprob(token), top_logprobs };
  });
  return { content, refusal: null };
}

function tokenLogprob(candidate: unknown): Omit<TokenLogprob, "top_logprobs"> {
  const [token, logprob] = [field(candidate, "token"), field(candidate, "logProbability")];
  const text = typeof token === "string" ? token : "";
  return { token: text, logprob: typeof logprob === "number" ? logprob : 0, bytes: [...Buffer.from(text)] };
}

/** Ids of calls that Gemini gave none: the answer's own id makes them unlike those of any other answer. */
export function callIdsFor(answerId: string, choice: number): (index: number) => string {
  const unique = answerId.replaceAll(/[^a-z0-9]/gi, "").slice(-maxUniqueCharacters);
  return (index) => `call_${unique}${choice === 0 ? "" : `c${choice}`}_${index}`;
}

/** OpenAI takes no id of a call that is longer than 40 characters. */
const maxUniqueCharacters = 24;
