import { statSync, type Stats } from "node:fs";
import { stat } from "node:fs/promises";
import pLimit from "p-limit";

/** What one look takes at most on a disk of one's own; over a network it is a hundred times as much. */
const quickMs = 0.25;
const looksBetweenChecks = 256;
const looksAtOnce = 32;

/**
 * Looks at files: one after the other while that is quick, many at once where each look waits for a network. What
 * is at hand comes back as it is, else as a promise.
 */
export function fileLooks(): (path: string) => Stats | Promise<Stats> {
  const limit = pLimit(looksAtOnce);
  let isQuick = true;
  let looks = 0;
  let since = performance.now();
  return (path) => {
    if (!isQuick) return limit(() => stat(path));
    const stats = statSync(path);
    if (++looks % looksBetweenChecks === 0) {
      const now = performance.now();
      isQuick = now - since < looksBetweenChecks * quickMs;
      since = now;
    }
    return stats;
  };
}
