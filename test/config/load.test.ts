import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadSettings } from "../../src/config/load.ts";
import { noticeText } from "../../src/config/notice.ts";
import { UsageError } from "../../src/errors.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "load-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function load(yaml: string, variables: Record<string, string> = {}) {
  writeFileSync(join(directory, "litellm_config.yaml"), yaml);
  return loadSettings({ directory, variables, today: new Date("2026-11-25") });
}

function problemOf(yaml: string, variables: Record<string, string> = {}): string {
  try {
    load(yaml, variables);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as Error).message;
  }
  throw new Error("it was taken");
}

const one = `model_list:
  - model_name: a
    litellm_params:
      model: openai/x
      api_base: http://127.0.0.1:1/v1
`;

describe("a value that cannot be used is an error with file, line and column", () => {
  it.each([
    ["model_list: [", "litellm_config.yaml:1:14: this is no YAML"],
    ["a: 1\na: 2\n", "litellm_config.yaml:2:1: this is no YAML: Map keys must be unique"],
    ["- just\n- a list\n", "litellm_config.yaml:1:1: a configuration is a map"],
    ["model_list: 5\n", "litellm_config.yaml:1:13: model_list: expected a list of models."],
    [
      "model_list:\n  - model_name: a\n",
      "litellm_config.yaml:2:5: model_list[0].litellm_params: it is missing.",
    ],
    [
      "model_list:\n  - model_name: a\n    litellm_params: {}\n",
      "litellm_config.yaml:3:21: model_list[0].litellm_params.model: it is missing.",
    ],
    [
      `${one}router_settings:\n  timeout: soon\n`,
      "litellm_config.yaml:7:12: router_settings.timeout: expected a number of seconds.",
    ],
    [
      `${one}router_settings:\n  num_retries: -1\n`,
      "litellm_config.yaml:7:16: router_settings.num_retries: expected a whole number, not a negative one.",
    ],
    [
      `${one}router_settings:\n  routing_strategy: simple-shufle\n`,
      "litellm_config.yaml:7:21: router_settings.routing_strategy: simple-shufle is no routing strategy (is simple-shuffle meant?)",
    ],
    [
      `${one}router_settings:\n  fallbacks: [{a: [b]}]\n`,
      "litellm_config.yaml:7:14: router_settings.fallbacks: there is no model group or model b",
    ],
    [
      `${one}      rpm: many\n`,
      "litellm_config.yaml:6:12: model_list[0].litellm_params.rpm: expected a whole number of requests.",
    ],
    [
      `${one}      budget_duration: soon\n`,
      "litellm_config.yaml:6:24: model_list[0].litellm_params.budget_duration: expected a duration",
    ],
    [
      one.replace("http://127.0.0.1:1/v1", "localhost:8080"),
      "litellm_config.yaml:5:17: model_list[0].litellm_params.api_base: the address is no http:// or https:// URL.",
    ],
    [
      "model_list:\n  - model_name: a\n    litellm_params:\n      model: gemni/x\n",
      "litellm_config.yaml:4:14: model_list[0].litellm_params.model: gemni/x names no provider that is known here (is gemini/ meant?)",
    ],
    [
      `${one}    model_info: {id: x}\n${one.replace("model_list:\n", "").replace("a\n", "b\n")}    model_info: {id: x}\n`,
      "two deployments have the id x",
    ],
    [
      `${one}litellm_settings:\n  drop_params: maybe\n`,
      "litellm_config.yaml:7:16: litellm_settings.drop_params: expected true or false.",
    ],
    [
      `${one}router_settings:\n  retry_policy: {RateLimitErorRetries: 3}\n`,
      "router_settings.retry_policy.RateLimitErorRetries: this is no kind of failure; is RateLimitError meant?",
    ],
  ])("%j", (yaml, sentence) => expect(problemOf(yaml)).toContain(sentence));

  it("and all of them are listed at once", () => {
    const lines = problemOf(`${one}router_settings:\n  timeout: soon\n  num_retries: few\n`).split("\n");
    expect(lines).toHaveLength(2);
  });

  it("and a file that was named and is not there is one too", () => {
    expect(() => loadSettings({ directory, config: "no.yaml", variables: {} })).toThrow(
      "The configuration no.yaml cannot be read: it does not exist.",
    );
  });
});

describe("os.environ/NAME", () => {
  it("works for any text or number, and a missing name is named with its place", () => {
    const yaml = `${one}      timeout: os.environ/SECONDS\ngeneral_settings:\n  master_key: os.environ/MASTER\n`;
    expect(problemOf(yaml, { SECONDS: "7" })).toBe(
      "litellm_config.yaml:8:15: general_settings.master_key names the environment variable MASTER, which is not set.",
    );
    const settings = load(yaml, { SECONDS: "7", MASTER: "sk-m" });
    expect(settings.masterKey).toBe("sk-m");
    expect(settings.deployments[0]?.timeouts).toEqual({ attemptMs: 7000 });
  });

  it("for a key that is missing leaves the deployment in place, the variable to be named when it is asked", () => {
    const yaml =
      "model_list:\n  - model_name: a\n    litellm_params: {model: gemini/x, api_key: os.environ/MY_KEY}\n";
    const [deployment] = load(yaml).deployments;
    expect(deployment).toMatchObject({ apiKeyVariable: "MY_KEY" });
    expect(deployment).not.toHaveProperty("apiKey");
    expect(load(yaml, { MY_KEY: "k" }).deployments[0]).toMatchObject({
      apiKey: "k",
      apiKeyVariable: "MY_KEY",
    });
  });

  it("sees the file's own environment_variables, weaker than real ones", () => {
    const yaml = `environment_variables: {BASE: "http://h/v1"}\n${one.replace("http://127.0.0.1:1/v1", "os.environ/BASE")}`;
    expect(load(yaml).deployments[0]?.baseUrl).toBe("http://h/v1");
    expect(load(yaml, { BASE: "http://other/v1" }).deployments[0]?.baseUrl).toBe("http://other/v1");
  });
});

describe("unknown keys", () => {
  it("are warned about once with the nearest known one, and LiteLLM's unused ones as such", () => {
    const yaml = `${one}      temprature: 0.5\n      grammar: x\nrouter_settings:\n  num_retrys: 3\n  redis_host: h\n  zzz: 1\nlitelm_settings: {}\n`;
    expect(load(yaml).notices.map(noticeText)).toEqual([
      "litellm_config.yaml:12:1: litelm_settings is not known and has no effect: is litellm_settings meant?",
      "litellm_config.yaml:9:3: router_settings.num_retrys is not known and has no effect: is num_retries meant?",
      "litellm_config.yaml:10:3: router_settings.redis_host is a key of LiteLLM that has no effect here.",
      "litellm_config.yaml:11:3: router_settings.zzz is not known and has no effect.",
      "litellm_config.yaml:6:7: litellm_params.temprature is not known and goes to the provider as it is: is temperature meant?",
    ]);
  });
});

describe("a file of LiteLLM", () => {
  it("is read with all of its deployment's settings", () => {
    const yaml = `model_list:
  - model_name: fast
    litellm_params:
      model: gemini/gemini-flash-lite-latest
      api_key: k1
      rpm: 15
      tpm: 250000
      rpd: 1000
      max_parallel_requests: 4
      max_budget: 1.5
      budget_duration: 24h
      weight: 2
      order: 1
      tags: [cheap]
      timeout: 30
      stream_timeout: 2.5
      cooldown_time: 7
      input_cost_per_token: 1e-7
      seed: 7
    model_info: {local: false, max_input_tokens: 1000000, supports_vision: false, mode: chat}
  - model_name: fast
    litellm_params: {model: groq/llama-3.3-70b, api_key: k2}
  - model_name: mine
    litellm_params: {model: openai/qwen, api_base: "http://localhost:8080/v1"}
    model_info: {id: box}
router_settings:
  routing_strategy: usage-based-routing-v2
  fallbacks: [{fast: [mine]}]
  context_window_fallbacks: [{mine: [fast]}]
  content_policy_fallbacks: [{"*": [mine]}]
  default_fallbacks: [mine]
  model_group_alias: {gpt-4: fast}
  retry_policy: {RateLimitErrorRetries: 3, TimeoutErrorRetries: 0}
  allowed_fails_policy: {InternalServerErrorAllowedFails: 9}
  cooldown_time: 30
  allowed_fails: 3
litellm_settings: {num_retries: 4, drop_params: True, request_timeout: 600}
`;
    const settings = load(yaml);
    const [gemini, groq, box] = settings.deployments;
    expect(gemini).toMatchObject({
      id: "fast-1",
      group: "fast",
      rpm: 15,
      tpm: 250_000,
      rpd: 1000,
      maxParallelRequests: 4,
      maxBudgetUsd: 1.5,
      budgetDurationMs: 86_400_000,
      weight: 2,
      order: 1,
      tags: ["cheap"],
      timeouts: { attemptMs: 30_000, firstContentMs: 2500 },
      cooldownMs: 7000,
      inputCostPerToken: 1e-7,
      local: false,
      contextWindowTokens: 1_000_000,
      capabilities: { images: false },
      parameters: { seed: 7 },
    });
    expect(groq).toMatchObject({
      id: "fast-2",
      label: "groq",
      baseUrl: "https://api.groq.com/openai/v1",
      apiKey: "k2",
    });
    expect(box).toMatchObject({ id: "box", group: "mine", label: "openai", model: "qwen" });
    expect(settings.router).toMatchObject({
      strategy: "usage-based-routing",
      fallbacks: { fast: ["mine"] },
      contextWindowFallbacks: { mine: ["fast"] },
      contentPolicyFallbacks: { "*": ["mine"] },
      defaultFallbacks: ["mine"],
      modelGroupAlias: { "gpt-4": ["fast"] },
      retryPolicy: { rate_limited: 3, timeout: 0 },
      allowedFailsPolicy: { server_error: 9, overloaded: 9 },
      cooldownMs: 30_000,
      allowedFails: 3,
      numRetries: 4,
      timeoutMs: 600_000,
    });
    expect(settings.dropParams).toBe(true);
  });

  it("may also be given as an object", () => {
    const config = { model_list: [{ model_name: "a", litellm_params: { model: "localai/x" } }] };
    const settings = loadSettings({ config, variables: {}, directory });
    expect(settings.deployments).toMatchObject([{ id: "a", model: "x" }]);
  });

  it("never shows a key, in no notice and no error", () => {
    const secret = "AIzaSecretSecret";
    const yaml = `${one}      api_key: ${secret}\nrouter_settings: {timeout: x}\ngeneral_settings: {master_key: ${secret}}\n`;
    expect(problemOf(yaml, { OPENAI_API_KEY: "sk-other-secret" })).not.toContain("Secret");
    const settings = load(yaml.replace("{timeout: x}", "{}"), { OPENAI_API_KEY: "sk-other-secret" });
    expect(settings.notices.map(noticeText).join("\n")).not.toMatch(/Secret|sk-other/);
  });

  it("is stronger than the environment, and every losing value is named with both places", () => {
    const yaml = `${one}router_settings:\n  timeout: 90\n`;
    writeFileSync(join(directory, ".env"), "LITELLM_TIMEOUT=30\n");
    writeFileSync(join(directory, ".env.litellm"), "LITELLM_TIMEOUT=45\n");
    const settings = load(yaml);
    expect(settings.router.timeoutMs).toBe(90_000);
    expect(settings.notices.map(noticeText)).toEqual([
      "LITELLM_TIMEOUT=45 of .env.litellm is not used: .env sets 30.",
      "LITELLM_TIMEOUT of .env says 30 and is not used: router_settings.timeout is 90 at litellm_config.yaml:7:12.",
    ]);
  });
});
