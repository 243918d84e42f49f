const geminiZone = "America/Los_Angeles";
const dayMs = 86_400_000;
const hourMs = 3_600_000;

const zoneFormat = new Intl.DateTimeFormat("en-CA", {
  timeZone: geminiZone,
  hourCycle: "h23",
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});

/** The next midnight in Los Angeles, when Gemini's daily quotas come back, as epoch milliseconds. */
export function nextMidnightInLosAngelesMs(nowMs: number): number {
  const today = wallClock(nowMs).date;
  // Days there have 23 to 25 hours: walk by the hour to the next date, then back to its first instant.
  let candidateMs = Math.floor(nowMs / hourMs) * hourMs;
  do candidateMs += hourMs;
  while (wallClock(candidateMs).date === today);
  return candidateMs - wallClock(candidateMs).sinceMidnightMs;
}

function wallClock(atMs: number): { date: string; sinceMidnightMs: number } {
  const parts = Object.fromEntries(zoneFormat.formatToParts(atMs).map(({ type, value }) => [type, value]));
  const { year, month, day, hour, minute, second } = parts;
  const sinceMidnightMs = ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000;
  return { date: `${year}-${month}-${day}`, sinceMidnightMs };
}

let cachedDay = { name: "", startMs: 0, endMs: 0 };

/** Name of the day that a daily limit counts in: Gemini's in Los Angeles, any other in UTC. */
export function quotaDay(provider: string, nowMs: number): { name: string; endMs: number } {
  if (provider !== "gemini") {
    const day = Math.floor(nowMs / dayMs);
    return { name: `utc:${day}`, endMs: (day + 1) * dayMs };
  }
  if (nowMs < cachedDay.startMs || nowMs >= cachedDay.endMs) {
    const name = `los-angeles:${wallClock(nowMs).date}`;
    cachedDay = { name, startMs: nowMs, endMs: nextMidnightInLosAngelesMs(nowMs) };
  }
  return cachedDay;
}

/** When a spent quota can have come back: a stated long delay, else Gemini's midnight, else an hour. */
export function quotaResetMs(provider: string, statedDelayMs: number | undefined, nowMs: number): number {
  if (statedDelayMs !== undefined && statedDelayMs > 300_000) return nowMs + statedDelayMs;
  return provider === "gemini" ? nextMidnightInLosAngelesMs(nowMs) : nowMs + hourMs;
}
