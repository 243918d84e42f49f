import { readFileSync } from "node:fs";

/** What one run of load against one target showed. */
export interface LoadFigures {
  readonly requestsPerSecond: number;
  readonly totalP50Ms: number;
  readonly totalP99Ms: number;
  readonly firstFrameP50Ms: number;
  readonly cpuMicrosecondsPerRequest: number;
  readonly peakRssMiB: number;
  readonly failures: number;
}

/** Ticks a second in /proc/PID/stat, on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** CPU seconds that a process has used, its threads included (Linux). */
export function cpuSeconds(pid: number): number {
  // The second field is the program's name in brackets, which may hold anything.
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** The most memory a process has had resident (Linux). */
export function peakRssMiB(pid: number): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** The median of each figure over rounds. */
export function medians(rounds: readonly LoadFigures[]): LoadFigures {
  const median = (name: keyof LoadFigures) =>
    quantile(
      rounds.map((figures) => figures[name]),
      0.5,
    );
  return {
    requestsPerSecond: median("requestsPerSecond"),
    totalP50Ms: median("totalP50Ms"),
    totalP99Ms: median("totalP99Ms"),
    firstFrameP50Ms: median("firstFrameP50Ms"),
    cpuMicrosecondsPerRequest: median("cpuMicrosecondsPerRequest"),
    peakRssMiB: Math.max(...rounds.map(({ peakRssMiB }) => peakRssMiB)),
    failures: rounds.reduce((sum, { failures }) => sum + failures, 0),
  };
}
