import { KnownError } from "../errors.ts";

interface Signal {
  readonly matches: RegExp;
  readonly code: string;
  /** A new job may do better, and goes on from what was fetched. */
  readonly mayPass?: boolean;
  readonly say: (model: string, reason: string) => string;
}

/** What LocalAI's jobs fail with; the first that matches counts. */
const signals: readonly Signal[] = [
  {
    matches: /no space left|ENOSPC|disk quota|not enough (?:disk )?space/i,
    code: "LOCALAI_DISK_FULL",
    say: (model) =>
      `LocalAI has no room left on its disk for ${model}: free some where it keeps its models, then run this again; files that are whole are not fetched again.`,
  },
  {
    matches: /no backend found/i,
    code: "LOCALAI_BACKEND_MISSING",
    say: (model, reason) =>
      `LocalAI has the files of ${model} and no program to run it (${reason}): install that backend in LocalAI (its page "Backends"), then run this again.`,
  },
  {
    matches: /no model found with name|model not found|pinned model variant/i,
    code: "MODEL_UNKNOWN",
    say: (model, reason) =>
      `LocalAI's gallery no longer has ${model} (${reason}): run this again to see what it has.`,
  },
  {
    matches: /sha(?:-?256)? ?(?:mismatch|does not match)|checksum|hash mismatch|calculated sha/i,
    code: "DOWNLOAD_DAMAGED",
    mayPass: true,
    say: (model, reason) =>
      `A file of ${model} did not arrive as it should be (${reason}): run this again; if it goes on, the gallery's entry is out of date.`,
  },
  {
    matches: /\b(?:404|410)\b|unexpected status|not found/i,
    code: "DOWNLOAD_GONE",
    say: (model, reason) =>
      `A file of ${model} is not where LocalAI's gallery says (${reason}): update LocalAI, or take another model.`,
  },
  {
    matches: /\b(?:401|403)\b|unauthorized|forbidden|gated/i,
    code: "DOWNLOAD_REFUSED",
    say: (model, reason) =>
      `The place that ${model} comes from refuses LocalAI (${reason}): give LocalAI a token (HF_TOKEN), or take another model.`,
  },
  {
    matches: /permission denied|read-only file system|EACCES|EROFS/i,
    code: "LOCALAI_CANNOT_WRITE",
    say: (model, reason) =>
      `LocalAI may not write to its folder of models, so ${model} is not installed (${reason}): mend the folder's permissions, then run this again.`,
  },
  {
    matches:
      /dial tcp|no such host|timeout|timed out|connection (?:reset|refused)|\bEOF\b|TLS|unreachable|\b(?:429|50[0-4])\b|stale operation/i,
    code: "DOWNLOAD_CUT",
    mayPass: true,
    say: (model, reason) =>
      `LocalAI lost the connection to the place that ${model} comes from (${reason}): check the network where LocalAI runs, then run this again.`,
  },
];

/** A job that failed, as a sentence, and whether another try may help. */
export function jobProblem(
  model: string,
  reason: string,
): { readonly error: KnownError; readonly mayPass: boolean } {
  const said = plain(reason);
  const signal = signals.find(({ matches }) => matches.test(reason));
  const message =
    signal?.say(model, said) ??
    `LocalAI could not install ${model} (${said}): look at its log, then run this again.`;
  const code = signal?.code ?? "LOCALAI_JOB_FAILED";
  return {
    error: new KnownError(code, message, { facts: { model, reason } }),
    mayPass: signal?.mayPass === true,
  };
}

/** Into a sentence, and no longer than one. */
function plain(reason: string): string {
  const line = reason
    .replaceAll(/\s+/g, " ")
    .trim()
    .replace(/[.:]+$/, "");
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}
