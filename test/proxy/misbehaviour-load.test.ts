import { connect, type Socket } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Pool } from "undici";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { openaiAnswer, openaiEvents } from "../support/provider-servers/bodies.ts";
import {
  answer,
  events,
  startWireServer,
  type Reply,
  type WireServer,
} from "../support/provider-servers/wire-server.ts";
import { askProxy, startProxy, type StartedProxy } from "../support/proxy.ts";

const words = Array.from({ length: 20 }, (_, index) => `word${index} `);
const requests = process.env.SOAK === "1" ? 100_000 : 4000;

/** Both ends are in this process: two files a connection. */
const idlers = process.env.SOAK === "1" ? 9000 : 1000;

let provider: WireServer;
let proxy: StartedProxy;
const whole: Reply = (response, request) =>
  request.isStream
    ? events(openaiEvents(words))(response, request)
    : answer(200, openaiAnswer(words.join("")))(response, request);
beforeAll(async () => {
  provider = await startWireServer(whole);
  const litellm_params = { model: "openai/llama", api_key: "k", api_base: `${provider.url}/v1` };
  // Its log would be kept by the test, and it is the proxy's memory that is looked at here.
  proxy = await startProxy({ model_list: [{ model_name: "m", litellm_params }] }, { logLevel: "silent" });
});
afterAll(async () => {
  await Promise.all([proxy.close(), provider.close()]);
});

beforeEach(() => {
  provider.reply = whole;
});

const body = (stream: boolean) => ({ model: "m", stream, messages: [{ role: "user", content: "hi" }] });

it("finishes two hundred streams at once, each whole", async () => {
  const replies = await Promise.all(Array.from({ length: 200 }, () => askProxy(proxy.url, body(true))));
  for (const reply of replies) {
    expect(reply).toMatchObject({ status: 200, text: words.join(""), finish: "stop", isDone: true });
  }
});

it("leaves the providers of a hundred callers who leave, at once, and serves the next", async () => {
  provider.requests.length = 0;
  provider.reply = events(openaiEvents(["Hel"], null).slice(0, -1), "open");
  const controllers = Array.from({ length: 100 }, () => new AbortController());
  const leaving = controllers.map(async ({ signal }) => {
    const response = await fetch(`${proxy.url}/v1/chat/completions`, {
      method: "POST",
      body: JSON.stringify(body(true)),
      signal,
    });
    await response.text().catch(() => undefined);
  });
  await expect.poll(() => provider.requests.length, { timeout: 10_000 }).toBe(100);
  const leftAtMs = performance.now();
  for (const controller of controllers) controller.abort();
  await Promise.all(provider.requests.map(({ clientGone }) => clientGone));
  // One leaves within 50 ms (openai-client.test.ts); here caller, proxy and provider are a hundred in one process.
  expect(performance.now() - leftAtMs).toBeLessThan(5000);
  await Promise.allSettled(leaving);
  provider.reply = whole;
  expect((await askProxy(proxy.url, body(false))).text).toBe(words.join(""));
});

it(`serves a request beside ${idlers} connections that say nothing, or half of something`, async () => {
  const { port } = new URL(proxy.url);
  const sockets = await Promise.all(Array.from({ length: idlers }, () => connected(Number(port))));
  for (const [index, socket] of sockets.entries()) {
    if (index % 2 === 0) socket.write("POST /v1/chat/completions HTTP/1.1\r\nHost: 127");
  }
  const askedAtMs = performance.now();
  expect((await askProxy(proxy.url, body(true))).text).toBe(words.join(""));
  expect(performance.now() - askedAtMs).toBeLessThan(5000);
  for (const socket of sockets) socket.destroy();
});

function connected(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => resolve(socket));
    socket.once("error", reject);
  });
}

it(
  `holds no more memory after ${requests} requests than after a tenth of them`,
  { timeout: 600_000 },
  async () => {
    setFlagsFromString("--expose-gc");
    const collectGarbage = runInNewContext("gc") as () => void;
    const pool = new Pool(proxy.url, { connections: 16 });
    let left = 0;
    const ask = async () => {
      for (; left > 0; left -= 1) {
        const sent = JSON.stringify(body(left % 4 === 0));
        const response = await pool.request({ path: "/v1/chat/completions", method: "POST", body: sent });
        expect(response.statusCode).toBe(200);
        await response.body.dump({ limit: 1e9 });
      }
    };
    const heapAfter = async (count: number) => {
      left = count;
      await Promise.all(Array.from({ length: 16 }, ask));
      provider.requests.length = 0;
      collectGarbage();
      return process.memoryUsage().heapUsed;
    };
    const early = await heapAfter(requests / 10);
    const late = await heapAfter(requests - requests / 10);
    await pool.close();
    expect((late - early) / 2 ** 20).toBeLessThan(10);
  },
);
