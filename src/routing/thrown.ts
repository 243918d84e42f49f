import { field, listField, textField } from "./field.ts";
import { plainHeaders, type AnswerProblem, type AttemptFacts, type Signals } from "./signals.ts";

const longestChain = 8;

/**
 * Signals of an error thrown by a provider of ours, by `openai`'s or Google's SDK beneath LangChain's chat
 * models, by `undici` or by `fetch`: read by shape, along `cause`, so that any other client's errors fit too.
 */
export function signalsOfThrown(error: unknown, facts: AttemptFacts = {}): Signals {
  const chain = chainOf(error);
  const given = chain
    .map((link) => field(link, "signals"))
    .find((found) => typeof found === "object" && found !== null);
  const answered = chain.find((link) => statusOf(link) !== undefined);
  const body = firstOf(chain, bodyOf);
  const problem = facts.problem ?? firstOf(chain, problemOf);
  return {
    status: answered === undefined ? undefined : statusOf(answered),
    headers: plainHeaders(
      firstOf(chain, (link) => field(link, "headers") ?? field(field(link, "response"), "headers")),
    ),
    body,
    text: textOf(chain),
    code: firstOf(chain, codeOf),
    finishReason: firstOf(chain, (link) => textField(link, "finishReason")),
    blockReason: firstOf(chain, (link) => textField(link, "blockReason")),
    ...facts,
    ...(problem !== undefined && { problem }),
    ...(given as Partial<Signals> | undefined),
  };
}

/** The error, its causes and the first of each aggregate. */
function chainOf(error: unknown): readonly unknown[] {
  const chain: unknown[] = [];
  let current = error;
  while (current !== undefined && current !== null && chain.length < longestChain) {
    chain.push(current);
    current = field(current, "cause") ?? listField(current, "errors")[0];
  }
  return chain;
}

function firstOf<Found>(
  chain: readonly unknown[],
  read: (link: unknown) => Found | undefined,
): Found | undefined {
  for (const link of chain) {
    const found = read(link);
    if (found !== undefined) return found;
  }
  return undefined;
}

function statusOf(link: unknown): number | undefined {
  const candidates = [
    field(link, "status"),
    field(link, "statusCode"),
    field(field(link, "response"), "status"),
  ];
  return candidates.find(
    (status): status is number => typeof status === "number" && status >= 100 && status < 600,
  );
}

/** `body` or `data` whole; the SDK of OpenAI keeps the inner error, Google's its details. */
function bodyOf(link: unknown): unknown {
  const whole = field(link, "body") ?? field(link, "data");
  if (typeof whole === "object" && whole !== null) return whole;
  const inner = field(link, "error");
  if (typeof inner === "object" && inner !== null)
    return field(inner, "error") === undefined ? { error: inner } : inner;
  const details = field(link, "errorDetails");
  return Array.isArray(details) ? { error: { message: textField(link, "message"), details } } : undefined;
}

const reasons: Readonly<Record<string, AnswerProblem>> = {
  cut: "stream_cut",
  malformed: "malformed_json",
  empty: "empty_answer",
  blocked: "refused",
  unusable: "schema_mismatch",
  no_key: "no_key",
  unsendable: "not_sendable",
};

/** The `reason` of our providers' errors, or what the SDKs' own errors mean. */
function problemOf(link: unknown): AnswerProblem | undefined {
  const reason = textField(link, "reason");
  if (reason !== undefined && Object.hasOwn(reasons, reason)) return reasons[reason];
  if (statusOf(link) !== undefined) return undefined;
  if (textField(link, "lc_error_code") === "OUTPUT_PARSING_FAILURE") return "schema_mismatch";
  const name = nameOf(link);
  if (name === "EmptyContentError" || name === "NoCandidatesError") return "empty_answer";
  if (link instanceof SyntaxError) return "malformed_json";
  const message = textField(link, "message") ?? "";
  if (/failed to parse stream|unterminated string in json|unexpected end of json/i.test(message))
    return "malformed_json";
  if (link instanceof TypeError && /reading '(?:message|0|content|delta)'/.test(message))
    return "malformed_json";
  return /received empty response|^empty response/i.test(message) ? "empty_answer" : undefined;
}

/** LangChain turns a prompt that is too long into an error of its own without status or code. */
function codeOf(link: unknown): string | undefined {
  const name = nameOf(link);
  if (name === "ContextOverflowError") return "context_length_exceeded";
  const code = field(link, "code") ?? field(field(link, "error"), "code");
  if (typeof code === "string" && !code.startsWith("PROVIDER_")) return code;
  return name === "AbortError" || name === "TimeoutError" || name === "APIUserAbortError"
    ? abortName(name)
    : undefined;
}

function abortName(name: string): string {
  return name === "APIUserAbortError" ? "AbortError" : name;
}

function nameOf(link: unknown): string | undefined {
  const constructorName = textField(field(link, "constructor"), "name");
  const name = textField(link, "name");
  return name === undefined || name === "Error" ? constructorName : name;
}

/** All that was said along the chain: the outer error often only says that something failed. */
function textOf(chain: readonly unknown[]): string | undefined {
  const texts = chain.map((link) => (typeof link === "string" ? link : textField(link, "message")));
  const said = [...new Set(texts.filter((text) => text !== undefined))];
  return said.length === 0 ? undefined : said.join("\n");
}
