import type { Failure, FailureKind } from "./failure.ts";
import { readError, type ErrorReading } from "./error-reading.ts";
import { answerProblem } from "./answer-problem.ts";
import type { Signals } from "./signals.ts";

/** A stated delay above this is no passing limit but a spent quota. */
const longDelayMs = 300_000;

interface Row {
  readonly name: string;
  readonly kind: FailureKind;
  readonly matches: (error: ErrorReading) => boolean;
}

const has =
  (...codes: readonly string[]) =>
  (error: ErrorReading) =>
    codes.some((code) => error.codes.has(code));

const says = (pattern: RegExp) => (error: ErrorReading) => pattern.test(error.message);

/** One row a signal, first match wins; the words in quotes are those that real servers send. */
const rows: readonly Row[] = [
  { name: "caller aborted", kind: "cancelled", matches: (error) => error.signals.callerAborted === true },
  { name: "time limit passed", kind: "timeout", matches: (error) => error.signals.timer !== undefined },
  {
    name: "not sendable",
    kind: "invalid_request",
    matches: (error) => error.signals.problem === "not_sendable",
  },
  { name: "no key", kind: "auth", matches: (error) => error.signals.problem === "no_key" },
  {
    name: "aborted by nobody we know",
    kind: "cancelled",
    matches: has("aborterror", "abort_err", "und_err_aborted"),
  },
  { name: "connection", kind: "connection", matches: notSilent },
  {
    name: "silent socket",
    kind: "timeout",
    matches: has("timeouterror", "timeout_err", "und_err_headers_timeout", "und_err_body_timeout"),
  },
  {
    name: "context code",
    kind: "context_length",
    matches: has("context_length_exceeded", "exceed_context_size_error", "model_context_window_exceeded"),
  },
  {
    name: "context text",
    kind: "context_length",
    matches: (error) => error.status !== 429 && saysTooLong(error),
  },
  {
    name: "content code",
    kind: "content_blocked",
    matches: has("content_filter", "content_policy_violation", "responsibleaipolicyviolation"),
  },
  {
    name: "content text",
    kind: "content_blocked",
    matches: (error) =>
      error.status === 400 && says(/content management policy|flagged by|safety (?:system|filter)/i)(error),
  },
  { name: "413", kind: "request_too_large", matches: (error) => error.status === 413 },
  { name: "too large for the limit", kind: "request_too_large", matches: says(/^request too large\b/i) },
  {
    name: "quota code",
    kind: "quota_exhausted",
    matches: has("insufficient_quota", "billing_hard_limit_reached", "billing_not_active"),
  },
  {
    name: "no credit",
    kind: "quota_exhausted",
    matches: (error) =>
      error.status >= 400 &&
      says(/credit balance is too low|insufficient (?:balance|credits?|funds)/i)(error),
  },
  { name: "payment required", kind: "quota_exhausted", matches: (error) => error.status === 402 },
  { name: "quota of zero", kind: "quota_exhausted", matches: (error) => isLimit(error) && error.quotaIsZero },
  {
    name: "quota of a day",
    kind: "quota_exhausted",
    matches: (error) =>
      isLimit(error) &&
      error.quota?.period === "day" &&
      (error.quota.id !== undefined || error.delayMs === undefined),
  },
  {
    name: "long delay",
    kind: "quota_exhausted",
    matches: (error) => isLimit(error) && (error.delayMs ?? 0) > longDelayMs,
  },
  {
    name: "quota text",
    kind: "quota_exhausted",
    matches: (error) =>
      isLimit(error) &&
      !error.saysGoogle &&
      error.delayMs === undefined &&
      says(/exceeded your current quota/i)(error),
  },
  { name: "rate limit", kind: "rate_limited", matches: isLimit },
  { name: "model code", kind: "model_not_found", matches: has("model_not_found", "not_found_error") },
  {
    name: "key code",
    kind: "auth",
    matches: has(
      "api_key_invalid",
      "invalid_api_key",
      "authentication_error",
      "api_key_service_blocked",
      "unauthenticated",
    ),
  },
  {
    name: "key text",
    kind: "auth",
    matches: says(/^api key (?:not (?:valid|found)|expired)|user location is not supported/i),
  },
  { name: "401 or 403", kind: "auth", matches: (error) => error.status === 401 || error.status === 403 },
  { name: "404", kind: "model_not_found", matches: (error) => error.status === 404 || error.status === 410 },
  {
    name: "model text",
    kind: "model_not_found",
    matches: (error) =>
      error.status >= 400 &&
      says(/\bmodel\b.{1,120}\b(?:not found|does not exist|is not installed)\b/i)(error),
  },
  { name: "late answer", kind: "timeout", matches: (error) => [408, 504, 524].includes(error.status) },
  { name: "late by its own word", kind: "timeout", matches: has("deadline_exceeded") },
  { name: "503 or 529", kind: "overloaded", matches: (error) => [498, 503, 529].includes(error.status) },
  {
    name: "overloaded code",
    kind: "overloaded",
    matches: has("overloaded_error", "model_loading", "admission_rejected", "unavailable"),
  },
  {
    name: "overloaded text",
    kind: "overloaded",
    matches: (error) => error.isError && says(/\boverloaded\b/i)(error),
  },
  { name: "5xx", kind: "server_error", matches: (error) => error.status >= 500 },
  { name: "other 4xx", kind: "invalid_request", matches: (error) => error.status >= 400 },
  {
    name: "request code",
    kind: "invalid_request",
    matches: (error) => error.isError && has("invalid_request_error", "invalid_argument")(error),
  },
  { name: "redirect", kind: "server_error", matches: (error) => error.status >= 300 },
  { name: "error inside a success", kind: "server_error", matches: (error) => error.isError },
];

function isLimit(error: ErrorReading): boolean {
  return error.status === 429 || has("rate_limit_exceeded", "rate_limit_error", "resource_exhausted")(error);
}

function notSilent(error: ErrorReading): boolean {
  return error.connection !== undefined && !/^UND_ERR_(HEADERS|BODY)_TIMEOUT$/.test(error.signals.code ?? "");
}

/** A prompt too long in the words of Gemini, OpenAI, llama.cpp, vLLM, Ollama, Anthropic, Mistral and others. */
const tooLong: readonly RegExp[] = [
  /maximum context length/i,
  /exceeds the maximum number of tokens allowed/i,
  /exceeds the available context size/i,
  /context size has been exceeded/i,
  /context[ _]length[ _]exceeded|exceed(?:s|ed)? (?:the |max |model )*context (?:length|window|size)/i,
  /greater than the context length|larger than the context (?:length|size|window)/i,
  /prompt is too long|input is too long|prompt too long/i,
  /exceeded model token limit|maximum prompt length is \d+|reduce the length of the (?:messages|prompt)/i,
];

function saysTooLong(error: ErrorReading): boolean {
  return tooLong.some((pattern) => pattern.test(error.message));
}

/** Reads an attempt's signals once; undefined when they are those of a good answer. */
export function findFailure(signals: Signals, nowMs: number): Failure | undefined {
  const error = readError(signals, nowMs);
  const row = rows.find((candidate) => candidate.matches(error));
  if (row !== undefined) return failureOf(row.kind, row.name, error);
  const problem = answerProblem(signals);
  return problem === undefined ? undefined : failureOf(problem.kind, problem.rule, error, problem.message);
}

/** The same for an attempt that is known to have failed: what no row knows is a `server_error`. */
export function classify(signals: Signals, nowMs: number): Failure {
  return findFailure(signals, nowMs) ?? failureOf("server_error", "unknown error", readError(signals, nowMs));
}

function failureOf(kind: FailureKind, rule: string, error: ErrorReading, words?: string): Failure {
  const { signals, delayMs, quota, code, connection } = error;
  const windowTokens = kind === "context_length" ? statedWindow(error.message) : undefined;
  const isLimitKind = kind === "rate_limited" || kind === "quota_exhausted" || kind === "request_too_large";
  return {
    kind,
    rule,
    // Half an answer says less of what is wrong with it than we do.
    message: sayable((signals.problem === undefined && words) || error.words || words || rule),
    ...(error.status > 0 && { status: error.status }),
    ...(code !== undefined && { code }),
    ...(delayMs !== undefined && { delayMs }),
    ...(isLimitKind && quota !== undefined && { quota }),
    ...(windowTokens !== undefined && { contextWindowTokens: windowTokens }),
    ...(signals.timer !== undefined && { timer: signals.timer }),
    ...(kind === "connection" && connection !== undefined && { connection }),
    ...(signals.problem === "not_sendable" && { unsent: true }),
    ...(signals.contentSent === true && { afterContent: true }),
    ...(signals.simulated === true && { simulated: true }),
  };
}

const windows: readonly RegExp[] = [
  /tokens allowed \((\d+)\)/i,
  /context size \((\d+) tokens\)/i,
  /maximum context length (?:is|of) (\d+)/i,
  /> (\d+) maximum/i,
];

function statedWindow(message: string): number | undefined {
  for (const pattern of windows) {
    const tokens = pattern.exec(message)?.[1];
    if (tokens !== undefined) return Number(tokens);
  }
  return undefined;
}

const longestMessage = 500;

/** Shortened, and without anything that looks like a key. */
function sayable(message: string): string {
  const clean = message
    .replaceAll(/\b(?:sk|pk|rk)-[\w-]{8,}|\bAIza[\w-]{8,}|(?<=Bearer )\S+|(?<=[?&]key=)[^&\s]+/g, "…")
    .trim();
  return clean.length > longestMessage ? `${clean.slice(0, longestMessage)}…` : clean;
}
