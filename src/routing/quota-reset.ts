const geminiZone = "America/Los_Angeles";
const dayMs = 86_400_000;
const hourMs = 3_600_000;

const zoneFormat = new Intl.DateTimeFormat("en-CA", {
  timeZone: geminiZone,
  dateStyle: "short",
});

/** The next midnight in Los Angeles, when Gemini's daily quotas come back, as epoch milliseconds. */
export function nextMidnightInLosAngelesMs(nowMs: number): number {
  const today = dateInLosAngeles(nowMs);
  // Days there have 23 to 25 whole hours: walk by the hour to the first of the next date.
  let hourStartMs = Math.floor(nowMs / hourMs) * hourMs;
  do hourStartMs += hourMs;
  while (dateInLosAngeles(hourStartMs) === today);
  return hourStartMs;
}

function dateInLosAngeles(atMs: number): string {
  return zoneFormat.format(atMs);
}

let cachedDay = { name: "", startMs: 0, endMs: 0 };

/** Name of the day that a daily limit counts in: Gemini's in Los Angeles, any other in UTC. */
export function quotaDay(provider: string, nowMs: number): { name: string; endMs: number } {
  if (provider !== "gemini") {
    const day = Math.floor(nowMs / dayMs);
    return { name: `utc:${day}`, endMs: (day + 1) * dayMs };
  }
  if (nowMs < cachedDay.startMs || nowMs >= cachedDay.endMs) {
    const name = `los-angeles:${dateInLosAngeles(nowMs)}`;
    cachedDay = { name, startMs: nowMs, endMs: nextMidnightInLosAngelesMs(nowMs) };
  }
  return cachedDay;
}

/** When a spent quota can have come back: a stated long delay, else Gemini's midnight, else an hour. */
export function quotaResetMs(provider: string, statedDelayMs: number | undefined, nowMs: number): number {
  if (statedDelayMs !== undefined && statedDelayMs > 300_000) return nowMs + statedDelayMs;
  return provider === "gemini" ? nextMidnightInLosAngelesMs(nowMs) : nowMs + hourMs;
}
