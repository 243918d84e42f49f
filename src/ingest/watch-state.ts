/** How a watch paces its runs; all in milliseconds. */
export interface WatchPace {
  /** So long nothing must have been saved before a run: editors write in bursts. */
  readonly quietMs: number;
  /** After so long the first change is taken in even if saving goes on. */
  readonly longestMs: number;
  /** A run with no change seen, for what no watcher tells: network drives, folders mounted inside. */
  readonly sweepMs: number;
  /** The same when nothing can be watched; at least this, and twenty times what a run takes. */
  readonly pollMs: number;
  /** Before a failed run is tried again; doubled each time, up to `longestRetryMs`. */
  readonly retryMs: number;
  readonly longestRetryMs: number;
  /** A run is followed by a rest of its own length, up to this, so that others get the processor. */
  readonly longestRestMs: number;
}

export const defaultPace: WatchPace = {
  quietMs: 300,
  longestMs: 2_000,
  sweepMs: 600_000,
  pollMs: 5_000,
  retryMs: 2_000,
  longestRetryMs: 60_000,
  longestRestMs: 10_000,
};

const pollRatio = 20;

/** What a watch knows: what came since the last run began, and how that run ended. Times in milliseconds. */
export interface WatchState {
  /** The first and the last change that no run has begun after. */
  readonly changes: { readonly first: number; readonly last: number } | undefined;
  readonly isPolling: boolean;
  /** How many runs failed since one succeeded. */
  readonly failures: number;
  readonly lastRun: { readonly endedAt: number; readonly tookMs: number };
}

/** A watch that begins now. */
export function startedWatch(at: number): WatchState {
  return { changes: undefined, isPolling: false, failures: 0, lastRun: { endedAt: at, tookMs: 0 } };
}

/** Something was saved, moved or removed. */
export function changed(state: WatchState, at: number): WatchState {
  return { ...state, changes: { first: state.changes?.first ?? at, last: at } };
}

/** From here on not every change is seen. */
export function unwatched(state: WatchState): WatchState {
  return { ...state, isPolling: true };
}

/** A run begins: it sees all changes up to now. */
export function runBegan(state: WatchState): WatchState {
  return { ...state, changes: undefined };
}

/** A run ended; one that failed leaves everything to be done. */
export function runEnded(
  state: WatchState,
  { endedAt, tookMs, succeeded }: { endedAt: number; tookMs: number; succeeded: boolean },
): WatchState {
  return { ...state, failures: succeeded ? 0 : state.failures + 1, lastRun: { endedAt, tookMs } };
}

/** When the next run is due, unless something else happens before. */
export function dueAt({ changes, isPolling, failures, lastRun }: WatchState, pace: WatchPace): number {
  const { endedAt, tookMs } = lastRun;
  const sweepMs = isPolling ? Math.max(pace.pollMs, pollRatio * tookMs) : pace.sweepMs;
  const retryMs =
    failures === 0 ? Infinity : Math.min(pace.retryMs * 2 ** (failures - 1), pace.longestRetryMs);
  const changesMs =
    changes === undefined ? Infinity : Math.min(changes.last + pace.quietMs, changes.first + pace.longestMs);
  const rested = endedAt + Math.min(tookMs, pace.longestRestMs);
  return Math.max(rested, Math.min(changesMs, endedAt + retryMs, endedAt + sweepMs));
}
