import { changed, defaultPace, dueAt, runBegan, runEnded, startedWatch, unwatched } from "./watch-state.ts";

/** Time, as a watch needs it. */
export interface WatchClock {
  /** Milliseconds that only ever grow. */
  now(): number;
  /** Resolves after so long, or as soon as the signal is aborted. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** What a source of changes tells. */
export interface ChangeListener {
  /** Something that can be a note was saved, moved or removed. */
  changed(): void;
  /** From here on not every change is seen; why, as a sentence. */
  unwatchable(sentence: string): void;
}

/** Tells when notes may have changed, never what: the run that follows looks for itself. */
export interface ChangeSource {
  /** Looks again which folders there are. What changes after it resolves is told. */
  refresh(): Promise<void>;
  close(): void;
}

export interface WatchOptions {
  readonly open: (listener: ChangeListener) => ChangeSource;
  /** Takes in everything that changed; resolves to whether that was possible. */
  readonly takeIn: () => Promise<boolean>;
  /** Every change from here on is seen. */
  readonly onReady: () => void;
  readonly onUnwatchable: (sentence: string) => void;
  readonly clock: WatchClock;
  readonly signal: AbortSignal;
}

/**
 * Takes in changes as they are saved, until the signal comes; then once more, so that whatever was saved before
 * the signal is in the graph. Resolves to whether it is.
 */
export async function watch(options: WatchOptions): Promise<boolean> {
  const { clock, signal, takeIn } = options;
  let state = startedWatch(clock.now());
  let alarm = new AbortController();
  const wake = () => alarm.abort();
  signal.addEventListener("abort", wake, { once: true });
  const wakeIfEarlier = (before: number) => {
    if (dueAt(state, defaultPace) < before) wake();
  };
  const source = options.open({
    changed: () => {
      const before = dueAt(state, defaultPace);
      state = changed(state, clock.now());
      wakeIfEarlier(before);
    },
    unwatchable: (sentence) => {
      if (state.isPolling) return;
      const before = dueAt(state, defaultPace);
      state = unwatched(state);
      options.onUnwatchable(sentence);
      wakeIfEarlier(before);
    },
  });
  const run = async () => {
    const startedAt = clock.now();
    state = runBegan(state);
    // First the folders, then the files: what comes in between is told, and read twice at worst.
    await source.refresh();
    const succeeded = await takeIn();
    const endedAt = clock.now();
    state = runEnded(state, { endedAt, tookMs: endedAt - startedAt, succeeded });
    return succeeded;
  };
  try {
    // What was saved between the run before and the watch is seen by no watcher.
    await run();
    options.onReady();
    while (!signal.aborted) {
      const waitMs = dueAt(state, defaultPace) - clock.now();
      if (waitMs > 0) {
        alarm = new AbortController();
        await clock.sleep(waitMs, alarm.signal);
      } else await run();
    }
    return await run();
  } finally {
    signal.removeEventListener("abort", wake);
    source.close();
  }
}
