import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { classify, findFailure, signalsOfHttpAnswer, signalsOfStreamError } from "../../src/routing/index.ts";

interface Fixture {
  name: string;
  status: number;
  headers: Record<string, string>;
  body: unknown;
  expect: { kind: string; retryAfterMs?: number };
}

const fixtures = JSON.parse(
  readFileSync(new URL("../fixtures/provider-errors.json", import.meta.url), "utf8"),
) as Fixture[];
const nowMs = Date.parse("2026-11-25T12:00:00Z");

describe("recorded answers", () => {
  for (const fixture of fixtures) {
    it(`reads ${fixture.name} as ${fixture.expect.kind}`, () => {
      const text = typeof fixture.body === "string" ? fixture.body : JSON.stringify(fixture.body);
      const failure = classify(signalsOfHttpAnswer({ ...fixture, body: text }), nowMs);
      expect(failure.kind).toBe(fixture.expect.kind);
      if (fixture.expect.retryAfterMs !== undefined)
        expect(failure.delayMs).toBe(fixture.expect.retryAfterMs);
      if (fixture.status >= 400) expect(failure.status).toBe(fixture.status);
      expect(classify(signalsOfHttpAnswer(fixture), nowMs).kind).toBe(fixture.expect.kind);
    });
  }

  it("reads an error event inside a 200 stream like the same answer with its own status", () => {
    for (const fixture of fixtures.filter(({ status, body }) => status >= 400 && typeof body === "object")) {
      const failure = classify(signalsOfStreamError(fixture.body), nowMs);
      const numbered = typeof (fixture.body as { error?: { code?: unknown } }).error?.code === "number";
      if (numbered) expect([fixture.name, failure.kind]).toEqual([fixture.name, fixture.expect.kind]);
      else expect(findFailure(signalsOfStreamError(fixture.body), nowMs)).toBeDefined();
    }
  });
});
