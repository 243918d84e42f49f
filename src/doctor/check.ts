import { KnownError } from "../errors.ts";

/** One thing that was looked at. */
export interface Check {
  readonly check: string;
  readonly ok: boolean;
  readonly detail: string;
  /** What to do; null when there is nothing to do. With `ok` it is a hint. */
  readonly fix: string | null;
}

export function well(check: string, detail: string, hint: string | null = null): Check {
  return { check, ok: true, detail: sentence(detail), fix: hint };
}

export function problem(check: string, detail: string, fix: string): Check {
  return { check, ok: false, detail: sentence(detail), fix };
}

/** A known error: our sentences have what to try behind their last colon. */
export function problemOf(check: string, { message }: KnownError): Check {
  const place = message.lastIndexOf(": ");
  const [detail, fix] =
    place < 0 ? [message, "Look at its log."] : [message.slice(0, place), message.slice(place + 2)];
  return problem(check, detail, capital(fix));
}

/** The checks of `work`, or the problem that they took too long or could not be made. */
export async function inTime(
  check: string,
  work: () => Promise<readonly Check[]>,
  limitMs: number,
): Promise<readonly Check[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly Check[]>((resolve) => {
    timer = setTimeout(() => {
      resolve([
        problem(
          check,
          `no answer came within ${limitMs / 1_000} s`,
          "See that it runs, and is not overloaded.",
        ),
      ]);
    }, limitMs);
  });
  const done = work().catch((error: unknown) => [
    error instanceof KnownError
      ? problemOf(check, error)
      : problem(
          check,
          error instanceof Error ? error.message : String(error),
          "See the message; the other lines may say why.",
        ),
  ]);
  return Promise.race([done, late]).finally(() => clearTimeout(timer));
}

/** Keys and passwords, whole or as providers show them in part, become dots. */
export function withoutSecrets(checks: readonly Check[], secrets: readonly (string | undefined)[]): Check[] {
  const known = secrets.filter((secret) => secret !== undefined && secret.length >= 8);
  const clean = (text: string) =>
    known
      .reduce<string>((rest, secret) => rest.replaceAll(secret ?? "", "…"), text)
      .replaceAll(/\b(?:sk-|AIza)[\w*.-]{4,}/g, "…")
      .replaceAll(/\/\/[^/\s@]+@/g, "//");
  return checks.map((one) => ({
    ...one,
    detail: clean(one.detail),
    fix: one.fix === null ? null : clean(one.fix),
  }));
}

function sentence(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return /[.!?]$/.test(line) ? line : `${line}.`;
}

/** As a sentence begins. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
