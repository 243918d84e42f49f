import type { ConnectionProblem, QuotaFacts } from "./failure.ts";
import { field, listField, textField } from "./field.ts";
import type { Signals } from "./signals.ts";
import { statedDelayMs } from "./stated-delay.ts";

/** Signals brought to one shape, whatever the provider: what the rows of the table look at. */
export interface ErrorReading {
  readonly signals: Signals;
  /** The HTTP status, or the one that an error inside a 200 states; 0 when there was no answer. */
  readonly status: number;
  /** True when the body holds an error object or the status is none of success. */
  readonly isError: boolean;
  /** Every code, type, status name and reason found, in lower case. */
  readonly codes: ReadonlySet<string>;
  readonly code: string | undefined;
  /** The words of the error; empty where there is none, so that no row reads an answer's own text. */
  readonly message: string;
  /** The same for people, or what else is known. */
  readonly words: string;
  readonly delayMs: number | undefined;
  readonly quota: QuotaFacts | undefined;
  /** A quota of zero: it never comes back by waiting. */
  readonly quotaIsZero: boolean;
  readonly saysGoogle: boolean;
  readonly connection: ConnectionProblem | undefined;
}

export function readError(signals: Signals, nowMs: number): ErrorReading {
  const body = Array.isArray(signals.body) ? (signals.body as unknown[])[0] : signals.body;
  const error = field(body, "error") ?? undefined;
  const details = listField(error, "details");
  const isError = error !== undefined || signals.status === undefined || signals.status >= 300;
  const codes = codesOf(signals, isError ? body : undefined, error, details);
  const words = messageOf(signals, body, error);
  const message = isError ? words : "";
  const violations = details.flatMap(violationsOf);
  const code = [field(error, "code"), field(error, "status"), signals.code, field(error, "type")].find(
    (candidate): candidate is string => typeof candidate === "string" && candidate !== "",
  );
  return {
    signals,
    status: effectiveStatus(signals, body, error),
    isError: error !== undefined || (signals.status !== undefined && signals.status >= 300),
    codes,
    code,
    message,
    words,
    delayMs: statedDelayMs(signals.headers ?? {}, details, message, nowMs),
    quota: quotaOf(violations, message),
    quotaIsZero:
      /\blimit:? ?0(?![\d.])/i.test(message) || violations.some((one) => field(one, "quotaValue") === "0"),
    saysGoogle: details.length > 0 || codes.has("resource_exhausted") || message.includes("ai.google.dev"),
    connection: connectionOf(signals, message),
  };
}

/** An error inside a 200 states its status as a number, in `error.code` or `error.status`. */
function effectiveStatus(signals: Signals, body: unknown, error: unknown): number {
  const status = signals.status ?? 0;
  if (status >= 300) return status;
  for (const stated of [
    field(error, "code"),
    field(error, "status"),
    error === undefined ? 0 : field(body, "code"),
  ]) {
    const number = Number(stated ?? Number.NaN);
    if (number >= 400 && number < 600) return number;
  }
  return status;
}

function codesOf(signals: Signals, body: unknown, error: unknown, details: readonly unknown[]): Set<string> {
  const codes = new Set<string>();
  const add = (value: unknown) => {
    if (typeof value === "string" && value !== "") codes.add(value.toLowerCase());
  };
  const inner = field(error, "innererror") ?? field(error, "inner_error");
  for (const holder of [error, inner, error === undefined ? body : undefined]) {
    for (const name of ["code", "type", "status"]) add(field(holder, name));
  }
  for (const detail of details) add(field(detail, "reason"));
  add(signals.code);
  return codes;
}

function messageOf(signals: Signals, body: unknown, error: unknown): string {
  return (
    textField(error, "message") ??
    (typeof error === "string" ? error : undefined) ??
    textField(body, "message") ??
    textField(body, "detail") ??
    textField(field(body, "promptFeedback"), "blockReasonMessage") ??
    signals.text ??
    ""
  );
}

/** A QuotaFailure's violations, or the same facts in the metadata of an ErrorInfo. */
function violationsOf(detail: unknown): readonly unknown[] {
  const metadata = field(detail, "metadata");
  const quotaId = textField(metadata, "quota_limit");
  if (quotaId === undefined) return listField(detail, "violations");
  const [quotaMetric, quotaValue] = [
    textField(metadata, "quota_metric"),
    textField(metadata, "quota_limit_value"),
  ];
  return [{ quotaId, quotaMetric, quotaValue }];
}

const perDay = /PerDay|Daily|PerWeek|PerMonth/i;

function quotaOf(violations: readonly unknown[], message: string): QuotaFacts | undefined {
  const worst = violations.find((one) => perDay.test(textField(one, "quotaId") ?? "")) ?? violations[0];
  const stated = /\bLimit:? (?<limit>\d+)/i.exec(message)?.groups?.["limit"];
  const words = `${textField(worst, "quotaId") ?? ""} ${textField(worst, "quotaMetric") ?? ""} ${worst === undefined ? message : ""}`;
  const period = periodOf(words);
  const limit = textField(worst, "quotaValue") ?? stated;
  if (worst === undefined && (period === undefined || limit === undefined)) return undefined;
  return {
    id: textField(worst, "quotaId"),
    metric: textField(worst, "quotaMetric"),
    limit: limit === undefined ? undefined : Number(limit),
    period,
    unit: /token/i.test(words) ? "tokens" : /request/i.test(words) ? "requests" : undefined,
  };
}

function periodOf(words: string): "minute" | "day" | undefined {
  if (perDay.test(words) || /\bper day\b|\((?:RPD|TPD)\)/i.test(words)) return "day";
  return /PerMinute|\bper min(?:ute)?\b/i.test(words) ? "minute" : undefined;
}

const connectionCodes: readonly (readonly [RegExp, ConnectionProblem])[] = [
  [/^ECONNREFUSED$/, "refused"],
  [/^(ENOTFOUND|EAI_AGAIN|EAI_NODATA|EAI_NONAME|EAI_FAIL)$/, "not_found"],
  [
    /^(EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|EADDRNOTAVAIL|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/,
    "unreachable",
  ],
  [/^(ERR_NOT_LOCAL|ERR_TLS_\w+|ERR_SSL_\w+|CERT_\w+|\w*SELF_SIGNED\w*|UNABLE_TO_\w+)$/, "unreachable"],
  [/^(ECONNRESET|EPIPE|ECONNABORTED|UND_ERR_SOCKET|UND_ERR_CLOSED|UND_ERR_DESTROYED)$/, "reset"],
  [/^(UND_ERR_\w+|HPE_\w+|ERR_HTTP2_\w+|ERR_STREAM_PREMATURE_CLOSE)$/, "other"],
];

const connectionTexts: readonly (readonly [RegExp, ConnectionProblem])[] = [
  [/ECONNREFUSED|connection refused/i, "refused"],
  [/ENOTFOUND|EAI_AGAIN|getaddrinfo/i, "not_found"],
  [/ECONNRESET|socket hang up|other side closed|connection (?:was )?reset/i, "reset"],
  [/^terminated$|reading from the stream|premature close|connection (?:was )?(?:cut|closed)/im, "cut"],
  [/fetch failed|^connection error|network error|^failed to fetch/im, "other"],
];

/** Only where no answer came: a provider may well write "connection refused" of something behind it. */
function connectionOf(signals: Signals, message: string): ConnectionProblem | undefined {
  if (signals.problem === "stream_cut") return "cut";
  if (signals.status !== undefined && signals.status >= 300) return undefined;
  const code = signals.code ?? "";
  const byCode = connectionCodes.find(([pattern]) => pattern.test(code));
  if (byCode !== undefined) return byCode[1];
  if (signals.status !== undefined) return undefined;
  return connectionTexts.find(([pattern]) => pattern.test(message))?.[1];
}
