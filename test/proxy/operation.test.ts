import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { start, type Running } from "../support/command.ts";
import { temporaryFolder } from "../support/folder.ts";
import { openaiAnswer, openaiEvents } from "../support/provider-servers/bodies.ts";
import { answer, events, startWireServer, type WireServer } from "../support/provider-servers/wire-server.ts";
import { askProxy } from "../support/proxy.ts";

const ask = { model: "gemini-flash", messages: [{ role: "user", content: "hello" }] };
let provider: WireServer;

beforeAll(async () => {
  provider = await startWireServer();
});
afterAll(() => provider.close());

/** The command in a folder of its own, with a file as the guide has it. */
async function startProxy(...words: readonly string[]): Promise<Running & { readonly url: string }> {
  const folder = temporaryFolder();
  const params = (model: string) => `{ model: ${model}, api_base: "${provider.url}/v1", api_key: k }`;
  writeFileSync(
    join(folder, "litellm_config.yaml"),
    `model_list:
  - model_name: gemini-flash
    litellm_params: ${params("openai/gemini-2.0-flash-exp")}
  - model_name: localai-llama
    litellm_params: ${params("localai/llama3.2:3b")}
router_settings: { num_retries: 0, fallbacks: [{ gemini-flash: [localai-llama] }] }
`,
  );
  const port = await freePort();
  const running = start(["proxy", "--port", String(port), ...words], {
    in: folder,
    env: { XDG_STATE_HOME: folder },
  });
  const url = `http://127.0.0.1:${port}`;
  await running.said(url);
  return { ...running, url };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe("the log", () => {
  it("has the guide's lines", async () => {
    const proxy = await startProxy();
    provider.reply = answer(200, openaiAnswer("fine"));
    await askProxy(proxy.url, ask);
    await proxy.said("Request completed");
    proxy.child.kill("SIGINT");
    const { code, stderr, stdout } = await proxy.ended;
    expect(stderr).toMatch(
      /^\[INFO\] Routing to model: openai\/gemini-2\.0-flash-exp\n\[INFO\] Model returned: gemini-flash\n\[INFO\] Request completed in \d+\.\ds$/m,
    );
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
  });

  it("shows a whole route with --verbose, and objects with --json", async () => {
    provider.reply = (response, request) =>
      (request.body["model"] === "llama3.2:3b"
        ? answer(200, openaiAnswer("fine"))
        : answer(503, { error: { message: "busy" } }))(response, request);
    const [verbose, json] = await Promise.all([startProxy("--verbose"), startProxy("--json")]);
    await Promise.all([askProxy(verbose.url, ask), askProxy(json.url, ask)]);
    await Promise.all([verbose.said("Request completed"), json.said('"completed"')]);
    for (const { child } of [verbose, json]) child.kill("SIGTERM");
    const text = (await verbose.ended).stderr;
    expect(text).toMatch(
      /1\. gemini-flash gemini-2\.0-flash-exp: overloaded \(503\) in \d+ ms; fallback to localai-llama/,
    );
    expect(text).toMatch(/2\. localai-llama llama3\.2:3b: ok in \d+ ms$/m);
    const lines = (await json.ended).stderr
      .trim()
      .split("\n")
      .filter((line) => line.startsWith("{"));
    const completed = lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .find(({ event }) => event === "completed");
    expect(completed).toMatchObject({
      level: "INFO",
      deployment: "localai-llama",
      seconds: expect.any(Number),
    });
  });
});

describe("starting", () => {
  it("is ready at once: liveliness and readiness answer", async () => {
    const proxy = await startProxy();
    for (const path of ["/health/liveliness", "/health/readiness"]) {
      expect((await fetch(proxy.url + path)).status).toBe(200);
    }
  });

  it("names the process that has the port, and what to do", async () => {
    const proxy = await startProxy();
    const { port } = new URL(proxy.url);
    const second = start(["proxy", "--port", port], { in: temporaryFolder() });
    const { code, stderr } = await second.ended;
    expect(code).toBe(2);
    expect(stderr).toContain(`Port ${port} at 127.0.0.1 is taken by`);
    expect(stderr).toContain("--port");
    if (process.platform === "linux") expect(stderr).toContain(`process ${proxy.child.pid} (`);
  });

  it.each([
    [["--host", "0.0.0.0"], "master_key"],
    [["--port", "99999"], "--port"],
    [["--grace", "long"], "--grace"],
    [["--host", "203.0.113.1"], "master_key"],
    [["--config", "missing.yaml"], "missing.yaml"],
    [["--simulate", "x=429"], "--simulate"],
  ])("with %j ends with one sentence and exit code 2", async (words, part) => {
    const { code, stderr, stdout } = await start(["proxy", ...words], { in: temporaryFolder() }).ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(part);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

describe("stopping", () => {
  it("lets a stream under way end, and takes no new request", async () => {
    const proxy = await startProxy();
    const release = Promise.withResolvers<void>();
    const [role, word, finish] = openaiEvents(["whole"]);
    provider.reply = async (response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      for (const event of [role, word]) response.write(`data: ${JSON.stringify(event)}\n\n`);
      await release.promise;
      response.end(`data: ${JSON.stringify(finish)}\n\ndata: [DONE]\n\n`);
    };
    const response = await fetch(`${proxy.url}/v1/chat/completions`, {
      method: "POST",
      body: JSON.stringify({ ...ask, stream: true }),
    });
    proxy.child.kill("SIGTERM");
    await proxy.said("1 requests are still being answered");
    await expect(fetch(`${proxy.url}/health/readiness`)).rejects.toThrow();
    const releasedAt = performance.now();
    release.resolve();
    expect(await response.text()).toMatch(/whole[^]*data: \[DONE\]\s*$/);
    // The connection that its client keeps is not waited for.
    expect(await proxy.ended).toMatchObject({ code: 0, signal: null });
    expect(performance.now() - releasedAt).toBeLessThan(10_000);
  });

  it("waits no longer than it was told, and ends what hangs with an error and not with an end", async () => {
    const proxy = await startProxy("--grace", "1");
    provider.reply = events(openaiEvents(["half"]).slice(0, 2), "open");
    const response = await fetch(`${proxy.url}/v1/chat/completions`, {
      method: "POST",
      body: JSON.stringify({ ...ask, stream: true }),
    });
    const stoppedAt = performance.now();
    proxy.child.kill("SIGINT");
    const text = await response.text();
    expect(text).toMatch(/half[^]*data: \{"error":\{"message":"The answer broke off/);
    expect(text).not.toContain("[DONE]");
    expect(await proxy.ended).toMatchObject({ code: 0 });
    expect(performance.now() - stoppedAt).toBeLessThan(4_000);
  });

  it("ends at once when it is told a second time", async () => {
    const proxy = await startProxy();
    provider.reply = events(openaiEvents(["half"]).slice(0, 2), "open");
    const response = await fetch(`${proxy.url}/v1/chat/completions`, {
      method: "POST",
      body: JSON.stringify({ ...ask, stream: true }),
    });
    proxy.child.kill("SIGINT");
    await proxy.said("still being answered");
    proxy.child.kill("SIGINT");
    expect(await proxy.ended).toMatchObject({ code: 130 });
    await response.text().catch(() => "cut off");
  });
});
