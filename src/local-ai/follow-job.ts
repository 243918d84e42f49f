import { InterruptedError, KnownError } from "../errors.ts";
import type { LocalAiServer } from "./ask-local-ai.ts";
import { readJob } from "./gallery.ts";
import type { JobState } from "./job-state.ts";
import { LocalAiError } from "./local-ai-error.ts";

/** How a job ended, as far as that is known. */
export type JobEnd =
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "cancelled" }
  /** LocalAI knows nothing of it any more. */
  | { readonly kind: "lost" };

export type JobProgress = Extract<JobState, { kind: "running" }>;

/** Time, as the one who waits has it. */
export interface Waiting {
  readonly pollMs: number;
  /** How long LocalAI may be away before that is said to be the end. */
  readonly patienceMs: number;
  readonly nowMs: () => number;
  /** Rejects with the signal's reason when aborted. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

export interface Following {
  readonly waiting: Waiting;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: JobProgress) => void;
  readonly onWord: (message: string) => void;
}

/** A job is known a moment after it was made; so many times it is asked for in vain. */
const askedInVain = 5;

/** Watches a job to its end, through times in which LocalAI is away. Throws LocalAiError when it stays away. */
export async function followJob(server: LocalAiServer, first: string, following: Following): Promise<JobEnd> {
  const { waiting, signal, onProgress } = following;
  let job = first;
  let vain = 0;
  for (;;) {
    const state = await throughAbsence(() => readJob(server, job, signal), following);
    if (state.kind === "elsewhere") job = state.job;
    else if (state.kind === "running") onProgress(state);
    else if (state.kind !== "unknown") return state;
    vain = state.kind === "unknown" ? vain + 1 : 0;
    if (vain >= askedInVain) return { kind: "lost" };
    await waiting.sleep(waiting.pollMs, signal);
  }
}

/** Asks again while nobody answers. Throws what was heard last when that takes too long. */
export async function throughAbsence<Answer>(
  ask: () => Promise<Answer>,
  { waiting, signal, onWord }: Pick<Following, "waiting" | "signal" | "onWord">,
): Promise<Answer> {
  let awaySinceMs: number | undefined;
  for (;;) {
    try {
      const answer = await ask();
      if (awaySinceMs !== undefined) onWord("LocalAI answers again.");
      return answer;
    } catch (error) {
      if (signal.aborted) throw new InterruptedError();
      if (!(error instanceof LocalAiError) || !error.mayPass) throw error;
      if (awaySinceMs === undefined) onWord(`LocalAI is away (${error.said}): waiting for it.`);
      awaySinceMs ??= waiting.nowMs();
      if (waiting.nowMs() - awaySinceMs >= waiting.patienceMs) throw stayedAway(error, waiting.patienceMs);
      await waiting.sleep(waiting.pollMs, signal);
    }
  }
}

function stayedAway(error: LocalAiError, patienceMs: number): KnownError {
  const minutes = Math.round(patienceMs / 60_000);
  const time = minutes >= 1 ? `${minutes} min` : `${Math.round(patienceMs / 1_000)} s`;
  return new KnownError(
    "LOCALAI_AWAY",
    `LocalAI has been away for ${time} (${error.said}): see that it runs, then run this again; it goes on from there.`,
    { cause: error, facts: error.facts },
  );
}
