import type { IncomingHttpHeaders } from "node:http";
import type { RouteRequest } from "../routing/core.ts";
import type { TestHook } from "./call.ts";
import { isObject, type JsonObject } from "./json-object.ts";
import { RequestProblem } from "./request-problem.ts";

type Overrides = Pick<
  RouteRequest,
  "localOnly" | "tags" | "fallbacks" | "disableFallbacks" | "numRetries" | "timeoutMs" | "streamTimeoutMs"
>;

const testHooks: readonly (readonly [string, TestHook])[] = [
  ["mock_testing_fallbacks", "fallbacks"],
  ["mock_testing_context_fallbacks", "context_fallbacks"],
  ["mock_testing_content_policy_fallbacks", "content_policy_fallbacks"],
  ["mock_testing_rate_limit_error", "rate_limit"],
];

/**
 * Fields that say something of the route, and those with which LiteLLM would let a caller choose an address or a key:
 * none of them reaches a provider.
 */
const ownFields = new Set([
  ...words("fallbacks num_retries timeout stream_timeout disable_fallbacks tags metadata litellm_metadata"),
  ...words("drop_params context_window_fallbacks content_policy_fallbacks max_retries"),
  ...testHooks.map(([name]) => name),
  ...words("api_base base_url api_key api_version api_type custom_llm_provider organization extra_headers"),
  ...words("extra_query headers user_config model_list model_info litellm_params mock_response"),
  ...words("litellm_call_id litellm_logging_obj proxy_server_request secret_fields cache no-log"),
  ...words("allowed_model_region caching ttl priority guardrails force_timeout"),
]);

function words(text: string): string[] {
  return text.split(" ");
}

/** The fields of a body that are the router's own. */
export function ownFieldsIn(body: JsonObject): readonly string[] {
  let found: string[] | undefined;
  for (const name in body) if (ownFields.has(name)) (found ??= []).push(name);
  return found ?? none;
}

const none: readonly string[] = [];

/** What a request says of its own route, in LiteLLM's names; throws RequestProblem for a value that is none. */
export function overridesOf(
  body: JsonObject,
  own: readonly string[],
  headers: IncomingHttpHeaders,
): Overrides {
  const marked = headers["x-local-only"];
  const local: Overrides = isYes(marked) ? { localOnly: true } : {};
  if (own.length === 0) return local;
  const metadata = optional(body, "metadata", isObject, "an object") ?? {};
  const tags = optional(body, "tags", isNames, "a list of texts") ?? namesOf(metadata["tags"]);
  const fallbacks = optional(body, "fallbacks", Array.isArray, "a list of model groups");
  const numRetries = optional(body, "num_retries", isCount, "a whole number");
  const timeoutMs = seconds(body, "timeout");
  const streamTimeoutMs = seconds(body, "stream_timeout");
  const isDisabled = optional(body, "disable_fallbacks", isFlag, "true or false");
  return {
    ...local,
    ...(isYes(metadata["local_only"]) && { localOnly: true }),
    ...(tags !== undefined && { tags }),
    ...(fallbacks !== undefined && { fallbacks: fallbacks.map(fallbackName) }),
    ...(isDisabled === true && { disableFallbacks: true }),
    ...(numRetries !== undefined && { numRetries }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(streamTimeoutMs !== undefined && { streamTimeoutMs }),
  };
}

export function testHookIn(body: JsonObject): TestHook | undefined {
  return testHooks.find(([name]) => body[name] === true)?.[1];
}

export function dropsParameters(body: JsonObject, configured: boolean): boolean {
  return optional(body, "drop_params", isFlag, "true or false") ?? configured;
}

/** A field of a certain shape; undefined when it is not there or null. */
export function optional<Value>(
  body: JsonObject,
  name: string,
  isRight: (value: unknown) => value is Value,
  what: string,
): Value | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (isRight(value)) return value;
  throw new RequestProblem(400, "INVALID_TYPE", `${name} has to be ${what}.`, name);
}

export function isFlag(value: unknown): value is boolean {
  return typeof value === "boolean";
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 100;
}

function isNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((name) => typeof name === "string");
}

function namesOf(value: unknown): string[] | undefined {
  return isNames(value) ? value : undefined;
}

/** Marks private text: whatever can be read as yes is one. */
function isYes(value: unknown): boolean {
  return value === true || (typeof value === "string" && /^(?:true|1|yes|on)$/i.test(value.trim()));
}

function isSeconds(value: unknown): value is number {
  return typeof value === "number" && value > 0 && value <= longestSeconds;
}

const longestSeconds = 7 * 24 * 3_600;

function seconds(body: JsonObject, name: string): number | undefined {
  const given = optional(body, name, isSeconds, "a number of seconds above 0");
  return given === undefined ? undefined : given * 1_000;
}

/** LiteLLM takes a name, or an object with one. */
function fallbackName(entry: unknown): string {
  const name = isObject(entry) ? entry["model"] : entry;
  if (typeof name === "string" && name !== "") return name;
  throw new RequestProblem(400, "INVALID_TYPE", "fallbacks has to be a list of model groups.", "fallbacks");
}
