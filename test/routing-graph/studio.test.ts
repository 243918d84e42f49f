import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { Client } from "@langchain/langgraph-sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RouteState } from "../../src/routing/index.ts";
import { startWireServer, type WireServer } from "../support/provider-servers/wire-server.ts";
import { openaiReply, rateLimited } from "../routed-chat-model/clever-server.ts";

const root = join(import.meta.dirname, "../..");
let folder: string;
let gemini: WireServer;
let localai: WireServer;
let server: ChildProcess;
let client: Client;
let said = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "studio-"));
  [gemini, localai] = await Promise.all([startWireServer(rateLimited()), startWireServer(openaiReply)]);
  const graph = `./${relative(folder, join(root, "graphs/routing.ts"))}:graph`;
  writeFileSync(
    join(folder, "langgraph.json"),
    JSON.stringify({ node_version: "24", graphs: { routing: graph } }),
  );
  writeFileSync(
    join(folder, "litellm_config.yaml"),
    `model_list:
  - model_name: gemini-flash
    litellm_params: { model: gemini/gemini-flash-lite-latest, api_key: k, api_base: "${gemini.url}" }
  - model_name: localai-llama
    litellm_params: { model: localai/llama3.2:3b, api_base: "${localai.url}/v1" }
router_settings:
  fallbacks: [{ gemini-flash: [localai-llama] }]
`,
  );
  const port = await freePort();
  const words = [join(root, "bin/neo4j-langgraph.js"), "studio", "--port", String(port), "--no-reload"];
  const { PATH, HOME } = process.env;
  server = spawn(process.execPath, words, {
    cwd: folder,
    env: { PATH, HOME, NEO4J_LANGGRAPH_LEDGER: join(folder, "ledger.sqlite"), LANGSMITH_TRACING: "false" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  server.stdout?.on("data", (text: Buffer) => (said += text.toString()));
  server.stderr?.on("data", (text: Buffer) => (said += text.toString()));
  client = new Client({ apiUrl: `http://127.0.0.1:${port}`, callerOptions: { maxRetries: 0 } });
  for (let tries = 0; tries < 300 && server.exitCode === null; tries += 1) {
    const isUp = await fetch(`http://127.0.0.1:${port}/ok`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`The server did not start:\n${said}`);
}, 60_000);

afterAll(async () => {
  if (server.exitCode === null) {
    server.kill("SIGINT");
    await once(server, "exit");
  }
  await Promise.all([gemini.close(), localai.close()]);
  rmSync(folder, { recursive: true, force: true });
});

interface Values {
  readonly messages: { type: string; content: string }[];
  readonly route: RouteState;
  readonly problem?: { code: string };
}

test("the server draws the graph with the deployments as they are configured", async () => {
  const { nodes, edges } = await client.assistants.getGraph("routing");
  expect(nodes.map(({ id }) => id)).toEqual(
    expect.arrayContaining(["select", "gemini-flash", "localai-llama", "retry", "fallback", "fail"]),
  );
  expect(edges).toContainEqual(
    expect.objectContaining({ source: "gemini-flash", target: "fallback", conditional: true }),
  );
  expect(edges.filter(({ source }) => source === "retry")).toHaveLength(1);
  const { state_schema } = await client.assistants.getSchemas("routing");
  expect(Object.keys(state_schema?.properties ?? {})).toEqual(expect.arrayContaining(["messages", "model"]));
});

test("a run streams its tokens once, shows every step, and can be replayed from one with an edited state", async () => {
  const thread = await client.threads.create();
  const input = { messages: [{ type: "human", content: "hi" }] };
  const tokens: string[] = [];
  const steps: string[] = [];
  const stream = client.runs.stream(thread.thread_id, "routing", {
    input,
    streamMode: ["updates", "messages-tuple"],
  });
  for await (const { event, data } of stream) {
    if (event === "updates") steps.push(...Object.keys(data as object));
    if (event === "messages")
      tokens.push((data as unknown as [{ type: string; content: string }])[0].content);
  }
  expect(steps).toEqual(["select", "gemini-flash", "fallback", "select", "localai-llama"]);
  expect(tokens.join("")).toBe("Hello there");

  const { values } = await client.threads.getState<Values>(thread.thread_id);
  expect(values.messages.at(-1)).toMatchObject({ type: "ai", content: "Hello there" });
  expect(values.route.attempts).toMatchObject([
    { deployment: "gemini-flash", kind: "rate_limited", failure: { delayMs: 30_000 } },
    { deployment: "localai-llama", kind: "ok" },
  ]);
  expect(values.route.attempts[0]?.decision).toContain("fallback to localai-llama");

  const history = await client.threads.getHistory<Values>(thread.thread_id, { limit: 20 });
  const chosen = history.find(({ next }) => next.includes("gemini-flash"));
  gemini.reply = (response) => {
    const body = {
      candidates: [{ content: { role: "model", parts: [{ text: "Gemini again" }] }, finishReason: "STOP" }],
    };
    response.writeHead(200, { "content-type": "text/event-stream" }).end(`data: ${JSON.stringify(body)}\n\n`);
  };
  await client.threads.updateState(thread.thread_id, {
    values: {
      route: { ...chosen?.values.route, request: { model: "gemini-flash", inputTokens: 1, isStream: true } },
    },
    checkpoint: chosen?.checkpoint,
    asNode: "select",
  } as never);
  await client.runs.wait(thread.thread_id, "routing", { input: null });
  const replayed = await client.threads.getState<Values>(thread.thread_id);
  expect(replayed.values.messages.at(-1)).toMatchObject({ content: "Gemini again" });
  expect(replayed.values.route.attempts).toMatchObject([{ deployment: "gemini-flash", kind: "ok" }]);
});

test("a request that nobody may answer ends with its problem in the state", async () => {
  const input = { messages: [{ type: "human", content: "hi" }], model: "gemini-flash", localOnly: true };
  localai.reply = (response) => void response.writeHead(500).end("{}");
  const values = (await client.runs.wait(null, "routing", { input })) as unknown as Values;
  expect(values.problem?.code).toBe("ALL_ATTEMPTS_FAILED");
  expect(new Set(values.route.attempts.map(({ deployment }) => deployment))).toEqual(
    new Set(["localai-llama"]),
  );
});

test("the prompt may be plain text, as the documentation asks with curl", async () => {
  localai.reply = openaiReply;
  const input = { messages: "What is a tide gauge?", model: "localai-llama" };
  const values = (await client.runs.wait(null, "routing", { input })) as unknown as Values;
  expect(values.messages.map(({ content }) => content)).toEqual(["What is a tide gauge?", "Hello there"]);
});

test("interrupted, the command ends with all that it has started", async () => {
  server.kill("SIGINT");
  const [code] = await once(server, "exit");
  expect(code).toBe(130);
  expect(said).toContain("needs no key and no internet");
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  return typeof address === "object" && address !== null ? address.port : 0;
}
