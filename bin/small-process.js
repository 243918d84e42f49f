import { existsSync } from "node:fs";

/**
 * Goes on as the same process under flags that keep it small, which no program can set for itself: objects die young
 * in a few megabytes, old ones are looked through early, and the C library keeps one pool of memory for all threads.
 * Where that cannot be done, nothing happens.
 */
export function becomeSmall(command) {
  const flags = flagsOf[command];
  if (flags === undefined || process.execve === undefined || !existsSync(process.execPath)) return;
  if (flags.every((flag) => process.execArgv.includes(flag))) return;
  // Node takes an `--env-file` for itself wherever it stands, unless it is told where its own options end.
  const words = [process.execPath, ...flags, ...process.execArgv, "--", ...process.argv.slice(1)];
  process.execve(process.execPath, words, { ...process.env, MALLOC_ARENA_MAX: "1" });
}

const small = ["--max-semi-space-size=6", "--v8-pool-size=2"];
const flagsOf = {
  ingest: [...small, "--heap-growing-percent=50"],
  // A server compiles by one thread, not by many at once.
  proxy: [...small, "--max-old-space-size=768", "--no-concurrent-recompilation"],
};
