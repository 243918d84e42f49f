import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cancelDownload, downloadModel, type DownloadOptions } from "../../src/app-download-model.ts";
import { environmentFrom, loadSettings } from "../../src/config/index.ts";
import { InterruptedError, type KnownError, UsageError } from "../../src/errors.ts";
import { expectSentence, run, start } from "../support/command.ts";
import { temporaryFolder } from "../support/folder.ts";
import { type FakeLocalAi, startLocalAi } from "../support/local-ai.ts";

interface Asked extends Partial<DownloadOptions> {
  readonly variables?: Record<string, string>;
  readonly folder?: string;
}

/** Downloads from a server, told what was said on the way. */
async function download(ai: Pick<FakeLocalAi, "url">, asked: Asked = {}) {
  const words: string[] = [];
  const percents: number[] = [];
  const { variables = {}, folder = temporaryFolder(), ...options } = asked;
  const environment = environmentFrom({
    LOCALAI_BASE_URL: ai.url,
    NEO4J_LANGGRAPH_LEDGER: join(folder, "ledger.sqlite"),
    ...variables,
  });
  const settings = loadSettings({ environment, directory: folder });
  const result = downloadModel(settings, environment, {
    signal: new AbortController().signal,
    onProgress: ({ percent }) => percents.push(percent),
    onWord: (word) => words.push(word),
    ...options,
    waiting: { pollMs: 5, ...options.waiting },
  });
  const downloaded = await result.catch((error: unknown) => error as KnownError);
  return { downloaded, words, percents, settings, environment };
}

const q4 = "localai@llama-3.2-3b-instruct:q4_k_m";

describe("download-model", () => {
  test("installs the configured model under the name that the configuration asks for", async () => {
    const ai = await startLocalAi({ estimates: { "llama-3.2-3b-instruct:q4_k_m": 2_019_377_696 } });
    const { downloaded, words, percents } = await download(ai);
    expect(downloaded).toEqual({
      model: "llama3.2:3b",
      entry: q4,
      wasThere: false,
      sizeBytes: 2_019_377_696,
      answered: true,
      server: `http://127.0.0.1:${ai.port}`,
      isConfigured: true,
    });
    expect(ai.applied).toEqual([{ id: q4, name: "llama3.2:3b" }]);
    expect(ai.asked).toMatchObject([{ model: "llama3.2:3b", max_tokens: 1 }]);
    expect(words[0]).toMatch(
      /^LocalAI installs llama-3\.2-3b-instruct:q4_k_m as llama3\.2:3b: 2\.0 GB, .* GB free on this machine\.$/,
    );
    expect(percents).toEqual([20, 40]);
  });

  test("a second time finds the model there, asks for no gallery and no job", async () => {
    const ai = await startLocalAi({ served: ["llama3.2:3b"] });
    const { downloaded } = await download(ai);
    expect(downloaded).toMatchObject({ wasThere: true, answered: true });
    expect(ai.seen).toEqual(["GET /v1/models", "POST /v1/chat/completions"]);
  });

  test("a gallery's own name is installed under the configuration's word for it, or as --as says", async () => {
    const ai = await startLocalAi();
    await download(ai, { name: "llama-3.2-3b-instruct:q4_k_m" });
    await download(ai, { name: "llama-3.2-3b-instruct:q8_0" });
    const { downloaded } = await download(ai, { name: "gemma3:4b", as: "small" });
    expect(ai.applied).toMatchObject([
      { id: q4, name: "llama3.2:3b" },
      { id: "localai@llama-3.2-3b-instruct:q8_0", name: "llama-3.2-3b-instruct:q8_0" },
      { id: "localai@gemma-3-4b-it", name: "small" },
    ]);
    expect(downloaded).toMatchObject({ model: "small", isConfigured: false });
  });

  test("a server that would choose among builds is told which one is meant", async () => {
    const builds = ["llama-3.2-3b-instruct:q4_k_m", "llama-3.2-3b-instruct:q8_0"];
    const ai = await startLocalAi({ variants: { "llama-3.2-3b-instruct:q4_k_m": builds } });
    expect((await download(ai)).downloaded).toMatchObject({ answered: true });
    expect(ai.applied).toEqual([{ id: q4, name: "llama3.2:3b", variant: "llama-3.2-3b-instruct:q4_k_m" }]);
  });

  test("an embedding model is asked for a vector, and a voice for nothing", async () => {
    const ai = await startLocalAi();
    expect((await download(ai, { name: "nomic-embed-text" })).downloaded).toMatchObject({ answered: true });
    expect((await download(ai, { name: "qwen3-tts-0.6b-custom-voice" })).downloaded).toMatchObject({
      answered: false,
    });
    expect(ai.asked).toMatchObject([{ path: "/v1/embeddings", model: "nomic-embed-text" }]);
  });

  test("a model that LocalAI does not list at once is listed after a reload", async () => {
    const ai = await startLocalAi({ listsAfterReload: true });
    expect((await download(ai)).downloaded).toMatchObject({ answered: true });
    expect(ai.seen).toContain("POST /models/reload");
  });
});

describe("an interruption", () => {
  test("by Ctrl-C leaves the job to LocalAI, and the next run takes it up", async () => {
    const controller = new AbortController();
    const ai = await startLocalAi({
      onPoll: ({ polls }) => (polls === 2 ? void controller.abort() : polls > 4 ? {} : undefined),
    });
    const folder = temporaryFolder();
    const { downloaded: first } = await download(ai, { signal: controller.signal, folder });
    expect(first).toBeInstanceOf(InterruptedError);
    expect(String(first)).toContain("LocalAI goes on by itself");
    expect((await download(ai, { folder })).downloaded).toMatchObject({ answered: true });
    expect(ai.applied).toHaveLength(1);
  });

  test("by Ctrl-C after which LocalAI was started anew is followed by a new job", async () => {
    const controller = new AbortController();
    const ai = await startLocalAi({
      onPoll: () => (controller.signal.aborted ? {} : void controller.abort()),
    });
    const folder = temporaryFolder();
    await download(ai, { signal: controller.signal, folder });
    await ai.restart();
    expect((await download(ai, { folder })).downloaded).toMatchObject({ answered: true });
    expect(ai.applied).toHaveLength(2);
  });

  test("by Ctrl-C can be followed by --cancel, which ends the job on the server", async () => {
    const controller = new AbortController();
    const ai = await startLocalAi({
      onPoll: ({ polls }) => (polls === 2 ? void controller.abort() : undefined),
    });
    const folder = temporaryFolder();
    const { settings, environment } = await download(ai, { signal: controller.signal, folder });
    expect(await cancelDownload(settings, environment, {})).toBe(true);
    expect([...ai.jobs.values()]).toMatchObject([{ end: { error: "context canceled" } }]);
    expect(await cancelDownload(settings, environment, {})).toBe(false);
  });

  test("of the connection is waited out", async () => {
    let refused = 0;
    const ai = await startLocalAi({
      misbehave: ({ url = "" }, response, { jobs }) => {
        const isCut =
          url.startsWith("/models/jobs/") &&
          [...jobs.values()].some(({ polls }) => polls === 1) &&
          refused++ < 3;
        if (isCut) response.destroy();
        return isCut;
      },
    });
    const { downloaded, words } = await download(ai);
    expect(downloaded).toMatchObject({ answered: true });
    expect(words.filter((word) => /away|again/.test(word))).toEqual([
      expect.stringMatching(/^LocalAI is away \(the connection broke.*\): waiting for it\.$/),
      "LocalAI answers again.",
    ]);
    expect(ai.applied).toHaveLength(1);
  });

  test("of LocalAI itself, started anew with its jobs forgotten, is followed by another job", async () => {
    let restarts = 0;
    const ai = await startLocalAi({
      onPoll: async ({ polls }, self) => {
        if (polls === 2 && restarts++ === 0) await self.restart();
        return polls > 2 ? {} : undefined;
      },
    });
    const { downloaded, words } = await download(ai);
    expect(downloaded).toMatchObject({ answered: true });
    expect(words).toContain("LocalAI was started anew: asking for the model again.");
    expect(ai.applied).toHaveLength(2);
  });

  test("that does not end is given up in time, with what to do", async () => {
    const ai = await startLocalAi({ onPoll: (_, self) => void self.stop() });
    const { downloaded } = await download(ai, { waiting: { patienceMs: 60 } });
    expect(downloaded).toMatchObject({
      code: "LOCALAI_AWAY",
      message: expect.stringContaining("goes on from there"),
    });
  });

  test("of LocalAI's own download is tried again, a few times", async () => {
    const error = 'Get "https://huggingface.co/x": dial tcp: lookup huggingface.co: no such host';
    let failures = 0;
    const ai = await startLocalAi({ onPoll: () => (failures++ < 2 ? { error } : {}) });
    expect((await download(ai)).downloaded).toMatchObject({ answered: true });
    expect(ai.applied).toHaveLength(3);
    const dead = await startLocalAi({ onPoll: () => ({ error }) });
    expect((await download(dead)).downloaded).toMatchObject({ code: "DOWNLOAD_CUT" });
    expect(dead.applied).toHaveLength(4);
  });

  test("by another job is said, and waited for as long as it takes", async () => {
    const other = { id: "other", entry: "", name: "other", polls: 0, percent: 10 };
    let lookedAt = () => {};
    const looked = new Promise<void>((resolve) => (lookedAt = resolve));
    const ai = await startLocalAi({
      appliesAfter: (self) => {
        self.jobs.set("other", other);
        return looked;
      },
      misbehave: ({ url }) => {
        if (url === "/models/jobs") lookedAt();
        return false;
      },
    });
    const { downloaded, words } = await download(ai);
    expect(downloaded).toMatchObject({ answered: true });
    expect(words).toContainEqual(
      expect.stringMatching(/^LocalAI does something else first \(processing file.*\): waiting\.$/),
    );
    expect(ai.applied).toHaveLength(1);
  });

  test("while LocalAI takes the order is followed by another order", async () => {
    let orders = 0;
    const ai = await startLocalAi({
      misbehave: ({ url }, response) => {
        const isCut = url === "/models/apply" && orders++ === 0;
        if (isCut) response.destroy();
        return isCut;
      },
    });
    expect((await download(ai)).downloaded).toMatchObject({ answered: true });
    expect(ai.applied).toHaveLength(1);
  });

  test("by a job that is done elsewhere is followed there", async () => {
    const ai = await startLocalAi();
    const misled = await startLocalAi({
      misbehave: ({ url = "" }, response, { jobs }) => {
        const [first] = jobs.keys();
        if (first === undefined || url !== `/models/jobs/${first}`) return false;
        const other = [...jobs.values()].at(-1);
        const twin = { id: "twin", entry: "", name: "llama3.2:3b", polls: 0, percent: 0 };
        if (other?.id === first) jobs.set("twin", twin);
        response.end(
          JSON.stringify({
            processed: true,
            message: "already being processed by another instance (op twin)",
          }),
        );
        return true;
      },
    });
    expect((await download(misled)).downloaded).toMatchObject({ answered: true });
    expect(misled.seen).toContain("GET /models/jobs/twin");
    expect(ai.seen).toEqual([]);
  });
});

describe("what can go wrong is one sentence", () => {
  test("an unknown name, with the nearest", async () => {
    const ai = await startLocalAi();
    const { downloaded } = await download(ai, { name: "lama3.2:3b" });
    expect(downloaded).toBeInstanceOf(UsageError);
    expect(String(downloaded)).toMatch(
      /has no model lama3\.2:3b\. The nearest it has: llama-3\.2-3b-instruct/,
    );
    expect(ai.applied).toEqual([]);
    expect((await download(ai, { name: "xyzzy" })).downloaded).toMatchObject({
      code: "MODEL_UNKNOWN",
      message: expect.stringContaining("/browse"),
    });
    expect((await download(ai, { name: "llama3.2" })).downloaded).toMatchObject({
      code: "MODEL_AMBIGUOUS",
      message: "llama3.2 comes in several sizes (1b, 3b): name one, such as llama3.2:1b.",
    });
    expect((await download(ai, { name: "llama3.2:3b-instruct-q5_K_M" })).downloaded).toMatchObject({
      code: "MODEL_UNKNOWN",
      message: expect.stringContaining("llama-3.2-3b-instruct:q4_k_m"),
    });
    expect((await download(ai, { name: " " })).downloaded).toMatchObject({ code: "NO_MODEL" });
  });

  test("too little room, seen beforehand or while LocalAI fetches", async () => {
    const huge = { "llama-3.2-3b-instruct:q4_k_m": 2 ** 60 };
    const ai = await startLocalAi({ estimates: huge });
    const { downloaded } = await download(ai, { modelsFolder: temporaryFolder() });
    expect(downloaded).toMatchObject({
      code: "LOCALAI_DISK_FULL",
      message: expect.stringMatching(/needs .* GB and there are .* GB free/),
    });
    expect(ai.applied).toEqual([]);
    const unsized = await startLocalAi({ onPoll: () => undefined, totalSize: "900000 TiB" });
    expect((await download(unsized, { modelsFolder: temporaryFolder() })).downloaded).toMatchObject({
      code: "LOCALAI_DISK_FULL",
    });
    expect([...unsized.jobs.values()]).toMatchObject([{ end: { error: "context canceled" } }]);
    const elsewhere = await download(ai);
    expect(elsewhere.downloaded).toMatchObject({ answered: true });
    expect(elsewhere.words[0]).toContain("which may be too little");
    const full = await startLocalAi({
      onPoll: () => ({
        error: "failed to write file: write /models/x.gguf.partial: no space left on device",
      }),
    });
    expect((await download(full)).downloaded).toMatchObject({
      code: "LOCALAI_DISK_FULL",
      message: expect.stringContaining("no room left"),
    });
    expect(full.applied).toHaveLength(1);
  });

  test("a key that is missing or wrong names its variable, and is never shown", async () => {
    const ai = await startLocalAi({ key: "sk-right", served: ["llama3.2:3b"] });
    expect((await download(ai)).downloaded).toMatchObject({
      code: "LOCALAI_KEY",
      message: expect.stringContaining("wants a key: set LOCALAI_API_KEY"),
    });
    const wrong = await download(ai, { variables: { LOCALAI_API_KEY: "sk-wrong" } });
    expect(wrong.downloaded).toBeInstanceOf(UsageError);
    expect(String(wrong.downloaded)).toContain("refuses the key");
    expect(String(wrong.downloaded)).not.toContain("sk-wrong");
    expect((await download(ai, { variables: { LOCALAI_API_KEY: "sk-right" } })).downloaded).toMatchObject({
      answered: true,
    });
  });

  test("errors as old servers have them, jobs that are cancelled, and backends that are missing", async () => {
    const backend = 'no backend found with name "llama-cpp"';
    const old = await startLocalAi({ saysErrorsInMessages: true, onPoll: () => ({ error: backend }) });
    expect((await download(old)).downloaded).toMatchObject({
      code: "LOCALAI_BACKEND_MISSING",
      message: expect.stringContaining(backend),
    });
    const cancelled = await startLocalAi({ onPoll: () => ({ cancelled: true }) });
    expect((await download(cancelled)).downloaded).toMatchObject({ code: "DOWNLOAD_CANCELLED" });
    const odd = await startLocalAi({ onPoll: () => ({ error: "something\nnew" }) });
    expect((await download(odd)).downloaded).toMatchObject({
      message: "LocalAI could not install llama3.2:3b (something new): look at its log, then run this again.",
    });
  });

  test("a model that is installed and cannot be loaded", async () => {
    const ai = await startLocalAi({
      served: ["llama3.2:3b"],
      misbehave: ({ url }, response) => {
        if (url !== "/v1/chat/completions") return false;
        response.writeHead(500).end(
          JSON.stringify({
            error: { code: 500, message: "could not load model: rpc error: EOF", type: "" },
          }),
        );
        return true;
      },
    });
    expect((await download(ai)).downloaded).toMatchObject({
      code: "MODEL_SILENT",
      message: expect.stringContaining("rpc error: EOF"),
    });
  });

  test("a server without a gallery, one that is none, and none at all", async () => {
    const noGallery = await startLocalAi({
      misbehave: ({ url }, response) => {
        if (url !== "/models/available") return false;
        response.writeHead(404).end("{}");
        return true;
      },
    });
    expect((await download(noGallery)).downloaded).toMatchObject({ code: "GALLERY_MISSING" });
    const web = await startLocalAi({
      misbehave: (_, response) => {
        response.end("<html>Welcome to nginx</html>");
        return true;
      },
    });
    expect((await download(web)).downloaded).toMatchObject({
      code: "LOCALAI_MALFORMED",
      message: expect.stringContaining("is no LocalAI"),
    });
    const { downloaded } = await download({ url: "http://127.0.0.1:1/v1" });
    expect(downloaded).toBeInstanceOf(UsageError);
    expect(String(downloaded)).toContain("cannot be reached (connection refused, nothing listens there)");
  });
});

describe("the command", () => {
  const configuration = (ai: Pick<FakeLocalAi, "url">) =>
    `model_list:\n  - model_name: localai-llama\n    litellm_params: { model: "localai/llama3.2:3b", api_base: "${ai.url}" }\n`;

  test("prints the result as JSON, is quiet when told to, and says in what way it failed", async () => {
    const ai = await startLocalAi();
    const folder = temporaryFolder();
    writeFileSync(join(folder, "litellm_config.yaml"), configuration(ai));
    const done = await run(["download-model", "--json", "--quiet"], { in: folder });
    expect(done).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(done.stdout)).toMatchObject({
      model: "llama3.2:3b",
      entry: q4,
      installed: true,
      answered: true,
    });
    expectSentence(await run(["download-model", "nonsense"], { in: folder }), 2, "has no model nonsense");
    await ai.stop();
    expectSentence(await run(["download-model"], { in: folder }), 2, "cannot be reached");
  });

  test("ends with 130 on Ctrl-C and says how to go on", async () => {
    const ai = await startLocalAi({ onPoll: () => undefined });
    const folder = temporaryFolder();
    writeFileSync(join(folder, "litellm_config.yaml"), configuration(ai));
    const running = start(["download-model"], { in: folder });
    await running.said("LocalAI installs");
    running.child.kill("SIGINT");
    const ended = await running.ended;
    expect(ended.code).toBe(130);
    expect(ended.stderr).toContain("LocalAI goes on by itself");
  });
});
