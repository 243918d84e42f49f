import cliProgress from "cli-progress";
import { sizeText } from "../src/local-ai/byte-size.ts";
import type { JobProgress } from "../src/local-ai/follow-job.ts";
import { type OutputOptions, remark } from "./output.ts";

export interface DownloadBar {
  readonly show: (progress: JobProgress) => void;
  readonly stop: () => void;
}

/** A bar on stderr where that is a terminal, else a line a quarter: LocalAI counts in hundredths, and in bytes where it can. */
export function downloadBar(options: OutputOptions): DownloadBar {
  if (options.quiet === true) return { show: () => {}, stop: () => {} };
  if (!process.stderr.isTTY) return quarters();
  let bar: cliProgress.SingleBar | undefined;
  return {
    show: (progress) => {
      if (bar === undefined) {
        bar = new cliProgress.SingleBar({
          format: "Downloading {bar} {percentage}%{bytes}, {eta_formatted} left",
          stream: process.stderr,
          clearOnComplete: true,
          hideCursor: true,
          etaBuffer: 50,
        });
        bar.start(100, 0, { bytes: "" });
      }
      bar.update(progress.percent, { bytes: bytesText(progress) });
    },
    stop: () => {
      bar?.stop();
      bar = undefined;
    },
  };
}

function quarters(): DownloadBar {
  let shown = 0;
  return {
    show: (progress) => {
      const quarter = Math.floor(progress.percent / 25) * 25;
      if (quarter > shown) remark(`Downloaded ${quarter}%${bytesText(progress)}.`);
      shown = Math.max(shown, quarter);
    },
    stop: () => {},
  };
}

function bytesText({ currentBytes, totalBytes }: JobProgress): string {
  if (totalBytes === undefined) return "";
  return ` of ${sizeText(totalBytes)}${currentBytes === undefined ? "" : ` (${sizeText(currentBytes)})`}`;
}
