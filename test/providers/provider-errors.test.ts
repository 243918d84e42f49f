import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createModel } from "../../src/providers/create-model.ts";
import { ProviderError } from "../../src/providers/provider-error.ts";
import { classify, signalsOfThrown } from "../../src/routing/index.ts";
import { answer, events, startWireServer, type WireServer } from "../support/provider-servers/wire-server.ts";
import { settingsFor } from "../support/provider-servers/settings.ts";

interface Fixture {
  name: string;
  provider: "gemini" | "openai" | "localai";
  status: number;
  headers: Record<string, string>;
  body: unknown;
  expect: { kind: string; retryAfterMs?: number };
}

const path = new URL("../fixtures/provider-errors.json", import.meta.url);
const fixtures = JSON.parse(readFileSync(path, "utf8")) as Fixture[];

let server: WireServer;
beforeAll(async () => {
  server = await startWireServer();
});
afterAll(() => server.close());

async function failureOf(fixture: Fixture, streamed: boolean) {
  const model = await createModel(settingsFor(fixture.provider, server.url));
  try {
    if (streamed) for await (const chunk of await model.stream("hi")) void chunk;
    else await model.invoke("hi");
  } catch (error) {
    expect(error, String(error)).toBeInstanceOf(ProviderError);
    return classify(signalsOfThrown(error), Date.now());
  }
  throw new Error("it did not fail");
}

describe("a recorded failure of a provider keeps its kind and delay through the SDK", () => {
  for (const fixture of fixtures) {
    for (const streamed of [false, true]) {
      it(`${fixture.name}${streamed ? ", streamed" : ""}`, async () => {
        server.reply =
          fixture.status === 200 && streamed
            ? events([fixture.body])
            : answer(fixture.status, fixture.body, fixture.headers);
        const failure = await failureOf(fixture, streamed);
        expect(failure.kind).toBe(fixture.expect.kind);
        if (fixture.expect.retryAfterMs !== undefined) {
          expect(failure.delayMs).toBe(fixture.expect.retryAfterMs);
        }
        if (fixture.status !== 200) expect(failure.status).toBe(fixture.status);
      });
    }
  }

  const inStream = fixtures.filter(({ status, body }) => status !== 200 && typeof body === "object");
  for (const fixture of inStream) {
    it(`${fixture.name}, as an event inside a stream`, async () => {
      server.reply = events([Array.isArray(fixture.body) ? fixture.body[0] : fixture.body]);
      const failure = await failureOf(fixture, true);
      const withoutStatus = /anthropic|openai|azure|loading/.test(fixture.name);
      if (!withoutStatus) expect(failure.kind).toBe(fixture.expect.kind);
      if (fixture.expect.retryAfterMs !== undefined && Object.keys(fixture.headers).length === 0) {
        expect(failure.delayMs).toBe(fixture.expect.retryAfterMs);
      }
    });
  }
});
