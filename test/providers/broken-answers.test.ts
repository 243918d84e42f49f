import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createModel } from "../../src/providers/create-model.ts";
import { ProviderError } from "../../src/providers/provider-error.ts";
import { classify, signalsOfThrown } from "../../src/routing/index.ts";
import {
  geminiAnswer,
  geminiEvents,
  openaiAnswer,
  openaiEvents,
} from "../support/provider-servers/bodies.ts";
import { settingsFor } from "../support/provider-servers/settings.ts";
import {
  answer,
  events,
  startWireServer,
  type Reply,
  type WireServer,
} from "../support/provider-servers/wire-server.ts";

const unhandled: unknown[] = [];
const note = (reason: unknown) => void unhandled.push(reason);
let server: WireServer;
beforeAll(async () => {
  process.on("unhandledRejection", note);
  server = await startWireServer();
});
afterAll(async () => {
  await new Promise((resolve) => setTimeout(resolve, 50));
  process.off("unhandledRejection", note);
  await server.close();
  expect(unhandled).toEqual([]);
});

type ProviderName = "gemini" | "localai";

/** Runs one call and says how it was read and what the caller had seen of it. */
async function outcome(provider: ProviderName, streamed: boolean, reply: Reply) {
  server.reply = reply;
  const model = await createModel(settingsFor(provider, server.url));
  const seen: string[] = [];
  try {
    if (streamed) for await (const chunk of await model.stream("hi")) seen.push(String(chunk.content));
    else seen.push(String((await model.invoke("hi")).content));
    return { kind: "answered", seen: seen.join("") };
  } catch (error) {
    expect(error, String(error)).toBeInstanceOf(ProviderError);
    const failure = classify(signalsOfThrown(error), Date.now());
    return { kind: failure.kind, reason: (error as ProviderError).reason, seen: seen.join("") };
  }
}

const html = "<html><head><title>Sign in</title></head><body>Hotel Wi-Fi</body></html>";
const whole = { gemini: geminiAnswer("Hello"), localai: openaiAnswer("Hello") };
const streams = { gemini: geminiEvents, localai: openaiEvents };
const halfOf = (body: object): Reply => answer(200, JSON.stringify(body).slice(0, 60));

const cutBody =
  (body: object): Reply =>
  (response) => {
    response.writeHead(200, { "content-type": "application/json", "content-length": "9999" });
    response.write(JSON.stringify(body).slice(0, 50));
    setTimeout(() => response.destroy(), 10);
  };

/** What a stream that should be one is instead. */
const bodies: [string, (provider: ProviderName) => Reply][] = [
  ["a sign-in page", () => answer(200, html, { "content-type": "text/html" })],
  ["a page that calls itself JSON", () => answer(200, html)],
  ["an empty body", () => answer(200, "")],
  ["an empty object", () => answer(200, {})],
  ["half a JSON", (provider) => halfOf(whole[provider])],
  ["null", () => answer(200, "null")],
];

describe.each(["gemini", "localai"] as const)("%s answers 200 with", (provider) => {
  for (const [name, reply] of bodies) {
    it.each([false, true])(`${name} (streamed: %s), which is no answer`, async (streamed) => {
      const result = await outcome(provider, streamed, reply(provider));
      expect(result).toMatchObject({ seen: "" });
      expect(["unusable_answer", "connection"]).toContain(result.kind);
    });
  }

  it.each([false, true])("an error object (streamed: %s), which is read as that error", async (streamed) => {
    const error = { error: { code: 503, message: "The model is overloaded.", status: "UNAVAILABLE" } };
    expect(await outcome(provider, streamed, answer(200, error))).toMatchObject({ kind: "overloaded" });
  });

  it("a body cut in the middle, which is a lost connection", async () => {
    const result = await outcome(provider, false, cutBody(whole[provider]));
    expect(result).toMatchObject({ kind: "connection", reason: "cut" });
  });

  it("an empty stream", async () => {
    expect((await outcome(provider, true, events([]))).kind).not.toBe("answered");
    expect((await outcome(provider, true, events(["[DONE]"]))).kind).not.toBe("answered");
  });

  it("an event that is half a JSON", async () => {
    const [first] = streams[provider](["Hel", "lo"]);
    const result = await outcome(provider, true, events([JSON.stringify(first).slice(0, 30), "[DONE]"]));
    expect(result.kind).not.toBe("answered");
  });

  it("an error event before any content, nothing of it seen", async () => {
    const error = { error: { code: 500, message: "boom", status: "INTERNAL" } };
    expect(await outcome(provider, true, events([error]))).toMatchObject({ kind: "server_error", seen: "" });
  });

  it("an error event after content, which the caller has seen", async () => {
    const [role, first] =
      provider === "gemini" ? [undefined, geminiEvents(["Hel"])[0]] : openaiEvents(["Hel"]);
    const error = { error: { code: 503, message: "overloaded", status: "UNAVAILABLE" } };
    const list = [role, first, error].filter((event) => event !== undefined);
    expect(await outcome(provider, true, events(list))).toMatchObject({ kind: "overloaded", seen: "Hel" });
  });

  it("a stream whose connection is cut before or after content", async () => {
    expect(await outcome(provider, true, events([], "cut"))).toMatchObject({ kind: "connection", seen: "" });
    const list = streams[provider](["Hel", "lo"]).slice(0, 2);
    expect(await outcome(provider, true, events(list, "cut"))).toMatchObject({ kind: "connection" });
  });

  it("a stream that ends without a finish reason, with or without [DONE]", async () => {
    const list = provider === "gemini" ? geminiEvents(["Hel"], null) : openaiEvents(["Hel"], null);
    for (const end of [[], ["[DONE]"]]) {
      const result = await outcome(provider, true, events([...list.filter((e) => e !== "[DONE]"), ...end]));
      expect(result).toMatchObject({ kind: "connection", reason: "cut", seen: "Hel" });
    }
  });

  it("a stream cut after any byte, which is never a whole answer and never an unhandled rejection", async () => {
    const lines = streams[provider](["Olá ", "mundo"]).map((event) =>
      typeof event === "string" ? event : JSON.stringify(event),
    );
    const bytes = Buffer.from(lines.map((line) => `data: ${line}\n\n`).join(""));
    const finish = provider === "gemini" ? '"finishReason":"STOP"' : '"finish_reason":"stop"';
    const complete = bytes.indexOf(finish) + finish.length;
    for (let length = 0; length < complete; length += 5) {
      const result = await outcome(provider, true, (response) => {
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.write(bytes.subarray(0, length), () => response.socket?.destroy());
        if (length === 0) response.flushHeaders();
        if (length === 0) response.socket?.destroy();
      });
      expect(result.kind, `after ${length} bytes`).not.toBe("answered");
      expect("Olá mundo".startsWith(result.seen)).toBe(true);
    }
  });

  it("a finished answer without content", async () => {
    expect(await outcome(provider, true, events(streams[provider]([])))).toMatchObject({ reason: "empty" });
  });
});

describe("a refusal", () => {
  it("of Gemini inside a stream shows as blocked, not as an empty answer", async () => {
    const blocked = { promptFeedback: { blockReason: "PROHIBITED_CONTENT" } };
    expect(await outcome("gemini", true, events([blocked]))).toMatchObject({ kind: "content_blocked" });
  });

  it("in the middle of a stream ends it with an error", async () => {
    const list = [geminiEvents(["Hel"])[0], { candidates: [{ finishReason: "SAFETY", index: 0 }] }];
    expect(await outcome("gemini", true, events(list))).toMatchObject({
      kind: "content_blocked",
      seen: "Hel",
    });
    const openai = openaiEvents(["Hel"], "content_filter");
    expect(await outcome("localai", true, events(openai))).toMatchObject({ kind: "content_blocked" });
  });

  it("of an OpenAI-compatible answer by its finish reason", async () => {
    const reply = answer(200, openaiAnswer("", "content_filter"));
    expect(await outcome("localai", false, reply)).toMatchObject({ kind: "content_blocked" });
  });
});
