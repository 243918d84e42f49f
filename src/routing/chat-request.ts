import type { BindToolsInput } from "@langchain/core/language_models/chat_models";
import type { BaseMessage } from "@langchain/core/messages";
import { isLangChainTool, convertToOpenAITool } from "@langchain/core/utils/function_calling";
import { field, listField, textField } from "./field.ts";
import type { RouteRequest } from "./route-state.ts";
import { estimateTokens } from "./spend.ts";
import type { StructuredRequest } from "./structured-request.ts";

/** What one call may say of its route; LiteLLM's names where it has one. */
export interface RouteCallOptions {
  /** Group, deployment, alias or model string to ask for instead of the model's own. */
  model?: string | undefined;
  /** Only deployments of this machine or network may see it. What the model itself says cannot be loosened here. */
  local_only?: boolean | undefined;
  /** Groups to fall back to instead of the configured ones. */
  fallbacks?: readonly string[] | undefined;
  disable_fallbacks?: boolean | undefined;
  num_retries?: number | undefined;
  /** First content of a stream, in seconds. */
  stream_timeout?: number | undefined;
  /** Tags of deployments (LiteLLM's `tags`; LangChain's are for traces). */
  route_tags?: readonly string[] | undefined;
  /** The whole request, waiting included, in milliseconds. */
  deadline_ms?: number | undefined;
}

export const routeCallKeys = [
  "model",
  "local_only",
  "fallbacks",
  "disable_fallbacks",
  "num_retries",
  "stream_timeout",
  "route_tags",
  "deadline_ms",
] as const satisfies readonly (keyof RouteCallOptions)[];

export interface RequestParts {
  readonly model: string;
  readonly messages: readonly BaseMessage[];
  readonly tools?: readonly BindToolsInput[] | undefined;
  readonly structured?: StructuredRequest | undefined;
  readonly isStream: boolean;
  readonly localOnly: boolean;
  readonly maxOutputTokens?: number | undefined;
  /** One attempt. */
  readonly timeoutMs?: number | undefined;
  readonly numRetries?: number | undefined;
}

/** What the router must know of a call. */
export function routeRequestOf(parts: RequestParts, options: RouteCallOptions): RouteRequest {
  const { messages, tools = [], structured, isStream, localOnly, maxOutputTokens, timeoutMs } = parts;
  const images = messages.reduce((count, message) => count + imagesIn(message), 0);
  const byTool = structured?.options.method === "functionCalling";
  const numRetries = options.num_retries ?? parts.numRetries;
  return {
    model: options.model ?? parts.model,
    inputTokens: inputTokensOf(messages, tools, structured) + images * tokensOfAnImage,
    ...(isStream && { isStream }),
    ...((tools.length > 0 || byTool) && { needsTools: true }),
    ...(structured !== undefined && !byTool && { needsJsonSchema: true }),
    ...(images > 0 && { needsImages: true }),
    ...((localOnly || options.local_only === true) && { localOnly: true }),
    ...(options.route_tags !== undefined && { tags: options.route_tags }),
    ...(options.fallbacks !== undefined && { fallbacks: options.fallbacks }),
    ...(options.disable_fallbacks === true && { disableFallbacks: true }),
    ...(numRetries !== undefined && { numRetries }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(options.stream_timeout !== undefined && { streamTimeoutMs: options.stream_timeout * 1_000 }),
    ...(options.deadline_ms !== undefined && { deadlineMs: options.deadline_ms }),
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
  };
}

/** Gemini counts 258 for a small image, OpenAI 85 to some hundreds. */
const tokensOfAnImage = 300;
/** Role and separators. */
const tokensOfAMessage = 4;

function inputTokensOf(
  messages: readonly BaseMessage[],
  tools: readonly BindToolsInput[],
  structured: StructuredRequest | undefined,
): number {
  const texts = messages.map((message) => message.text + jsonOf(listField(message, "tool_calls")));
  const shapes = [
    ...tools.map((tool) => jsonOf(openaiTool(tool))),
    structured ? jsonOf(structured.jsonSchema) : "",
  ];
  return estimateTokens([...texts, ...shapes].join("\n")) + messages.length * tokensOfAMessage;
}

function jsonOf(value: unknown): string {
  return Array.isArray(value) && value.length === 0 ? "" : JSON.stringify(value);
}

/** A tool as OpenAI's API writes it, for counting, traces and cache keys; what is no tool of LangChain as it is. */
export function openaiTool(tool: BindToolsInput): unknown {
  return isLangChainTool(tool) ? convertToOpenAITool(tool) : tool;
}

function imagesIn({ content }: BaseMessage): number {
  if (typeof content === "string") return 0;
  return content.filter(isImage).length;
}

function isImage(block: unknown): boolean {
  const type = textField(block, "type") ?? "";
  if (type === "image" || type === "image_url" || type === "input_image") return true;
  const mimeType =
    textField(block, "mime_type") ?? textField(block, "mimeType") ?? field(block, "media_type");
  return (type === "media" || type === "file") && String(mimeType).startsWith("image/");
}
