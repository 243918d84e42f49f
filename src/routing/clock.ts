/** Time as the router sees it: arguments everywhere, so that tests never wait. */
export interface Clock {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Resolves after `ms`; rejects with the signal's reason when that is aborted first. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

const longestTimerMs = 2 ** 31 - 1;

/** The machine's own clock; a timer may fire a moment early, never late by more than the machine is busy. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => (ms <= longestTimerMs ? timer(ms, signal) : longSleep(Date.now() + ms, signal)),
};

/** A timer holds 24 days at most. */
async function longSleep(untilMs: number, signal: AbortSignal | undefined): Promise<void> {
  for (let left = untilMs - Date.now(); left > 0; left = untilMs - Date.now()) {
    await timer(Math.min(left, longestTimerMs), signal);
  }
}

function timer(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(signal.reason);
      return;
    }
    const onAbort = () => {
      clearTimeout(handle);
      reject(signal?.reason);
    };
    const handle = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
