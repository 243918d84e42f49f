import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface Measured {
  readonly seconds: number;
  /** The most memory that the process had, in MB; 0 where the system does not tell. */
  readonly megabytes: number;
  readonly stdout: string;
}

const root = join(import.meta.dirname, "../..");
const pollMs = 25;

/** Runs a script of this checkout as a process of its own, from its start to its end. */
export function measured(words: readonly string[]): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(process.execPath, words, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
    let megabytes = 0;
    let stdout = "";
    const poll = setInterval(() => (megabytes = Math.max(megabytes, peakOf(child.pid))), pollMs);
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.once("error", reject).once("close", (code) => {
      clearInterval(poll);
      const seconds = (performance.now() - started) / 1_000;
      if (code === 0) resolve({ seconds, megabytes, stdout });
      else reject(new Error(`${words.join(" ")} ended with exit code ${code}`));
    });
  });
}

/** Linux keeps the high-water mark; other systems tell nothing. */
function peakOf(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_000;
  } catch {
    return 0;
  }
}
