import cliProgress from "cli-progress";
import type { Progress } from "../src/ingest/options.ts";
import type { OutputOptions } from "./output.ts";

export interface ProgressBar {
  show(progress: Progress): void;
  stop(): void;
}

/** A bar with rate and time left on stderr, on a terminal only. */
export function progressBar(options: OutputOptions): ProgressBar {
  if (!process.stderr.isTTY || options.quiet === true) return { show: () => {}, stop: () => {} };
  let bar: cliProgress.SingleBar | undefined;
  let phase: Progress["phase"] | undefined;
  let started = 0;
  const stop = () => {
    bar?.stop();
    bar = undefined;
    phase = undefined;
  };
  return {
    stop,
    show(progress) {
      if (progress.total === 0) return;
      if (phase !== progress.phase) {
        stop();
        phase = progress.phase;
        started = performance.now();
        bar = new cliProgress.SingleBar({
          format: `${progress.phase === "read" ? "Reading notes " : "Writing graph "} {bar} {value}/{total} {unit}, {rate}/s, {eta_formatted} left`,
          stream: process.stderr,
          clearOnComplete: true,
          hideCursor: true,
          etaBuffer: 50,
        });
        bar.start(progress.total, 0, { rate: 0, unit: progress.phase === "read" ? "notes" : "parts" });
      }
      const seconds = (performance.now() - started) / 1000;
      bar?.setTotal(progress.total);
      bar?.update(progress.done, { rate: seconds > 0 ? Math.round(progress.done / seconds) : 0 });
    },
  };
}
