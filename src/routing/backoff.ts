const firstMs = 500;
const longestMs = 8_000;

/**
 * Milliseconds before the same deployment is asked again: full jitter over `0.5 s * 2^n`, at most 8 s, and
 * never less than `leastMs` (LiteLLM's `retry_after`). `attempt` counts from 0; `random` gives 0 to 1.
 */
export function backoffMs(attempt: number, leastMs: number, random: () => number): number {
  const ceilingMs = Math.min(firstMs * 2 ** attempt, longestMs);
  return Math.max(leastMs, Math.round(random() * ceilingMs));
}
