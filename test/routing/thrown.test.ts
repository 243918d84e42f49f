import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { ChatGoogleGenerativeAI } from "@langchain/google-genai";
import { ChatOpenAI } from "@langchain/openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { classify, signalsOfThrown } from "../../src/routing/index.ts";

interface Fixture {
  name: string;
  provider: string;
  status: number;
  headers: Record<string, string>;
  body: unknown;
  expect: { kind: string; retryAfterMs?: number };
}

const fixtures = JSON.parse(
  readFileSync(new URL("../fixtures/provider-errors.json", import.meta.url), "utf8"),
) as Fixture[];

let server: Server;
let base = "";

beforeAll(async () => {
  server = createServer((request, response) => {
    const name = /^\/([^/]+)\//.exec(request.url ?? "")?.[1];
    if (name === "reset") return request.socket.destroy();
    if (name === "hang") return undefined;
    if (name === "cut") {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(
        'data: {"id":"1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"a"}}]}\n\n',
      );
      setTimeout(() => request.socket.destroy(), 5);
      return undefined;
    }
    if (name === "half") return response.end('{"id": "x", "choi');
    const fixture = fixtures.find((one) => one.name === name);
    response.writeHead(fixture?.status ?? 404, { "content-type": "application/json", ...fixture?.headers });
    response.end(typeof fixture?.body === "string" ? fixture.body : JSON.stringify(fixture?.body));
    return undefined;
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const openai = (baseURL: string, more = {}) =>
  new ChatOpenAI({
    model: "m",
    apiKey: "k",
    maxRetries: 0,
    configuration: { baseURL },
    useResponsesApi: false,
    ...more,
  });
const google = (baseUrl: string) =>
  new ChatGoogleGenerativeAI({ model: "gemini-2.5-flash", apiKey: "k", maxRetries: 0, baseUrl });
const thrownBy = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  );
const streamed = async (model: ChatOpenAI) => {
  for await (const _ of await model.stream("hi"));
};

describe("what the SDK of OpenAI throws", () => {
  for (const fixture of fixtures.filter(({ provider, status }) => provider !== "gemini" && status >= 400)) {
    it.each([
      ["invoked", (model: ChatOpenAI) => model.invoke("hi")],
      ["streamed", streamed],
    ])(`is read like the answer ${fixture.name}, %s`, async (_, call) => {
      const error = await thrownBy(call(openai(`${base}/${fixture.name}/v1`)));
      const failure = classify(signalsOfThrown(error), Date.now());
      expect(failure).toMatchObject({ kind: fixture.expect.kind });
      if (fixture.expect.retryAfterMs !== undefined)
        expect(failure.delayMs).toBe(fixture.expect.retryAfterMs);
    });
  }

  it.each([
    ["a port that nobody may use", "http://127.0.0.1:9/v1", { kind: "connection" }],
    [
      "a name that does not exist",
      "http://no-such-host.invalid/v1",
      { kind: "connection", connection: "not_found" },
    ],
  ])("is read as %s", async (_, url, expected) => {
    const error = await thrownBy(openai(url).invoke("hi"));
    expect(classify(signalsOfThrown(error), Date.now())).toMatchObject(expected);
  });

  it("is read as a connection where nobody listens", async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => {
      closed.listen(0, "127.0.0.1", resolve);
    });
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => {
      closed.close(resolve);
    });
    const error = await thrownBy(openai(`http://127.0.0.1:${port}/v1`).invoke("hi"));
    const failure = classify(signalsOfThrown(error), Date.now());
    expect(failure).toMatchObject({ kind: "connection", connection: "refused", code: "ECONNREFUSED" });
  });

  it("is read as a broken connection, a broken answer, a cut stream, silence and a caller who left", async () => {
    const kinds: unknown[] = [];
    const read = async (call: Promise<unknown>, facts = {}) => {
      const failure = classify(signalsOfThrown(await thrownBy(call), facts), Date.now());
      kinds.push(failure.connection ?? failure.kind);
    };
    await read(openai(`${base}/reset/v1`).invoke("hi"));
    await read(openai(`${base}/half/v1`).invoke("hi"));
    await read(streamed(openai(`${base}/cut/v1`)));
    await read(openai(`${base}/hang/v1`, { timeout: 100 }).invoke("hi"));
    await read(openai(`${base}/hang/v1`).invoke("hi", { signal: AbortSignal.timeout(50) }), {
      timer: "attempt",
    });
    await read(openai(`${base}/hang/v1`).invoke("hi", { signal: AbortSignal.timeout(50) }), {
      callerAborted: true,
    });
    expect(kinds).toEqual(["reset", "unusable_answer", "reset", "timeout", "timeout", "cancelled"]);
  });
});

describe("what Google's SDK throws", () => {
  for (const fixture of fixtures.filter(({ provider }) => provider === "gemini")) {
    it(`is read like the answer ${fixture.name}`, async () => {
      const error = await thrownBy(google(`${base}/${fixture.name}`).invoke("hi"));
      // The SDK gives a blocked candidate's text and an empty answer as if all were well: our transport does not.
      if (error === undefined) return;
      const failure = classify(signalsOfThrown(error), Date.now());
      expect(failure).toMatchObject({ kind: fixture.expect.kind });
      if (fixture.expect.retryAfterMs !== undefined && !Array.isArray(fixture.body)) {
        expect(failure.delayMs).toBe(fixture.expect.retryAfterMs);
      }
    });
  }

  it("is read as a connection that was refused or broken", async () => {
    for (const url of ["http://127.0.0.1:1", `${base}/reset`]) {
      const failure = classify(signalsOfThrown(await thrownBy(google(url).invoke("hi"))), Date.now());
      expect(failure.kind).toBe("connection");
    }
  });
});

describe("an error of our own providers", () => {
  it("may carry signals, which win", () => {
    const error = Object.assign(new Error("odd"), {
      signals: { status: 503, headers: { "retry-after": "3" } },
    });
    expect(classify(signalsOfThrown(error), 0)).toMatchObject({ kind: "overloaded", delayMs: 3_000 });
  });

  it("is read by its reason, status, headers and body", () => {
    const read = (facts: object) => classify(signalsOfThrown(Object.assign(new Error("x"), facts)), 0).kind;
    expect(read({ reason: "cut" })).toBe("connection");
    expect(read({ reason: "empty", status: 200 })).toBe("unusable_answer");
    expect(read({ reason: "malformed", status: 200 })).toBe("unusable_answer");
    expect(read({ reason: "blocked", blockReason: "SAFETY" })).toBe("content_blocked");
    expect(read({ reason: "unusable", finishReason: "MALFORMED_FUNCTION_CALL" })).toBe("unusable_answer");
    expect(read({ reason: "no_key" })).toBe("auth");
    expect(read({ reason: "stream_error", status: 503, body: { error: { code: 503 } } })).toBe("overloaded");
    expect(read({ reason: "network", cause: { code: "ECONNREFUSED" } })).toBe("connection");
  });

  it("says nothing of keys", () => {
    const message =
      "Incorrect API key provided: sk-abcdefghijkl. Bearer abcdefgh https://x/?key=AIzaSyabcdefghijk";
    expect(classify({ status: 401, text: message }, 0).message).not.toMatch(/sk-abc|abcdefgh|AIzaSy/);
  });
});
