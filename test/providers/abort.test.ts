import { createServer } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createModel } from "../../src/providers/create-model.ts";
import { DeploymentEmbeddings } from "../../src/providers/embeddings.ts";
import { geminiEvents, openaiEvents } from "../support/provider-servers/bodies.ts";
import { settingsFor } from "../support/provider-servers/settings.ts";
import { events, startWireServer, type WireServer } from "../support/provider-servers/wire-server.ts";

const unhandled: unknown[] = [];
const note = (reason: unknown) => void unhandled.push(reason);
let server: WireServer;
beforeAll(async () => {
  process.on("unhandledRejection", note);
  server = await startWireServer();
});
afterAll(async () => {
  process.off("unhandledRejection", note);
  await server.close();
});
beforeEach(() => {
  server.requests.length = 0;
});
afterEach(() => expect(unhandled).toEqual([]));

const untilAsked = async () => {
  while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  return server.requests[0]!;
};

describe.each(["gemini", "localai"] as const)("an abort of a call to %s", (provider) => {
  it.each([false, true])("reaches a silent server within 50 ms (streamed: %s)", async (streamed) => {
    server.reply = () => {};
    const model = await createModel(settingsFor(provider, server.url));
    const controller = new AbortController();
    const reason = new Error("the caller went away");
    const options = { signal: controller.signal };
    const call = (async () => {
      if (streamed) for await (const chunk of await model.stream("hi", options)) void chunk;
      else await model.invoke("hi", options);
    })();
    call.catch(() => {});
    const { clientGone } = await untilAsked();
    const asked = performance.now();
    controller.abort(reason);
    await clientGone;
    expect(performance.now() - asked).toBeLessThan(50);
    await expect(call).rejects.toBeInstanceOf(Error);
    expect(performance.now() - asked).toBeLessThan(60);
  });

  it("stops a stream between two chunks, and leaving the loop does too", async () => {
    const list = (provider === "gemini" ? geminiEvents(["a", "b"]) : openaiEvents(["a", "b"])).slice(0, 2);
    server.reply = events(list, "open");
    const model = await createModel(settingsFor(provider, server.url));
    const controller = new AbortController();
    const run = async () => {
      for await (const chunk of await model.stream("hi", { signal: controller.signal })) {
        if (chunk.text) setTimeout(() => controller.abort(), 1);
      }
    };
    await expect(run()).rejects.toThrow();
    const { clientGone } = await untilAsked();
    await clientGone;

    server.requests.length = 0;
    // LangChain's own stream waits for the chunk it is reading before it can be left.
    server.reply = async (response, request) => {
      void events(list, "open")(response, request);
      const timer = setInterval(() => response.write(`data: ${JSON.stringify(list[1])}\n\n`), 5);
      await request.clientGone;
      clearInterval(timer);
    };
    for await (const chunk of await model.stream("hi")) if (chunk.text) break;
    const left = performance.now();
    await (
      await untilAsked()
    ).clientGone;
    expect(performance.now() - left).toBeLessThan(50);
  });

  it("that came before the call sends nothing", async () => {
    const model = await createModel(settingsFor(provider, server.url));
    await expect(model.invoke("hi", { signal: AbortSignal.abort(new Error("no")) })).rejects.toThrow();
    expect(server.requests).toHaveLength(0);
  });

  it("by a time limit of the call ends it in time", async () => {
    server.reply = () => {};
    const model = await createModel(settingsFor(provider, server.url));
    const started = performance.now();
    await expect(model.invoke("hi", { timeout: 80 })).rejects.toThrow();
    expect(performance.now() - started).toBeLessThan(200);
  });
});

describe("a connection", () => {
  it("that is refused, and one to a name that does not exist, say so", async () => {
    const refused = await createModel(settingsFor("gemini", "http://127.0.0.1:1"));
    await expect(refused.invoke("hi")).rejects.toThrow("nothing listens at 127.0.0.1:1 (connection refused)");
    await expect(refused.invoke("hi")).rejects.toMatchObject({ signals: { code: "ECONNREFUSED" } });
    const nowhere = await createModel(settingsFor("localai", "http://no-such-host.invalid"));
    await expect(nowhere.invoke("hi")).rejects.toMatchObject({ reason: "network" });
  });

  it("that is reset at once is a network error", async () => {
    const rude = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => rude.listen(0, "127.0.0.1", resolve));
    const { port } = rude.address() as { port: number };
    const model = await createModel(settingsFor("localai", `http://127.0.0.1:${port}`));
    await expect(model.invoke("hi")).rejects.toMatchObject({ reason: "network" });
    await new Promise((resolve) => rude.close(resolve));
  });

  it("that never stands ends after its own time limit, long before the call's", async () => {
    // It takes the socket and never answers the TLS handshake, which is part of connecting.
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as { port: number };
    const settings = settingsFor("localai", `https://127.0.0.1:${port}`);
    for (const [connectMs, leastMs, mostMs] of [
      [300, 250, 1500],
      [undefined, 1900, 3500],
    ] as const) {
      const started = performance.now();
      const model = await createModel({ ...settings, timeouts: { connectMs } });
      await expect(model.invoke("hi")).rejects.toMatchObject({
        reason: "network",
        signals: { code: "UND_ERR_CONNECT_TIMEOUT" },
      });
      expect(performance.now() - started).toBeGreaterThan(leastMs);
      expect(performance.now() - started).toBeLessThan(mostMs);
    }
    silent.close();
  });

  it("is not made to a public address for local-only use", async () => {
    const literal = await createModel(settingsFor("localai", "http://192.0.2.1"), { localOnly: true });
    await expect(literal.invoke("hi")).rejects.toThrow("not a loopback or private address");
    const here = await createModel(settingsFor("localai", server.url.replace("127.0.0.1", "localhost")), {
      localOnly: true,
    });
    server.reply = (response) => void response.writeHead(500).end();
    await expect(here.invoke("hi")).rejects.toMatchObject({ status: 500 });
  });

  it("of an embedding can be aborted", async () => {
    server.reply = () => {};
    const controller = new AbortController();
    const call = new DeploymentEmbeddings(settingsFor("localai", server.url)).embedQuery("x", controller);
    call.catch(() => {});
    const { clientGone } = await untilAsked();
    controller.abort(new Error("mine"));
    await clientGone;
    await expect(call).rejects.toThrow("mine");
  });
});
