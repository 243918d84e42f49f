import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startWireServer, type WireServer } from "../support/provider-servers/wire-server.ts";
import { openaiReply, rateLimited } from "./clever-server.ts";

const root = join(import.meta.dirname, "../..");
const examples = join(root, "examples/routing");
let folder: string;
let gemini: WireServer;
let localai: WireServer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "routing-examples-"));
  [gemini, localai] = await Promise.all([startWireServer(rateLimited()), startWireServer(openaiReply)]);
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
});
afterAll(async () => {
  await Promise.all([gemini.close(), localai.close()]);
  rmSync(folder, { recursive: true, force: true });
});

const outputs: Readonly<Record<string, readonly RegExp[]>> = {
  "chain.ts": [/^Hello there$/m],
  "agent.ts": [/tool: High water at text/, /ai: Hello there/],
  "structured-output.ts": [/title: 'text', author: 'text', year: 1/, /deployment: 'localai-llama'/],
  "own-graph.ts": [/^Hello there$/m],
  "by-hand.ts": [/^Hello there$/m, /deployment: 'localai'/],
};

test("every example is run here", () => {
  expect(readdirSync(examples).toSorted()).toEqual(Object.keys(outputs).toSorted());
});

test.each(Object.entries(outputs))("%s does what it says, over a fallback", async (file, expected) => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--conditions=checkout", join(examples, file)],
    {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        NEO4J_LANGGRAPH_LEDGER: join(folder, "ledger.sqlite"),
        LOCALAI_BASE_URL: `${localai.url}/v1`,
        LANGSMITH_TRACING: "false",
      },
    },
  );
  for (const pattern of expected) expect(stdout).toMatch(pattern);
});
