import { existsSync } from "node:fs";

/**
 * Goes on as the same process under flags that keep a server small, which no program can set for itself: objects die
 * young in a few megabytes and old ones are looked through early, code is made fast by one thread and not by many at
 * once, and the C library keeps one pool of memory for all. Where that cannot be done, nothing happens.
 */
export function becomeSmall() {
  const [sign] = flags;
  const isDone = process.execArgv.includes(sign);
  if (isDone || process.execve === undefined || !existsSync(process.execPath)) return;
  const words = [process.execPath, ...flags, ...process.execArgv, ...process.argv.slice(1)];
  process.execve(process.execPath, words, { ...process.env, MALLOC_ARENA_MAX: "1" });
}

const flags = [
  "--max-semi-space-size=6",
  "--max-old-space-size=768",
  "--no-concurrent-recompilation",
  "--v8-pool-size=2",
];
