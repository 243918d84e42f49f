import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadSettings } from "../../src/config/load.ts";
import { noticeText } from "../../src/config/notice.ts";

const guide = new URL("../fixtures/guide/", import.meta.url);
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "guide-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const useFile = () =>
  copyFileSync(new URL("litellm_config.yaml", guide), join(directory, "litellm_config.yaml"));
const useEnvironment = () => copyFileSync(new URL("env.litellm", guide), join(directory, ".env.litellm"));
const load = (variables: Record<string, string> = {}) =>
  loadSettings({ directory, variables, today: new Date("2026-11-25") });

describe("the guide's two files, as they stand", () => {
  it("give Gemini first and LocalAI after it", () => {
    useFile();
    useEnvironment();
    const settings = load();
    expect(settings.defaultGroup).toBe("gemini-flash");
    expect(settings.deployments.map(({ id, label, model }) => [id, label, model])).toEqual([
      ["gemini-flash", "gemini", "gemini-2.0-flash-exp"],
      ["localai-llama", "localai", "llama3.2:3b"],
    ]);
    expect(settings.router).toMatchObject({
      strategy: "usage-based-routing",
      numRetries: 2,
      timeoutMs: 60_000,
      fallbacks: { "gemini-flash": ["localai-llama"] },
      defaultFallbacks: ["localai-llama"],
      modelGroupAlias: { "primary-models": ["gemini-flash", "localai-llama"] },
      requestsPerMinute: 60,
      fallbackOnRateLimit: true,
    });
    expect(settings).toMatchObject({
      maxConcurrency: 10,
      masterKey: "sk-litellm-master-key",
      dropParams: true,
      validateApiKeys: false,
      logLevel: "info",
    });
    const [gemini, localai] = settings.deployments;
    expect(gemini).toMatchObject({
      apiKey: "AIza...",
      apiKeyVariable: "GOOGLE_API_KEY",
      successorModel: "gemini-3.5-flash-lite",
      parameters: { temperature: 0.7, max_tokens: 4096 },
    });
    expect(localai).toMatchObject({ baseUrl: "http://localhost:30808/v1" });
    expect(localai).not.toHaveProperty("apiKey");
  });

  it("say once of each of the guide's own keys what it was read as, and nothing else but the retired model", () => {
    useFile();
    useEnvironment();
    const lines = load().notices.map(noticeText);
    const read = (line: number, column: number, rest: string) =>
      `litellm_config.yaml:${line}:${column}: ${rest}`;
    expect(lines.toSorted()).toEqual(
      [
        read(
          20,
          3,
          "router_settings.model_group is read as the group primary-models, which tries gemini-flash, then localai-llama.",
        ),
        read(25, 3, "router_settings.routing_strategy is read as its first element, usage-based-routing."),
        read(26, 3, "router_settings.fallback_model is read as default_fallbacks: [localai-llama]."),
        read(29, 3, "router_settings.set_fallbacks is read as fallbacks: [{gemini-flash: [localai-llama]}]."),
        read(
          34,
          3,
          "general_settings.rpm_limit is read as at most 60 requests a minute over all deployments.",
        ),
        read(
          35,
          3,
          "general_settings.max_batch_size is read as at most 10 requests in flight during ingestion and batches.",
        ),
        read(
          36,
          3,
          "general_settings.fallback_on_rate_limit is read as falling back on a rate limit, as is the rule.",
        ),
        read(40, 3, "litellm_settings.validate_api_keys is read as no check of the keys at the start."),
        read(41, 3, "litellm_settings.set_verbose is read as log level info."),
        read(42, 3, "litellm_settings.debug is read as log level info."),
        read(
          13,
          14,
          "the model prefix localai/ is read as an OpenAI-compatible endpoint whose key is optional.",
        ),
        "Google shut gemini-2.0-flash-exp on 2026-06-01: it is asked all the same, then gemini-3.5-flash-lite in its place; set that name, or gemini-flash-lite-latest.",
        "LLM_PROVIDER=litellm routes in this process: what a proxy at http://localhost:4000 would do happens here. LLM_PROVIDER=proxy uses that proxy.",
      ].toSorted(),
    );
  });

  it("ask OpenAI last when its key is set, and not at all when it is not", () => {
    useFile();
    useEnvironment();
    expect(JSON.stringify(load())).not.toContain("openai.com");
    const settings = load({ OPENAI_API_KEY: "sk-x" });
    expect(settings.deployments.map(({ label }) => label)).toEqual(["gemini", "localai", "openai"]);
    expect(settings.router.fallbacks).toEqual({ "gemini-flash": ["localai-llama", "openai-gpt"] });
    expect(settings.router.defaultFallbacks).toEqual(["localai-llama", "openai-gpt"]);
  });

  it("may be edited in either place: the built-in value gives way, with both places named", () => {
    useFile();
    const settings = load({
      LITELLM_TIMEOUT: "120",
      LITELLM_NUM_RETRIES: "5",
      LITELLM_ROUTING_STRATEGY: "least-busy",
      LOCALAI_BASE_URL: "http://gpu.lan:8080",
      LOCALAI_MODEL: "qwen3:4b",
    });
    expect(settings.router).toMatchObject({
      timeoutMs: 120_000,
      numRetries: 5,
      strategy: "usage-based-routing",
    });
    expect(settings.deployments[1]).toMatchObject({ baseUrl: "http://gpu.lan:8080/v1", model: "qwen3:4b" });
    const warnings = settings.notices
      .filter(({ kind }) => kind === "warning")
      .map(noticeText)
      .join("\n");
    expect(warnings).toContain(
      "litellm_config.yaml:28:12: router_settings.timeout 60 gives way to LITELLM_TIMEOUT of the environment, which says 120.",
    );
    expect(warnings).toContain("litellm_config.yaml:27:16: router_settings.num_retries 2 gives way");
    expect(warnings).toContain(
      "LITELLM_ROUTING_STRATEGY of the environment says least-busy and is not used: router_settings.routing_strategy is usage-based-routing at litellm_config.yaml:25:21.",
    );
    expect(warnings).toContain(
      "litellm_config.yaml:14:17: the address of localai http://localhost:30808/v1 gives way",
    );
    expect(warnings).toContain("the LocalAI model llama3.2:3b gives way");
  });

  it("give the same chain from the environment's file alone", () => {
    useEnvironment();
    const settings = load();
    expect(settings.deployments.map(({ id, model }) => [id, model])).toEqual([
      ["gemini-flash", "gemini-2.0-flash-exp"],
      ["localai-llama", "llama3.2:3b"],
    ]);
    expect(settings.router).toMatchObject({
      strategy: "usage-based-routing",
      numRetries: 2,
      timeoutMs: 60_000,
      fallbacks: { "gemini-flash": ["localai-llama"] },
      contentPolicyFallbacks: { "gemini-flash": ["localai-llama"] },
    });
    expect(settings.deployments[1]?.timeouts).toEqual({ attemptMs: 60_000 });
  });
});

describe("without any file", () => {
  it("LocalAI alone is the route, and nothing counts as configured", () => {
    const settings = load();
    expect(settings.isConfigured).toBe(false);
    expect(settings.deployments).toMatchObject([
      {
        id: "localai-llama",
        model: "llama3.2:3b",
        baseUrl: "http://localhost:30808/v1",
        timeouts: { attemptMs: 120_000 },
      },
    ]);
    expect(settings.notices).toEqual([]);
  });

  it("Gemini comes first and OpenAI last, each with its key", () => {
    const settings = load({ GEMINI_API_KEY: "g", OPENAI_API_KEY: "o" });
    expect(settings.isConfigured).toBe(true);
    expect(settings.deployments).toMatchObject([
      {
        id: "gemini-flash",
        model: "gemini-flash-lite-latest",
        apiKey: "g",
        apiKeyVariable: "GEMINI_API_KEY",
        timeouts: { attemptMs: 60_000 },
      },
      { id: "localai-llama" },
      { id: "openai-gpt", apiKey: "o", timeouts: { attemptMs: 90_000 } },
    ]);
    expect(settings.deployments[0]).not.toHaveProperty("parameters");
    expect(settings.router.fallbacks).toEqual({
      "gemini-flash": ["localai-llama", "openai-gpt"],
      "localai-llama": ["openai-gpt"],
    });
    expect(settings.router).toMatchObject({ numRetries: 2, strategy: "simple-shuffle" });
  });

  it("the environment's chain may name any model, the one without its key left out with a word", () => {
    const settings = load({
      LITELLM_PRIMARY_MODEL: "gemini/gemini-3.5-flash",
      LITELLM_SECONDARY_MODEL: "localai/phi:3b",
      LITELLM_FALLBACK_MODEL: "ollama/llama3",
    });
    expect(settings.deployments.map(({ label, model, baseUrl }) => [label, model, baseUrl])).toEqual([
      ["localai", "phi:3b", "http://localhost:30808/v1"],
      ["ollama", "llama3", "http://localhost:11434/v1"],
    ]);
    expect(settings.notices.map(noticeText)).toEqual([
      "LITELLM_PRIMARY_MODEL of the environment is left out: GOOGLE_API_KEY is not set.",
    ]);
  });
});

describe("LLM_PROVIDER", () => {
  it.each(["gemini", "localai", "openai"])("pins %s", (label) => {
    useFile();
    const settings = load({ LLM_PROVIDER: label, GOOGLE_API_KEY: "g" });
    expect(settings.deployments.map((deployment) => deployment.label)).toEqual([label]);
    expect(settings.router).toMatchObject({ fallbacks: {}, defaultFallbacks: [] });
  });

  it("uses a running proxy when it says so, and needs its address then", () => {
    useFile();
    const settings = load({ LLM_PROVIDER: "proxy", LITELLM_API_BASE: "http://localhost:4000" });
    expect(settings.deployments).toMatchObject([
      {
        id: "gemini-flash",
        label: "litellm_proxy",
        baseUrl: "http://localhost:4000/v1",
        apiKey: "sk-litellm-master-key",
      },
      { id: "localai-llama" },
    ]);
    expect(() => load({ LLM_PROVIDER: "proxy" })).toThrow("set LITELLM_API_BASE");
  });

  it("that is another word is an error that lists the words", () => {
    expect(() => load({ LLM_PROVIDER: "gemni" })).toThrow(
      "LLM_PROVIDER=gemni is none of litellm, gemini, localai, openai, proxy; is gemini meant?",
    );
  });
});
