import type { IncomingHttpHeaders } from "node:http";
import type { RouteRequest } from "../routing/core.ts";
import type { ProxyCall } from "./call.ts";
import { isObject } from "./json-object.ts";
import { RequestProblem } from "./request-problem.ts";
import { dropsParameters, isFlag, optional, overridesOf, ownFieldsIn, testHookIn } from "./route-fields.ts";
import { parsedJson } from "./whole-answer.ts";

/** What of the configuration decides how a request is read. */
export interface RequestRules {
  readonly dropParams: boolean;
  /** Requests may plant failures (`mock_testing_fallbacks`). */
  readonly allowTestHooks: boolean;
}

/** A request taken apart: what the router must know, and what the attempts are made from. */
export interface ReadRequest {
  readonly route: RouteRequest;
  readonly call: ProxyCall;
}

/** Reads a chat completion request. Throws RequestProblem for what no provider could be asked. */
export function readChatRequest(
  bytes: Buffer,
  headers: IncomingHttpHeaders,
  callerSignal: AbortSignal,
  rules: RequestRules,
): ReadRequest {
  const { text, body, model, own } = readObject(bytes);
  const messages = body["messages"];
  if (!Array.isArray(messages) || messages.length === 0) {
    throw new RequestProblem(400, "INVALID_TYPE", "messages has to be a list of messages.", "messages");
  }
  const isStream = optional(body, "stream", isFlag, "true or false") === true;
  const options = isStream ? optional(body, "stream_options", isObject, "an object") : undefined;
  const format = optional(body, "response_format", isObject, "an object")?.["type"];
  const { tokens, hasImages } = measured(messages, bytes.length - text.length);
  const tools = body["tools"];
  const needsTools = Array.isArray(tools) && tools.length > 0;
  const schema =
    needsTools || format === "json_schema" ? lengthOf(tools) + lengthOf(body["response_format"]) : 0;
  const limit = body["max_completion_tokens"] ?? body["max_tokens"];
  const isHooked = rules.allowTestHooks && own.length > 0;
  const route: RouteRequest = {
    model,
    inputTokens: tokens + Math.ceil(schema / 4),
    isStream,
    ...(typeof limit === "number" && limit > 0 && { maxOutputTokens: limit }),
    ...(needsTools && { needsTools }),
    ...(format === "json_schema" && { needsJsonSchema: true }),
    ...(hasImages && { needsImages: true }),
    ...overridesOf(body, own, headers),
  };
  const call: ProxyCall = {
    endpoint: "chat",
    bytes,
    text,
    body,
    ownFields: own,
    isStream,
    wantsUsage: options?.["include_usage"] === true,
    wantsJson: format === "json_schema" || format === "json_object",
    dropsParameters: dropsParameters(body, rules.dropParams),
    callerSignal,
    testHook: isHooked ? testHookIn(body) : undefined,
  };
  return { route, call };
}

/** Reads an embeddings request, in the same way. */
export function readEmbeddingsRequest(
  bytes: Buffer,
  headers: IncomingHttpHeaders,
  callerSignal: AbortSignal,
  rules: RequestRules,
): ReadRequest {
  const { text, body, model, own } = readObject(bytes);
  const input = body["input"];
  const isText = typeof input === "string" && input !== "";
  if (!isText && !(Array.isArray(input) && input.length > 0 && input.every(isEmbeddable))) {
    throw new RequestProblem(400, "INVALID_TYPE", "input has to be a text or a list of texts.", "input");
  }
  const call: ProxyCall = {
    endpoint: "embeddings",
    bytes,
    text,
    body,
    ownFields: own,
    isStream: false,
    wantsUsage: false,
    wantsJson: false,
    dropsParameters: dropsParameters(body, rules.dropParams),
    callerSignal,
  };
  const inputTokens = Math.ceil(lengthOf(input) / 4);
  return { route: { model, inputTokens, maxOutputTokens: 0, ...overridesOf(body, own, headers) }, call };
}

function isEmbeddable(one: unknown): boolean {
  return typeof one === "string" || typeof one === "number" || Array.isArray(one);
}

function readObject(bytes: Buffer) {
  const text = bytes.toString();
  const body = parsedJson(text);
  if (body === undefined) throw new RequestProblem(400, "INVALID_JSON", "The request's body is no JSON.");
  if (!isObject(body)) throw new RequestProblem(400, "INVALID_JSON", "The request's body is no JSON object.");
  const model = body["model"];
  if (typeof model !== "string" || model === "") {
    throw new RequestProblem(400, "INVALID_TYPE", "model has to be the name of a model group.", "model");
  }
  return { text, body, model, own: ownFieldsIn(body) };
}

function lengthOf(value: unknown): number {
  return value === undefined ? 0 : JSON.stringify(value).length;
}

/** Role and separators. */
const tokensOfAMessage = 4;
/** Gemini counts 258 for a small image, OpenAI 85 to some hundreds. */
const tokensOfAnImage = 300;

/** Tokens of a prompt, estimated: four characters of ASCII, or fewer others, are about one. */
function measured(messages: readonly unknown[], otherBytes: number): { tokens: number; hasImages: boolean } {
  let characters = 0;
  let images = 0;
  for (const message of messages) {
    if (!isObject(message) || typeof message["role"] !== "string") {
      const what = "each of messages has to be an object with a role.";
      throw new RequestProblem(400, "INVALID_TYPE", what, "messages");
    }
    const content = message["content"];
    if (typeof content === "string") characters += content.length;
    else if (Array.isArray(content)) {
      for (const part of content as unknown[]) {
        if (isImage(part)) images += 1;
        else if (isObject(part) && typeof part["text"] === "string") characters += part["text"].length;
      }
    } else if (content !== undefined && content !== null) {
      const what = "the content of a message has to be a text or a list of parts.";
      throw new RequestProblem(400, "INVALID_TYPE", what, "messages");
    }
    if (message["tool_calls"] !== undefined) characters += lengthOf(message["tool_calls"]);
  }
  const texts = Math.ceil((characters + otherBytes) / 4);
  return {
    tokens: texts + messages.length * tokensOfAMessage + images * tokensOfAnImage,
    hasImages: images > 0,
  };
}

function isImage(part: unknown): boolean {
  const type = isObject(part) ? part["type"] : undefined;
  return type === "image_url" || type === "input_image" || type === "image";
}
