import { field } from "./field.ts";

/**
 * How long a provider asks to wait, in milliseconds rounded up: `retry-after-ms`, `Retry-After` (seconds or
 * an HTTP date, against `nowMs`), Gemini's `RetryInfo`, then the message's own words.
 */
export function statedDelayMs(
  headers: Readonly<Record<string, string>>,
  details: readonly unknown[],
  message: string,
  nowMs: number,
): number | undefined {
  return (
    fromMilliseconds(headers["retry-after-ms"]) ??
    fromRetryAfter(headers["retry-after"], nowMs) ??
    fromRetryInfo(details) ??
    fromText(message)
  );
}

function fromMilliseconds(value: string | undefined): number | undefined {
  return value === undefined || !/^\s*\d+(\.\d+)?\s*$/.test(value) ? undefined : whole(Number(value));
}

function fromRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\s*\d+(\.\d+)?\s*$/.test(value)) return whole(Number(value) * 1000);
  const dateMs = Date.parse(value);
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs);
}

function fromRetryInfo(details: readonly unknown[]): number | undefined {
  for (const detail of details) {
    const delay = field(detail, "retryDelay");
    if (typeof delay === "string") return durationMs(delay);
    const seconds = Number(field(delay, "seconds") ?? Number.NaN);
    const nanos = Number(field(delay, "nanos") ?? 0);
    if (!Number.isNaN(seconds)) return whole(seconds * 1000 + nanos / 1e6);
  }
  return undefined;
}

const inWords =
  /(?:retry|try again|available)(?: again)? (?:in|after) (?<duration>(?:\d+(?:\.\d+)?\s*[a-z]+\s*)+)/i;

function fromText(message: string): number | undefined {
  const duration = inWords.exec(message)?.groups?.["duration"];
  return duration === undefined ? undefined : durationMs(duration);
}

const unitMs = new Map([
  ["ms", 1],
  ["millisecond", 1],
  ["s", 1000],
  ["sec", 1000],
  ["second", 1000],
  ["m", 60_000],
  ["min", 60_000],
  ["minute", 60_000],
  ["h", 3_600_000],
  ["hr", 3_600_000],
  ["hour", 3_600_000],
  ["d", 86_400_000],
  ["day", 86_400_000],
]);

/** Milliseconds of "34.4s", "900.2ms", "6m0s", "1h2m3.5s", "2 minutes"; undefined for anything else. */
export function durationMs(text: string): number | undefined {
  let total: number | undefined;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)/gi)) {
    const name = (unit ?? "").toLowerCase();
    const factor = unitMs.get(name) ?? unitMs.get(name.replace(/s$/, ""));
    if (factor === undefined) break;
    total = (total ?? 0) + Number(amount) * factor;
  }
  return total === undefined ? undefined : whole(total);
}

/** Rounded up, but not by the noise of binary fractions (9.816 s is 9,816 ms). */
function whole(milliseconds: number): number {
  return Math.ceil(Number(milliseconds.toFixed(3)));
}
