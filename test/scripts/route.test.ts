import { spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HumanMessage } from "@langchain/core/messages";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openRouting } from "../../src/app-routing.ts";
import { loadSettings } from "../../src/config/load.ts";
import { RoutingError } from "../../src/routing/index.ts";
import { geminiAnswer, openaiAnswer } from "../support/provider-servers/bodies.ts";
import { answer, startWireServer, type WireServer } from "../support/provider-servers/wire-server.ts";

const guide = new URL("../fixtures/guide/", import.meta.url);
const bin = new URL("../../bin/neo4j-langgraph.js", import.meta.url).pathname;

let gemini: WireServer;
let localai: WireServer;
let openai: WireServer;
let directory: string;
beforeAll(async () => {
  [gemini, localai, openai] = await Promise.all([startWireServer(), startWireServer(), startWireServer()]);
});
afterAll(() => Promise.all([gemini.close(), localai.close(), openai.close()]));
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "route-"));
  copyFileSync(new URL("litellm_config.yaml", guide), join(directory, "litellm_config.yaml"));
  copyFileSync(new URL("env.litellm", guide), join(directory, ".env.litellm"));
  for (const server of [gemini, localai, openai]) server.requests.length = 0;
  gemini.reply = answer(200, geminiAnswer("from Gemini"));
  localai.reply = answer(200, openaiAnswer("from LocalAI"));
  openai.reply = answer(200, openaiAnswer("from OpenAI"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const addresses = (): Record<string, string> => ({
  GEMINI_API_BASE: gemini.url,
  LOCALAI_BASE_URL: `${localai.url}/v1`,
  OPENAI_BASE_URL: `${openai.url}/v1`,
});

/** One request by the guide's files, its servers ours. */
async function ask(variables: Record<string, string> = {}) {
  const settings = loadSettings({ directory, variables: { ...addresses(), ...variables } });
  const routing = await openRouting(settings, {
    ledgerFile: join(directory, "ledger.sqlite"),
    warn: () => {},
  });
  try {
    const { message, route } = await routing.ask([new HumanMessage("Olá")]);
    return {
      answer: message.text,
      attempts: route.attempts.map(({ deployment, kind }) => `${deployment} ${kind}`),
    };
  } catch (error) {
    if (!(error instanceof RoutingError)) throw error;
    return { answer: null, attempts: error.attempts.map(({ deployment, kind }) => `${deployment} ${kind}`) };
  } finally {
    routing.close();
  }
}

describe("the guide's two files as they stand", () => {
  it("ask Gemini first", async () => {
    expect(await ask()).toEqual({ answer: "from Gemini", attempts: ["gemini-flash ok"] });
    expect(gemini.requests[0]?.path).toContain("/models/gemini-2.0-flash-exp:generateContent");
    expect(gemini.requests[0]?.body.generationConfig).toMatchObject({
      temperature: 0.7,
      maxOutputTokens: 4096,
    });
    expect(localai.requests).toHaveLength(0);
  });

  it("ask LocalAI on 429", async () => {
    gemini.reply = answer(429, {
      error: { code: 429, message: "Resource has been exhausted", status: "RESOURCE_EXHAUSTED" },
    });
    expect(await ask()).toEqual({
      answer: "from LocalAI",
      attempts: ["gemini-flash rate_limited", "localai-llama ok"],
    });
    expect(localai.requests[0]?.body).toMatchObject({
      model: "llama3.2:3b",
      max_tokens: 2048,
      temperature: 0.7,
    });
  });

  it("ask LocalAI on a timeout", async () => {
    gemini.reply = () => {};
    expect(await ask({ LITELLM_TIMEOUT: "0.3" })).toEqual({
      answer: "from LocalAI",
      attempts: ["gemini-flash timeout", "localai-llama ok"],
    });
  });

  it("ask LocalAI on a refused connection", async () => {
    expect(await ask({ GEMINI_API_BASE: "http://127.0.0.1:1" })).toEqual({
      answer: "from LocalAI",
      attempts: ["gemini-flash connection", "localai-llama ok"],
    });
  });

  it("ask LocalAI by its own model's name when Gemini's is gone", async () => {
    gemini.reply = answer(404, {
      error: { code: 404, message: "models/x is not found", status: "NOT_FOUND" },
    });
    expect(await ask()).toMatchObject({ answer: "from LocalAI" });
    expect(localai.requests[0]?.body).toMatchObject({ model: "llama3.2:3b" });
  });

  it("ask OpenAI only when its key is set", async () => {
    gemini.reply = answer(500, { error: { code: 500, message: "boom", status: "INTERNAL" } });
    localai.reply = answer(404, { error: { code: 404, message: "model not found" } });
    const without = await ask();
    expect(without.answer).toBeNull();
    expect(openai.requests).toHaveLength(0);
    const withKey = await ask({ OPENAI_API_KEY: "sk-x" });
    expect(withKey.answer).toBe("from OpenAI");
    expect(openai.requests[0]?.headers.authorization).toBe("Bearer sk-x");
  });
});

describe("a routing that is opened", () => {
  it("checks the keys by a list of models, never by a completion, when told to", async () => {
    const file = join(directory, "litellm_config.yaml");
    writeFileSync(
      file,
      readFileSync(file, "utf8").replace("validate_api_keys: false", "validate_api_keys: true"),
    );
    gemini.reply = answer(400, {
      error: { code: 400, message: "API key not valid.", details: [{ reason: "API_KEY_INVALID" }] },
    });
    localai.reply = answer(200, { object: "list", data: [] });
    const said: string[] = [];
    const settings = loadSettings({ directory, variables: addresses() });
    const warn = (message: string) => void said.push(message);
    (await openRouting(settings, { ledgerFile: join(directory, "ledger.sqlite"), warn })).close();
    expect(said).toEqual([
      "The key of gemini-flash could not be checked: gemini-flash answered 400: API key not valid.",
    ]);
    expect([...gemini.requests, ...localai.requests].map(({ method, path }) => `${method} ${path}`)).toEqual([
      "GET /v1beta/models?pageSize=1000",
      "GET /v1/models",
    ]);
  });

  it("sends a local-only prompt to LocalAI alone, and fails when that is down", async () => {
    const settings = loadSettings({ directory, variables: addresses() });
    const options = { ledgerFile: join(directory, "ledger.sqlite"), warn: () => {} };
    const routing = await openRouting(settings, options);
    const ask = () => routing.ask([new HumanMessage("private")], { localOnly: true });
    expect((await ask()).message.text).toBe("from LocalAI");
    localai.reply = answer(404, { error: { code: 404, message: "model not found" } });
    await expect(ask()).rejects.toBeInstanceOf(RoutingError);
    routing.close();
    expect(gemini.requests).toHaveLength(0);
  });
});

interface Run {
  code: number | null;
  out: string;
  err: string;
}

function run(words: string[], variables: Record<string, string> = {}): Promise<Run> {
  const environment = {
    PATH: process.env.PATH ?? "",
    HOME: directory,
    XDG_STATE_HOME: join(directory, "state"),
    ...addresses(),
    ...variables,
  };
  const child = spawn(process.execPath, ["--", bin, "route", ...words], { cwd: directory, env: environment });
  const result: Run = { code: null, out: "", err: "" };
  child.stdout.on("data", (part: Buffer) => (result.out += part.toString()));
  child.stderr.on("data", (part: Buffer) => (result.err += part.toString()));
  return new Promise((resolve) => child.on("close", (code) => resolve({ ...result, code })));
}

describe("the command route", () => {
  it("prints the route as a table, then the answer, remarks on stderr", async () => {
    const { code, out, err } = await run(["Olá", "--simulate", "gemini-flash=429"]);
    expect(code).toBe(0);
    expect(out).toMatch(/deployment +what happened +read as +decided +waited +took/);
    expect(out).toMatch(
      /1 +gemini-flash +429 RESOURCE_EXHAUSTED \(simulated\) +rate_limited +fallback to localai-llama/,
    );
    expect(out).toMatch(/2 +localai-llama +answered by llama3\.2:3b +ok/);
    expect(out.trimEnd().endsWith("from LocalAI")).toBe(true);
    expect(err).toContain("litellm_config.yaml:26:3: router_settings.fallback_model is read as");
    expect(gemini.requests).toHaveLength(0);
  });

  it("prints one JSON document with --json, and nothing else with --quiet", async () => {
    const { code, out, err } = await run(["Olá", "--json", "--quiet"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(JSON.parse(out)).toEqual({
      answer: "from Gemini",
      model: "gemini-3.1-flash-lite",
      attempts: [
        {
          deployment: "gemini-flash",
          kind: "ok",
          status: null,
          ms: expect.any(Number) as number,
          waitedMs: 0,
          decision: "answered",
        },
      ],
      costUsd: expect.any(Number) as number,
    });
  });

  it("does not remember a simulated quota: the next run asks Gemini again", async () => {
    const first = await run(["Olá", "--json", "--quiet", "--simulate", "gemini-flash=quota"]);
    expect(JSON.parse(first.out)).toMatchObject({ attempts: [{ kind: "quota_exhausted" }, { kind: "ok" }] });
    const second = await run(["Olá", "--json", "--quiet"]);
    expect(JSON.parse(second.out)).toMatchObject({ answer: "from Gemini" });
    expect(existsSync(join(directory, "state", "neo4j-langgraph", "ledger.sqlite"))).toBe(true);
  });

  it("fails with exit code 1, the route and the primary's error when nobody answers", async () => {
    const words = [
      "Olá",
      "--json",
      "--quiet",
      "--simulate",
      "gemini-flash=refused",
      "--simulate",
      "localai=refused",
    ];
    const { code, out, err } = await run(words);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      answer: null,
      model: null,
      attempts: [{ deployment: "gemini-flash", kind: "connection" }, { deployment: "localai-llama" }],
      error: { code: "ALL_ATTEMPTS_FAILED" },
    });
    expect(err).toContain("gemini-flash (connection)");
  });

  it("is wrong usage with a failure, a deployment or a file that there is not", async () => {
    const [failure, deployment, config, file, model] = await Promise.all([
      run(["x", "--simulate", "gemini-flash=flood"]),
      run(["x", "--simulate", "claude=429"]),
      run(["x", "--config", "no.yaml"]),
      run(["x", "--env-file", "no.env"]),
      run(["x", "--model", "gemini-flsh", "--simulate", "gemini=500"]),
    ]);
    expect([failure.code, deployment.code, config.code, file.code]).toEqual([2, 2, 2, 2]);
    expect(failure.err).toContain("429, quota, timeout, refused, 500, malformed, blocked");
    // A name nobody knows goes to the default fallbacks, where there are any.
    expect(model.code).toBe(0);
    expect(deployment.err).toContain("there are gemini-flash, localai-llama");
  });

  it("says what to set when nothing is configured and nothing answers", async () => {
    for (const name of ["litellm_config.yaml", ".env.litellm"]) rmSync(join(directory, name));
    writeFileSync(join(directory, ".env"), "");
    const { code, err } = await run(["Olá", "--simulate", "localai=refused"], { LOCALAI_BASE_URL: "" });
    expect(code).toBe(1);
    expect(err).toContain("set GOOGLE_API_KEY in .env");
    expect(err).toContain("LOCALAI_BASE_URL");
  });
});
