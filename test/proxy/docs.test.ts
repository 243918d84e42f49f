import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { geminiReply, openaiReply, rateLimited } from "../routed-chat-model/clever-server.ts";
import {
  answer,
  startWireServer,
  type Reply,
  type WireServer,
} from "../support/provider-servers/wire-server.ts";

const root = join(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/proxy.md"), "utf8");
const moving = readFileSync(join(root, "docs/from-litellm.md"), "utf8");
const exampleConfig = readFileSync(join(root, "examples/proxy/litellm_config.yaml"), "utf8");

const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, "g"))].map(([, code = ""]) => code);
const [startCommand = "", ...commands] = blocks("sh");

const geminiOrEmbeddings: Reply = (response, request) =>
  request.path.includes("batchEmbedContents")
    ? answer(200, { embeddings: (request.body.requests as unknown[]).map(() => ({ values: [1, 0] })) })(
        response,
        request,
      )
    : geminiReply(response, request);

let folder: string;
let gemini: WireServer;
let localai: WireServer;
let proxy: ChildProcess;
let log = "";
let port: number;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "proxy-docs-"));
  [gemini, localai, port] = await Promise.all([
    startWireServer(geminiOrEmbeddings),
    startWireServer(openaiReply),
    freePort(),
  ]);
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const key = "api_key: os.environ/GOOGLE_API_KEY";
  writeFileSync(
    join(folder, "litellm_config.yaml"),
    exampleConfig.replaceAll(key, `${key}, api_base: "${gemini.url}"`),
  );
  environment = {
    PATH: `${join(process.execPath, "..")}:${process.env.PATH}`,
    HOME: folder,
    NEO4J_LANGGRAPH_LEDGER: join(folder, "ledger.sqlite"),
    GOOGLE_API_KEY: "g",
    LOCALAI_BASE_URL: `${localai.url}/v1`,
    PROXY_KEY: "sk-local",
    LANGSMITH_TRACING: "false",
  };
  const words = startCommand
    .trim()
    .replace("npx neo4j-langgraph", join(root, "bin/neo4j-langgraph.js"))
    .split(" ");
  proxy = spawn(process.execPath, [...words, "--port", String(port)], { cwd: folder, env: environment });
  proxy.stderr?.setEncoding("utf8").on("data", (text: string) => (log += text));
  await vi.waitFor(() => expect(log).toContain(`http://127.0.0.1:${port}`), { timeout: 30_000 });
});
afterAll(async () => {
  proxy.kill("SIGKILL");
  await Promise.all([gemini.close(), localai.close()]);
  rmSync(folder, { recursive: true, force: true });
});

const here = (code: string) => code.replaceAll("127.0.0.1:4000", `127.0.0.1:${port}`);

/** Runs a program to its end and gives what it printed. */
function output(program: string, args: readonly string[]): Promise<string> {
  const child = spawn(program, [...args], { cwd: folder, env: environment });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.on("close", (code) => (code === 0 ? resolve(stdout) : reject(new Error(stderr))));
  });
}

describe("docs/proxy.md", () => {
  it("begins with a command that starts it and a file to start from", () => {
    expect(startCommand).toBe("npx neo4j-langgraph proxy --config litellm_config.yaml\n");
    expect(blocks("yaml")[0]).toBe(exampleConfig);
  });

  it.each(commands)("has a command that works: %#", async (command) => {
    const stdout = await output("bash", ["-ec", here(command)]);
    expect(stdout.startsWith("data: ") ? stdout.replaceAll(/"\}.*?"content":"/gs, "") : stdout).toContain(
      "Hello there",
    );
  });

  it.each(blocks("ts"))("has a program that works: %#", async (code) => {
    const file = join(folder, `example-${blocks("ts").indexOf(code)}.ts`);
    writeFileSync(file, here(code));
    const expected = code.includes("zodResponseFormat") ? "{ title: 'text', year: 1 }" : "Hello there";
    expect(await output(process.execPath, [file])).toContain(expected);
  });

  it.skipIf(!hasPythonClient()).each(blocks("python"))(
    "has a Python program that works: %#",
    async (code) => {
      expect(await output("python3", ["-c", here(code)])).toBe("Hello there\n2\n");
    },
  );

  it("shows the log as it is, of an answer that took a fallback", async () => {
    const before = log.length;
    gemini.reply = rateLimited();
    await output("bash", ["-ec", here(commands[0] ?? "")]);
    gemini.reply = geminiOrEmbeddings;
    const shown = /```\n(\[INFO\] Routing[^]*?)```/.exec(page)?.[1]?.trim().split("\n") ?? [];
    await expect.poll(() => log.slice(before)).toContain("Request completed");
    const written = log.slice(before);
    for (const line of shown) expect(written).toContain(line.replace(/\d+\.\d+s$/, ""));
  });

  it("lists endpoints that answer, with and without /v1", async () => {
    const paths = [...page.matchAll(/`GET (\/[^`]+)`/g)].map(([, path = ""]) => path);
    expect(paths.length).toBeGreaterThanOrEqual(5);
    for (const path of paths) {
      for (const twin of [path, path.startsWith("/v1") ? path.slice(3) : `/v1${path}`]) {
        const response = await fetch(`http://127.0.0.1:${port}${twin}`, {
          headers: { authorization: "Bearer sk-local" },
        });
        expect([twin, response.status]).toEqual([twin, 200]);
      }
    }
  });
});

describe("docs/from-litellm.md", () => {
  it("names metrics that are there", async () => {
    const response = await fetch(`http://127.0.0.1:${port}/metrics`, {
      headers: { authorization: "Bearer sk-local" },
    });
    const text = await response.text();
    const names = [...moving.matchAll(/`(litellm_[a-z_]+)`/g)].map(([, name = ""]) => name);
    const metrics = names.filter((name) => !/^litellm_(settings|params|config)$/.test(name));
    expect(metrics.length).toBeGreaterThanOrEqual(14);
    for (const name of metrics) expect(text, name).toContain(`# TYPE ${name} `);
  });
});

function hasPythonClient(): boolean {
  const { status } = spawnSync("python3", ["-c", "import openai"]);
  if (status !== 0) console.warn("SKIPPED: the proxy asked by OpenAI's Python client. pip install openai.");
  return status === 0;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port: free } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return free;
}
