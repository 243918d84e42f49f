import { expect, test } from "vitest";
import {
  changed,
  defaultPace as pace,
  dueAt,
  runBegan,
  runEnded,
  startedWatch,
  unwatched,
  type WatchState,
} from "../../src/ingest/watch-state.ts";

/** A watch whose last run ended at 0 without taking any time. */
const idle = startedWatch(0);
const savedAt = (times: readonly number[], from: WatchState = idle) =>
  times.reduce((state, at) => changed(state, at), from);
const ran = (endedAt: number, tookMs: number, from: WatchState = idle, succeeded = true) =>
  runEnded(runBegan(from), { endedAt, tookMs, succeeded });

test("a save is taken in when it has been quiet for 300 ms", () => {
  expect(dueAt(savedAt([10_000]), pace)).toBe(10_300);
  expect(dueAt(savedAt([10_000, 10_100, 10_250]), pace)).toBe(10_550);
});

test("saving that never pauses is taken in after two seconds all the same", () => {
  const saves = Array.from({ length: 50 }, (_, index) => 10_000 + 100 * index);
  expect(dueAt(savedAt(saves), pace)).toBe(12_000);
});

test("a save while a run is under way is not forgotten when the run ends", () => {
  const during = changed(runBegan(savedAt([10_000])), 10_400);
  expect(dueAt(runEnded(during, { endedAt: 10_500, tookMs: 100, succeeded: true }), pace)).toBe(10_700);
});

test("what was saved before a run began is not taken in twice", () => {
  expect(dueAt(ran(10_500, 200, savedAt([10_000])), pace)).toBe(10_500 + pace.sweepMs);
});

test("with no change seen, a run looks for itself every ten minutes", () => {
  expect(dueAt(idle, pace)).toBe(600_000);
});

test("where nothing can be watched, runs follow each other in five seconds, or twenty times what one takes", () => {
  expect(dueAt(unwatched(ran(1_000, 100)), pace)).toBe(6_000);
  expect(dueAt(unwatched(ran(1_000, 2_000)), pace)).toBe(41_000);
});

test("a run is followed by a rest of its own length, and by one of ten seconds at most", () => {
  expect(dueAt(changed(ran(100_000, 4_000), 100_000), pace)).toBe(104_000);
  expect(dueAt(changed(ran(100_000, 60_000), 100_000), pace)).toBe(110_000);
});

test("a run that failed is tried again after 2, 4, 8 … seconds and then every minute, until one succeeds", () => {
  let state = idle;
  const waits: number[] = [];
  for (let failures = 0; failures < 8; failures++) {
    state = ran(0, 0, state, false);
    waits.push(dueAt(state, pace));
  }
  expect(waits).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  expect(dueAt(changed(state, 1_000), pace)).toBe(1_300);
  expect(dueAt(ran(0, 0, state), pace)).toBe(pace.sweepMs);
});
