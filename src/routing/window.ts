/** A minute and a little more: what we count on leaving may arrive later than we think. */
export const windowMs = 60_250;

/** Limits of a window; undefined is none. */
export interface WindowLimits {
  readonly requests: number | undefined;
  readonly tokens: number | undefined;
}

interface Entry {
  readonly atMs: number;
  tokens: number;
  /** Reserved, not yet used: may turn out fewer. */
  isReserved: boolean;
  hasLeft: boolean;
}

/** Requests and tokens of the last minute, in the order in which they were reserved. */
export class SlidingWindow {
  readonly #entries: Entry[] = [];
  #first = 0;
  #tokens = 0;

  requestsUsed(nowMs: number): number {
    this.#prune(nowMs);
    return this.#entries.length - this.#first;
  }

  tokensUsed(nowMs: number): number {
    this.#prune(nowMs);
    return this.#tokens;
  }

  /** Reserves, now or ahead (at `atMs`, never before an earlier reservation); the returned function corrects the tokens, or takes the whole reservation back. */
  add(nowMs: number, tokens: number, atMs: number = nowMs): (actualTokens: number | undefined) => void {
    this.#prune(nowMs);
    const entry: Entry = { atMs, tokens, isReserved: tokens > 0, hasLeft: false };
    this.#entries.push(entry);
    this.#tokens += tokens;
    return (actualTokens) => {
      if (entry.hasLeft) return;
      this.#tokens += (actualTokens ?? 0) - entry.tokens;
      entry.tokens = actualTokens ?? 0;
      entry.isReserved = false;
      if (actualTokens !== undefined) return;
      entry.hasLeft = true;
      this.#entries.splice(this.#entries.lastIndexOf(entry), 1);
    };
  }

  /**
   * When a request of `tokens` fits, after those `ahead` of it (their tokens) have; now when it fits now, Infinity when
   * never. Where only reservations stand in the way it is hoped for by `soonMs`: they may be settled with less.
   */
  turnMs(
    nowMs: number,
    limits: WindowLimits,
    tokens: number,
    ahead: readonly number[] = [],
    soonMs = Infinity,
  ): number {
    this.#prune(nowMs);
    const { requests, tokens: mostTokens } = limits;
    if (requests === undefined && mostTokens === undefined) return nowMs;
    if ((requests !== undefined && requests < 1) || (mostTokens !== undefined && tokens > mostTokens))
      return Infinity;
    const used = this.#entries.length - this.#first;
    const hasRoom = requests === undefined || used + ahead.length < requests;
    if (ahead.length === 0 && hasRoom && (mostTokens === undefined || this.#tokens + tokens <= mostTokens))
      return nowMs;
    if (requests !== undefined && mostTokens === undefined)
      return this.#placeMs(nowMs, requests, used + ahead.length);
    const entries = this.#entries.slice(this.#first);
    const queue = [...ahead, tokens];
    const surely = simulated(entries, nowMs, limits, queue);
    if (soonMs >= surely || !entries.some(({ isReserved }) => isReserved)) return surely;
    const settled = entries.map((entry) => (entry.isReserved ? { ...entry, tokens: 0 } : entry));
    return Math.min(surely, Math.max(soonMs, simulated(settled, nowMs, limits, queue)));
  }

  /** When the request at a place in the queue gets in: a window after the one `requests` places before it. */
  #placeMs(nowMs: number, requests: number, place: number): number {
    const used = this.#entries.length - this.#first;
    const windows = Math.ceil((place - used + 1) / requests);
    const before = place - windows * requests;
    // Nobody before it: the first of its line gets in now.
    if (before < 0) return nowMs + (windows - 1) * windowMs;
    return (this.#entries[this.#first + before]?.atMs ?? nowMs) + windows * windowMs;
  }

  #prune(nowMs: number): void {
    const entries = this.#entries;
    let oldest = entries[this.#first];
    while (oldest !== undefined && oldest.atMs + windowMs <= nowMs) {
      this.#tokens -= oldest.tokens;
      oldest.hasLeft = true;
      this.#first += 1;
      oldest = entries[this.#first];
    }
    if (this.#first > 64 && this.#first * 2 > entries.length) {
      entries.splice(0, this.#first);
      this.#first = 0;
    }
  }
}

/** Lets the queue in one after the other and returns when its last one gets in. */
function simulated(
  entries: readonly Entry[],
  nowMs: number,
  limits: WindowLimits,
  queue: readonly number[],
): number {
  const past = entries.map(({ atMs, tokens }) => ({ atMs, tokens }));
  let first = 0;
  let used = past.reduce((sum, { tokens }) => sum + tokens, 0);
  let atMs = nowMs;
  for (const tokens of queue) {
    for (;;) {
      const fitsRequests = limits.requests === undefined || past.length - first < limits.requests;
      const fitsTokens = limits.tokens === undefined || used + tokens <= limits.tokens;
      const oldest = past[first];
      if ((fitsRequests && fitsTokens) || oldest === undefined) break;
      atMs = Math.max(atMs, oldest.atMs + windowMs);
      used -= oldest.tokens;
      first += 1;
    }
    past.push({ atMs, tokens });
    used += tokens;
  }
  return atMs;
}
