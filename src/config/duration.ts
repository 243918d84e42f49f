const unitMs: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  mo: 2_592_000_000,
};

/** LiteLLM's durations ("30s", "10m", "24h", "7d", "1mo" as 30 days) in milliseconds. */
export function durationMs(text: string): number {
  const [, amount = "0", unit = "s"] = /^([\d.]+)([a-z]+)$/.exec(text) ?? [];
  return Number(amount) * (unitMs[unit] ?? 0);
}

export function secondsToMs(seconds: number): number {
  return Math.round(seconds * 1000);
}
