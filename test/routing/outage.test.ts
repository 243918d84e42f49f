import { describe, expect, it } from "vitest";
import {
  gemini,
  guideSettings,
  localai,
  ok,
  refused,
  scene,
  silent,
  status,
  type Behaviour,
} from "./scenes.ts";
import { VirtualClock } from "./virtual-clock.ts";

const within =
  (clock: VirtualClock, ms: number, behaviour: Behaviour): Behaviour =>
  async (call, signal) => {
    await clock.sleep(ms, signal);
    return behaviour(call, signal);
  };

describe.each([
  ["refuses connections", refused],
  ["answers 500", status(500)],
  ["answers 503", status(503)],
  ["answers 503 and asks for two seconds", status(503, "busy", { "retry-after": "2" })],
  ["is silent", silent],
])("an outage of twelve seconds under steady load in which the primary %s", (_, behaviour) => {
  it("loses nobody, hardly touches the dead one and ends within one probe interval", async () => {
    const clock = new VirtualClock();
    const { begin, behave, calls } = scene(
      [gemini({ timeouts: { attemptMs: 1_000 } }), localai()],
      { "localai-llama": within(clock, 80, ok), "gemini-flash": within(clock, 20, behaviour) },
      guideSettings,
      { clock },
    );
    const startedAtMs = clock.now();
    const walks: Promise<unknown>[] = [];
    for (let request = 0; request < 600; request += 1) {
      if (clock.now() - startedAtMs === 12_000) behave("gemini-flash", within(clock, 20, ok));
      walks.push(begin());
      await clock.pass(50);
    }
    const ended = await clock.run(Promise.allSettled(walks));
    expect(ended.every((one) => one.status === "fulfilled")).toBe(true);
    const since = (ms: number) =>
      calls.filter(({ atMs }) => atMs - startedAtMs >= ms && atMs - startedAtMs < 12_000);
    const primary = (some: typeof calls) => some.filter(({ deployment }) => deployment === "gemini-flash");
    // The first two seconds are those in which it is found out.
    expect(primary(since(2_000)).length).toBeLessThanOrEqual(5);
    const back = primary(calls).find(({ atMs }) => atMs - startedAtMs >= 12_000);
    expect((back?.atMs ?? Infinity) - startedAtMs).toBeLessThanOrEqual(12_000 + 10_000);
    const last = calls.slice(-40);
    expect(primary(last)).toHaveLength(40);
  });
});

describe("a thousand calls at once with mixed failures", () => {
  it("all end, and nothing is left sleeping, reserved or probing", async () => {
    const clock = new VirtualClock();
    const kinds = [ok, status(429, "retry in 2s"), status(500), refused, ok, status(404), silent, ok];
    const mixed =
      (shift: number): Behaviour =>
      (call, signal) =>
        within(clock, (call * 7) % 90, kinds[(call + shift) % kinds.length] ?? ok)(call, signal);
    const { begin, router } = scene(
      [gemini({ rpm: 300, maxParallelRequests: 40 }), localai({ maxParallelRequests: 8 })],
      { "gemini-flash": mixed(0), "localai-llama": mixed(3) },
      guideSettings,
      { clock },
    );
    const { signal } = new AbortController();
    const ended = await clock.run(Promise.allSettled(Array.from({ length: 1_000 }, () => begin({}, signal))));
    expect(ended).toHaveLength(1_000);
    expect(clock.sleeping).toBe(0);
    expect(router.status().map(({ phase }) => phase)).not.toContain("probing");
  });
});
