import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import type { Check } from "../../src/doctor/check.ts";
import { fileCheckup } from "../../src/store/file-checkup.ts";
import { exampleNotes, prepare, run, start } from "../support/command.ts";
import { temporaryFolder } from "../support/folder.ts";
import { emptyNeo4j, hasNeo4j } from "../support/neo4j-server.ts";
import { type FakeOptions, startLocalAi } from "../support/local-ai.ts";
import { answer, type Reply, startWireServer } from "../support/provider-servers/wire-server.ts";

const guide = new URL("../fixtures/guide/", import.meta.url);
const key = "AIzaSyRightKeyOfNobody";
const isNeo4jHere = await hasNeo4j();
let folder: string;
let freePort: number;
beforeEach(async () => {
  folder = temporaryFolder();
  copyFileSync(new URL("litellm_config.yaml", guide), join(folder, "litellm_config.yaml"));
  copyFileSync(new URL("env.litellm", guide), join(folder, ".env.litellm"));
  const taken = await listening();
  freePort = portOf(taken);
  await new Promise((done) => taken.close(done));
});

/** Gemini's list of models, for whoever shows the right key. */
const gemini: Reply = (response, request) =>
  request.headers["x-goog-api-key"] === key
    ? answer(200, {
        models: ["gemini-2.0-flash-exp", "gemini-flash-lite-latest"].map((name) => ({
          name: `models/${name}`,
        })),
      })(response, request)
    : answer(400, {
        error: {
          code: 400,
          message: "API key not valid. Please pass a valid API key.",
          status: "INVALID_ARGUMENT",
        },
      })(response, request);

interface Place {
  readonly gemini?: Reply;
  readonly localai?: FakeOptions | "none";
  readonly env?: Record<string, string>;
}

/** The guide's set-up on loopback. */
async function setUp({
  gemini: reply = gemini,
  localai = { served: ["llama3.2:3b"], contextSize: 8192 },
  env,
}: Place = {}) {
  const provider = await startWireServer(reply);
  onTestFinished(() => provider.close());
  const ai = localai === "none" ? { url: "http://127.0.0.1:1/v1" } : await startLocalAi(localai);
  return {
    provider,
    ai,
    env: { GEMINI_API_BASE: provider.url, LOCALAI_BASE_URL: ai.url, GOOGLE_API_KEY: key, ...env },
  };
}

/** What doctor finds, by the name of the check. */
async function examined(env: Record<string, string>, words: readonly string[] = []) {
  const started = performance.now();
  const ended = await run(["doctor", "--json", "--port", String(freePort), ...words], { in: folder, env });
  const checks = JSON.parse(ended.stdout) as Check[];
  const problems = checks.filter(({ ok }) => !ok).map(({ check }) => check);
  const of = (name: string) => checks.find(({ check }) => check === name);
  return { ...ended, checks, problems, of, ms: performance.now() - started };
}

function listening(onCall: (socket: Socket) => void = () => {}): Promise<Server> {
  const server = createServer(onCall);
  onTestFinished(() => void server.close());
  return new Promise((done) => server.listen(0, "127.0.0.1", () => done(server)));
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

describe("doctor", () => {
  test("finds nothing wrong with a set-up that works, and asks no model", async () => {
    const { env, provider, ai } = await setUp();
    const { code, problems, of, stderr, checks } = await examined(env);
    expect(problems).toEqual([]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(of("configuration")?.detail).toContain(
      "litellm_config.yaml: gemini-flash (gemini/gemini-2.0-flash-exp)",
    );
    expect(of("gemini-flash")?.detail).toBe(
      "the key (GOOGLE_API_KEY) is accepted, and gemini-2.0-flash-exp is there.",
    );
    expect(of("localai-llama")?.detail).toContain("has llama3.2:3b");
    expect(of("context of localai-llama")?.detail).toBe("8192 tokens, prompt and answer together.");
    expect(of("route")?.detail).toBe("gemini-flash, then localai-llama.");
    expect(Object.keys(checks[0] ?? {})).toEqual(["check", "ok", "detail", "fix"]);
    expect(provider.requests.every(({ method }) => method !== "POST")).toBe(true);
    expect("asked" in ai && ai.asked).toEqual([]);
  });

  test("prints a line for each, problems only with --quiet, and says how many there are", async () => {
    const { env } = await setUp({ localai: "none" });
    const words = ["doctor", "--port", String(freePort)];
    const ended = await run(words, { in: folder, env });
    expect(ended).toMatchObject({ code: 1, stderr: "1 problem: each line says what to do.\n" });
    const lines = ended.stdout.trimEnd().split("\n");
    expect(lines.every((line) => /^(?:ok {6}|problem) {1,2}\S/.test(line))).toBe(true);
    const quiet = await run([...words, "--quiet"], { in: folder, env });
    expect(quiet.stdout.trimEnd().split("\n")).toEqual([
      expect.stringMatching(/^problem {2}localai-llama .*Start it/),
    ]);
    expect(quiet.stderr).toBe("");
    expect(await run(["doctor", "--port", "0"], { in: folder, env })).toMatchObject({ code: 2 });
  });

  test("is content where nothing is configured, and says how to begin", async () => {
    const empty = temporaryFolder();
    const env = { LOCALAI_BASE_URL: "" };
    const ended = await run(["doctor", "--json", "--port", String(freePort)], { in: empty, env });
    const checks = JSON.parse(ended.stdout) as Check[];
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(checks.find(({ check }) => check === "route")?.fix).toContain("GOOGLE_API_KEY");
  });
});

describe("the guide's five problems", () => {
  test("1: the port is taken: by whom, how to end it, and which other to take", async () => {
    const { env } = await setUp();
    const port = portOf(await listening());
    const { code, of } = await examined(env, ["--port", String(port)]);
    const found = of(`port ${port}`);
    expect({ code, ok: found?.ok }).toEqual({ code: 1, ok: false });
    expect(found?.detail).toMatch(new RegExp(`already in use by process ${process.pid} \\(node`));
    expect(found?.fix).toContain(`kill ${process.pid}`);
    expect(found?.fix).toContain(`--port ${port + 1}`);
  });

  test("1: but our own proxy there is no problem", async () => {
    const { env } = await setUp();
    const proxy = start(["proxy", "--port", String(freePort)], { in: folder, env });
    await proxy.said("http://127.0.0.1");
    const { of } = await examined(env);
    expect(of(`port ${freePort}`)).toMatchObject({
      ok: true,
      detail: expect.stringContaining("a proxy of ours"),
    });
  });

  test("2: the quota is spent: who answers meanwhile, from the list of models", async () => {
    const quota = answer(429, {
      error: { code: 429, message: "You exceeded your current quota", status: "RESOURCE_EXHAUSTED" },
    });
    const { env } = await setUp({ gemini: quota });
    const { code, problems, of } = await examined(env);
    expect({ code, problems }).toEqual({ code: 1, problems: ["gemini-flash"] });
    expect(of("gemini-flash")).toMatchObject({
      detail: "its quota is spent (429: You exceeded your current quota).",
      fix: expect.stringContaining("Prompts go to localai-llama meanwhile"),
    });
    expect(of("route")?.detail).toBe(
      "gemini-flash, then localai-llama: localai-llama answers in place of gemini-flash.",
    );
  });

  test("2: the quota is spent: from what an earlier prompt was told", async () => {
    const details = [
      {
        "@type": "type.googleapis.com/google.rpc.QuotaFailure",
        violations: [{ quotaId: "GenerateRequestsPerDayPerProjectPerModel-FreeTier", quotaValue: "20" }],
      },
    ];
    const spent = answer(429, {
      error: { code: 429, message: "You exceeded your current quota", status: "RESOURCE_EXHAUSTED", details },
    });
    const { env } = await setUp({
      gemini: (response, request) => (request.method === "POST" ? spent : gemini)(response, request),
    });
    expect(await run(["route", "Hello"], { in: folder, env })).toMatchObject({ code: 0 });
    const { code, problems, of } = await examined(env);
    expect({ code, problems }).toEqual({ code: 1, problems: ["quota of gemini-flash"] });
    expect(of("quota of gemini-flash")?.detail).toMatch(
      /not asked before .*: quota_exhausted \(You exceeded/,
    );
    expect(of("quota of gemini-flash")?.fix).toContain("localai-llama");
  });

  test("3: the second model is not installed: how to install it", async () => {
    const { env } = await setUp({ localai: { served: ["other"] } });
    const { problems, of } = await examined(env);
    expect(problems).toEqual(["localai-llama"]);
    expect(of("localai-llama")).toMatchObject({
      detail: expect.stringContaining("has no model llama3.2:3b (it has other)"),
      fix: expect.stringContaining("download-model llama3.2:3b"),
    });
  });

  test("3: LocalAI does not run, or wants a key", async () => {
    const none = await setUp({ localai: "none" });
    expect((await examined(none.env)).of("localai-llama")).toMatchObject({
      ok: false,
      detail: expect.stringContaining("cannot be reached"),
      fix: expect.stringContaining("Start it"),
    });
    const locked = await setUp({ localai: { key: "sk-local", served: ["llama3.2:3b"] } });
    expect((await examined(locked.env)).of("localai-llama")).toMatchObject({
      ok: false,
      fix: "Set LOCALAI_API_KEY.",
    });
  });

  test("4: a time-out: a server that says nothing, and a limit that is too short", async () => {
    const silent = portOf(await listening());
    const { env } = await setUp();
    const { of, ms } = await examined({ ...env, LOCALAI_BASE_URL: `http://127.0.0.1:${silent}/v1` });
    expect(of("localai-llama")).toMatchObject({
      ok: false,
      detail: expect.stringContaining("did not answer within 5 s"),
      fix: expect.stringContaining("router_settings.timeout: 120"),
    });
    expect(ms).toBeLessThan(10_000);
    const cloud = await examined({ ...env, GEMINI_API_BASE: `http://127.0.0.1:${silent}` });
    expect(cloud.of("gemini-flash")).toMatchObject({
      detail: expect.stringContaining("did not answer within 5 s"),
      fix: expect.stringMatching(/^See that it runs\. Raise it: .*\.$/),
    });
    const short = await examined({ ...env, LOCALAI_TIMEOUT: "2" });
    expect(short.problems).toEqual(["time limit of localai-llama"]);
    expect(short.of("time limit of localai-llama")?.fix).toContain("LOCALAI_TIMEOUT=120");
    expect((await examined(env)).of("time limit of localai-llama")).toMatchObject({
      ok: true,
      fix: expect.stringContaining("Timeout after 60 seconds"),
    });
  });

  test("5: what happens in the routing: how to see it, until it is seen", async () => {
    const { env } = await setUp();
    expect((await examined(env)).of("routing log")).toMatchObject({
      ok: true,
      fix: expect.stringMatching(/proxy --verbose.*set_verbose: true/),
    });
    const file = join(folder, "litellm_config.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace("set_verbose: false", "set_verbose: true"));
    expect((await examined(env)).of("routing log")).toMatchObject({ fix: null });
  });
});

describe("keys and models", () => {
  test("a missing and a refused key name their variable; no key is ever shown", async () => {
    const { env } = await setUp();
    writeFileSync(join(folder, ".env.litellm"), "");
    const { GOOGLE_API_KEY: _, ...without } = env;
    expect((await examined(without)).of("gemini-flash")).toMatchObject({
      ok: false,
      detail: "GOOGLE_API_KEY is not set.",
      fix: expect.stringContaining(".env"),
    });
    const wrong = await examined({ ...env, GOOGLE_API_KEY: "AIzaSyWrongKeyOfNobody" });
    expect(wrong.of("gemini-flash")).toMatchObject({
      ok: false,
      detail: expect.stringContaining("the key (GOOGLE_API_KEY) is refused (API key not valid"),
    });
    const echo = answer(401, { error: { message: `Incorrect API key provided: ${key} or sk-abc***wxyz` } });
    const told = await setUp({ gemini: echo });
    const ended = await examined(told.env);
    expect(ended.of("gemini-flash")).toMatchObject({ ok: false });
    expect(ended.stdout + ended.stderr + wrong.stdout).not.toMatch(/AIzaSy|wxyz|sk-litellm/);
  });

  test("a model that is gone has a successor, and a context that is too small is said", async () => {
    const list = answer(200, { models: [{ name: "models/gemini-flash-lite-latest" }] });
    const { env } = await setUp({ gemini: list, localai: { served: ["llama3.2:3b"], contextSize: 1024 } });
    const { problems, of } = await examined(env);
    expect(problems).toEqual(["gemini-flash", "context of localai-llama"]);
    expect(of("gemini-flash")?.fix).toContain("gemini/gemini-3.5-flash-lite");
    expect(of("context of localai-llama")?.fix).toContain("context_size");
  });

  test("a configuration that cannot be used is named with its line, and the rest is looked at all the same", async () => {
    writeFileSync(
      join(folder, "litellm_config.yaml"),
      "model_list:\n  - model_name: a\n    litellm_params: { model: 7 }\n",
    );
    const { code, of, checks } = await examined({});
    expect(code).toBe(1);
    expect(of("configuration")).toMatchObject({
      ok: false,
      detail: expect.stringContaining("litellm_config.yaml:3:"),
    });
    expect(checks.map(({ check }) => check)).toContain("graph file");
    expect((await examined({}, ["--config", "nowhere.yaml"])).of("configuration")?.detail).toContain(
      "it does not exist",
    );
  });

  test("deployments that share key and address are answered by one list", async () => {
    const { env, provider } = await setUp();
    const models = ["gemini-flash-lite-latest", "gemini-2.0-flash-exp", "gemini-nowhere"];
    const entry = (model: string) =>
      `  - { model_name: ${model}, litellm_params: { model: gemini/${model} } }`;
    writeFileSync(join(folder, "litellm_config.yaml"), ["model_list:", ...models.map(entry)].join("\n"));
    const { problems, of } = await examined(env);
    expect(problems).toEqual(["gemini-nowhere"]);
    expect(of("gemini-nowhere")?.fix).toContain("gemini-2.0-flash-exp");
    expect(provider.requests.filter(({ path }) => path.includes("/models"))).toHaveLength(1);
  });

  test("a clock that is wrong by a server's", async () => {
    const late = new Date(Date.now() + 3_600_000).toUTCString();
    const { env } = await setUp({
      gemini: (response, request) => {
        response.setHeader("date", late);
        return gemini(response, request);
      },
    });
    const { problems, of } = await examined(env);
    expect(problems).toEqual(["clock"]);
    expect(of("clock")?.detail).toMatch(/^3(?:600|599|601) s behind 127\.0\.0\.1:/);
  });
});

describe("files", () => {
  test("a graph that is whole, damaged, foreign, or of another version", async () => {
    const { env } = await setUp();
    await prepare(folder, exampleNotes);
    expect((await examined(env)).of("graph file")?.detail).toMatch(/graph\.sqlite, 26 notes, whole\.$/);
    const at = (name: string) => ["--store", name];
    const bytes = readFileSync(join(folder, ".neo4j-langgraph/graph.sqlite"));
    writeFileSync(join(folder, "damaged.sqlite"), bytes.fill(7, 40_960, 65_536));
    writeFileSync(
      join(folder, "text.sqlite"),
      "no database at all, though it is long enough for a header of one",
    );
    const foreign = new DatabaseSync(join(folder, "foreign.sqlite"));
    foreign.exec("CREATE TABLE cars (id)");
    foreign.close();
    const found = await Promise.all(
      ["damaged", "text", "foreign"].map((name) => examined(env, at(`${name}.sqlite`))),
    );
    expect(found.map(({ of }) => of("graph file")?.detail)).toEqual([
      expect.stringContaining("damaged.sqlite is damaged"),
      expect.stringContaining("text.sqlite is damaged"),
      expect.stringContaining("is a database of something else"),
    ]);
    const newer = new DatabaseSync(join(folder, ".neo4j-langgraph/graph.sqlite"));
    newer.exec("PRAGMA user_version = 999");
    newer.close();
    expect((await examined(env)).of("graph file")?.detail).toContain("newer version");
  });

  test("a file that takes too long to be read through is told from one that is broken", async () => {
    await prepare(folder, exampleNotes);
    const file = join(folder, ".neo4j-langgraph/graph.sqlite");
    expect(await fileCheckup(file, 1)).toEqual({
      kind: "unreadable",
      reason: "nothing was read within 0.001 s",
    });
    expect(await fileCheckup(file, 60_000)).toEqual({ kind: "ok", notes: 26, isWhole: true });
  });

  test("a ledger that cannot be used", async () => {
    const { env } = await setUp();
    mkdirSync(join(folder, "state"));
    writeFileSync(join(folder, "state/ledger.sqlite"), "nonsense ".repeat(100));
    const { problems, of } = await examined({ ...env, NEO4J_LANGGRAPH_LEDGER: "state/ledger.sqlite" });
    expect(problems).toEqual(["ledger"]);
    expect(of("ledger")?.fix).toContain("NEO4J_LANGGRAPH_LEDGER");
  });
});

describe("Neo4j", () => {
  test("that is not there, and one that never answers, are given up within ten seconds", async () => {
    const { env } = await setUp();
    const gone = await examined({ ...env, NEO4J_URI: "bolt://user:secretword@127.0.0.1:1" });
    expect(gone.of("Neo4j")).toMatchObject({
      ok: false,
      detail: expect.stringContaining("No Neo4j answers at bolt://127.0.0.1:1"),
      fix: expect.stringContaining("Is it running"),
    });
    expect(gone.stdout).not.toContain("secretword");
    const silent = await examined({ ...env, NEO4J_URI: `bolt://127.0.0.1:${portOf(await listening())}` });
    expect(silent.of("Neo4j")).toMatchObject({ ok: false });
    expect(silent.ms).toBeLessThan(11_000);
    expect((await examined({ ...env, NEO4J_URI: "http://x" })).of("graph file")).toMatchObject({
      ok: false,
      detail: expect.stringContaining("NEO4J_URI"),
    });
  });

  test.skipIf(!isNeo4jHere)(
    "that is there: version, indexes and rights; a password that is wrong",
    async () => {
      const { env } = await setUp();
      const { uri, username, password, database, driver } = await emptyNeo4j();
      const names = {
        NEO4J_URI: uri,
        NEO4J_USERNAME: username,
        NEO4J_PASSWORD: password,
        NEO4J_DATABASE: database,
      };
      const fresh = await examined({ ...env, ...names });
      expect(fresh.problems).toEqual([]);
      expect(fresh.of("Neo4j")?.detail).toMatch(/, \d+\.\d+\.\d+ community, database "neo4j", 0 notes\.$/);
      expect(fresh.of("Neo4j indexes")?.detail).toBe("made by the first ingest.");
      expect(fresh.of("Neo4j rights")?.ok).toBe(true);
      await driver.executeQuery("CREATE (:Note {id: 'a'})", {}, { database });
      const bare = await examined({ ...env, ...names });
      expect(bare.problems).toEqual(["Neo4j indexes"]);
      const refused = await examined({ ...env, ...names, NEO4J_PASSWORD: "wrong-password" });
      expect(refused.of("Neo4j")).toMatchObject({
        ok: false,
        fix: expect.stringContaining("NEO4J_PASSWORD"),
      });
      expect(refused.stdout).not.toContain("wrong-password");
    },
  );
});
