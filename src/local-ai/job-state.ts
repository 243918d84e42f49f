import { field } from "../providers/provider-error.ts";
import { bytesIn } from "./byte-size.ts";

/** A job of LocalAI's gallery, read from whatever version of it. */
export type JobState =
  | {
      readonly kind: "running";
      readonly message: string;
      /** 0 to 100; it may fall, and stays at 0 for a while. */
      readonly percent: number;
      readonly currentBytes?: number;
      readonly totalBytes?: number;
    }
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "cancelled" }
  /** Another job does the same. */
  | { readonly kind: "elsewhere"; readonly job: string }
  /** LocalAI does not know it: it was started anew, or has not taken it up yet. */
  | { readonly kind: "unknown" };

/** Reads an answer of `/models/jobs/…`. */
export function jobState(status: unknown): JobState {
  const message = textOf(field(status, "message"));
  const error = errorOf(field(status, "error"), message);
  const isCancelled = field(status, "cancelled") === true || /^context canceled$/i.test(error ?? message);
  if (isCancelled) return { kind: "cancelled" };
  if (error !== undefined) return { kind: "failed", reason: error };
  if (field(status, "processed") !== true) {
    const percent = field(status, "progress");
    const currentBytes = bytesOf(status, "current_bytes", "downloaded_size");
    const totalBytes = bytesOf(status, "total_bytes", "file_size");
    return {
      kind: "running",
      message,
      percent: typeof percent === "number" ? Math.min(100, Math.max(0, percent)) : 0,
      ...(currentBytes !== undefined && { currentBytes }),
      ...(totalBytes !== undefined && { totalBytes }),
    };
  }
  const [, job] = /already being processed by another instance \(op ([^)]+)\)/.exec(message) ?? [];
  return job === undefined ? { kind: "done" } : { kind: "elsewhere", job };
}

/** Before v4.3.2 the error is `{}` and its text stands in the message. */
function errorOf(error: unknown, message: string): string | undefined {
  const [, said] = /^error:\s*([^]*)$/i.exec(message) ?? [];
  if (typeof error === "string" && error !== "") return error;
  if (said !== undefined) return said;
  const isError = typeof error === "object" && error !== null;
  return isError ? (message === "" ? "it says nothing of the reason" : message) : undefined;
}

function bytesOf(status: unknown, count: string, text: string): number | undefined {
  const bytes = field(status, count);
  if (typeof bytes === "number" && bytes > 0) return bytes;
  return bytesIn(textOf(field(status, text)));
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value.trim() : "";
}
