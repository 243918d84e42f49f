import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SlidingWindow, windowMs } from "../../src/routing/window.ts";

describe("a sliding window", () => {
  it("gives every place in a queue the time at which it would really get in", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(windowMs - 1), { maxLength: 12 }),
        fc.integer({ min: 1, max: 6 }),
        fc.nat(20),
        (ages, requests, ahead) => {
          const nowMs = 1_000_000;
          const [byPlace, byWalking] = [new SlidingWindow(), new SlidingWindow()];
          const times = ages
            .map((age) => nowMs - age)
            .toSorted((one, other) => one - other)
            .slice(-requests);
          for (const atMs of times) for (const window of [byPlace, byWalking]) window.add(atMs, 1);
          const queue = Array.from({ length: ahead }, () => 1);
          // A token limit that never binds takes the long way round.
          const expected = byWalking.turnMs(nowMs, { requests, tokens: 1_000_000 }, 1, queue, nowMs);
          const surely = byWalking.turnMs(nowMs, { requests, tokens: 1_000_000 }, 1, queue);
          expect(byPlace.turnMs(nowMs, { requests, tokens: undefined }, 1, queue)).toBe(surely);
          expect(expected).toBeLessThanOrEqual(surely);
        },
      ),
      { numRuns: 2_000, seed: 3 },
    );
  });

  it("never gives a turn that overruns it, however reservations are settled or taken back", () => {
    const step = fc.record({ tokens: fc.nat(60), used: fc.option(fc.nat(60)), afterMs: fc.nat(30_000) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const limits = { requests: 4, tokens: 100 };
        const window = new SlidingWindow();
        const passed: { atMs: number; tokens: number }[] = [];
        let nowMs = 0;
        for (const { tokens, used, afterMs } of steps) {
          const turnMs = window.turnMs(nowMs, limits, tokens);
          nowMs = Math.max(nowMs, turnMs);
          const correct = window.add(nowMs, tokens);
          const spent = used === null ? undefined : Math.min(used, tokens);
          correct(spent);
          if (spent !== undefined) passed.push({ atMs: nowMs, tokens: spent });
          const recent = passed.filter(({ atMs }) => atMs > nowMs - windowMs);
          expect(recent.length).toBeLessThanOrEqual(limits.requests);
          expect(recent.reduce((sum, one) => sum + one.tokens, 0)).toBeLessThanOrEqual(limits.tokens);
          expect(window.tokensUsed(nowMs)).toBe(recent.reduce((sum, one) => sum + one.tokens, 0));
          nowMs += afterMs;
        }
      }),
      { numRuns: 1_000, seed: 5 },
    );
  });
});
