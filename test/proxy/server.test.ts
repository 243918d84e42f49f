import { connect } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openaiAnswer, openaiEvents } from "../support/provider-servers/bodies.ts";
import { answer, events, startWireServer, type WireServer } from "../support/provider-servers/wire-server.ts";
import { startProxy, type StartedProxy } from "../support/proxy.ts";

const key = "sk-of-the-proxy";
const hello = { model: "main", messages: [{ role: "user", content: "a secret question" }] };

/** More brackets than a writer of JSON can follow, in less than a mebibyte. */
const deepBody = JSON.stringify(hello).replace(
  /\}$/,
  `,"tools":[${"[".repeat(200_000)}${"]".repeat(200_000)}]}`,
);

let provider: WireServer;
let proxy: StartedProxy;

function config(more: object = {}) {
  return {
    model_list: [
      {
        model_name: "main",
        litellm_params: {
          model: "openai/llama",
          api_base: `${provider.url}/v1`,
          api_key: "sk-of-the-provider",
        },
      },
      {
        model_name: "vectors",
        litellm_params: { model: "openai/text-embedding-x", api_base: `${provider.url}/v1`, api_key: "k" },
        model_info: { mode: "embedding" },
      },
    ],
    router_settings: { num_retries: 0, model_group_alias: { "gpt-4": "main" } },
    ...more,
  };
}

beforeAll(async () => {
  provider = await startWireServer();
  proxy = await startProxy(config({ general_settings: { master_key: key } }), {
    limits: { headersMs: 300, requestMs: 600 },
    bodyLimits: { bodyBytes: 1024 * 1024 },
  });
});
afterAll(() => Promise.all([proxy.close(), provider.close()]));
beforeEach(() => {
  provider.requests.length = 0;
  provider.reply = answer(200, openaiAnswer("fine"));
});

function ask(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${proxy.url}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${key}`, ...(init.headers as Record<string, string>) },
  });
}

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  ask(path, { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body), headers });

async function expectError(response: Response, status: number, part: string): Promise<void> {
  const body = (await response.json()) as { error: Record<string, unknown> };
  expect(response.status, JSON.stringify(body)).toBe(status);
  expect(Object.keys(body)).toEqual(["error"]);
  expect(body.error).toEqual({
    message: expect.stringContaining(part),
    type: expect.stringMatching(/^[a-z_]+$/),
    param: body.error["param"] === null ? null : expect.any(String),
    code: expect.any(String),
  });
}

describe("the key", () => {
  it.each([
    ["none", {}],
    ["a wrong one", { authorization: "Bearer sk-of-the-proxz" }],
    ["a longer one", { authorization: `Bearer ${key}1` }],
    ["an empty one", { authorization: "Bearer " }],
    ["another scheme", { authorization: `Basic ${key}` }],
    ["a very long one", { authorization: `Bearer ${"x".repeat(10_000)}` }],
  ] as [string, Record<string, string>][])(
    "%s is a 401 everywhere but at liveliness and readiness",
    async (_, headers) => {
      for (const path of ["/v1/models", "/health", "/metrics", "/nothing", "/v1/chat/completions"]) {
        const response = await fetch(`${proxy.url}${path}`, { headers });
        expect(response.headers.get("www-authenticate")).toBe("Bearer");
        await expectError(response, 401, "key");
      }
      for (const path of ["/health/liveliness", "/health/readiness"]) {
        expect((await fetch(`${proxy.url}${path}`, { headers })).status).toBe(200);
      }
      expect(provider.requests).toEqual([]);
    },
  );

  it("may be shown as Azure's and Anthropic's clients show it", async () => {
    for (const name of ["api-key", "x-api-key"]) {
      expect((await fetch(`${proxy.url}/v1/models`, { headers: { [name]: key } })).status).toBe(200);
    }
  });

  it("of the proxy never reaches a provider, and the provider's own never a caller", async () => {
    const response = await post("/v1/chat/completions", hello, { "x-own": "1", cookie: "a=b" });
    expect(response.status).toBe(200);
    const [seen] = provider.requests;
    expect(seen?.headers).toMatchObject({ authorization: "Bearer sk-of-the-provider" });
    expect(JSON.stringify(seen?.headers)).not.toMatch(/sk-of-the-proxy|x-own|cookie/);
    expect(JSON.stringify([...response.headers]) + (await response.text())).not.toContain("sk-of");
  });
});

describe("without a key", () => {
  it("another address than loopback is refused", async () => {
    await expect(startProxy(config(), { host: "0.0.0.0" })).rejects.toThrow(/master_key/);
  });

  it("programs of this machine are served, and no page from elsewhere", async () => {
    const open = await startProxy(config());
    const status = async (headers: Record<string, string>) => {
      const { port } = new URL(open.url);
      const lines = Object.entries({ host: `127.0.0.1:${port}`, ...headers }).map(
        ([name, value]) => `${name}: ${value}\r\n`,
      );
      const said = await exchange(
        Number(port),
        `GET /v1/models HTTP/1.1\r\n${lines.join("")}connection: close\r\n\r\n`,
      );
      return Number(said.split(" ")[1]);
    };
    try {
      expect(await status({})).toBe(200);
      expect(await status({ host: "localhost:4000", origin: "http://localhost:3000" })).toBe(200);
      expect(await status({ host: "evil.example" })).toBe(403);
      expect(await status({ origin: "https://evil.example" })).toBe(403);
      expect(await status({ origin: "null" })).toBe(403);
      expect(await status({ "sec-fetch-site": "cross-site" })).toBe(403);
    } finally {
      await open.close();
    }
  });
});

describe("a request that is none", () => {
  it.each([
    ["broken JSON", "{", "JSON"],
    ["no JSON at all", "", "JSON"],
    ["a list", [], "object"],
    ["no model", { messages: hello.messages }, "model"],
    ["a model that is a number", { ...hello, model: 4 }, "model"],
    ["no messages", { model: "main" }, "messages"],
    ["messages that are a text", { model: "main", messages: "hi" }, "messages"],
    ["an empty list of messages", { model: "main", messages: [] }, "messages"],
    ["a message without a role", { model: "main", messages: [{ content: "hi" }] }, "role"],
    ["a content that is a number", { model: "main", messages: [{ role: "user", content: 4 }] }, "content"],
    ["a stream that is a text", { ...hello, stream: "yes" }, "stream"],
    ["retries that are a text", { ...hello, num_retries: "many" }, "num_retries"],
    ["a timeout below zero", { ...hello, timeout: -1 }, "timeout"],
    ["fallbacks that are a number", { ...hello, fallbacks: 3 }, "fallbacks"],
    ["tags that are numbers", { ...hello, tags: [1] }, "tags"],
    ["tools nested too deeply", deepBody, "nested"],
    ["a response_format that is a text", { ...hello, response_format: "json" }, "response_format"],
  ])("%s is a 400 that says so", async (_, body, part) => {
    await expectError(await post("/v1/chat/completions", body), 400, part);
    expect(provider.requests).toEqual([]);
  });

  it("a model that nobody has is a 400 that lists those there are, and an embedding model is none to chat with", async () => {
    await expectError(await post("/v1/chat/completions", { ...hello, model: "none" }), 400, "main");
    await expectError(await post("/v1/chat/completions", { ...hello, model: "vectors" }), 400, "vectors");
    await expectError(await post("/v1/embeddings", { model: "main", input: "x" }), 400, "vectors");
  });

  it("an unknown address is a 404 and a wrong method a 405, whatever is written in them", async () => {
    for (const path of [
      "/",
      "/v1",
      "/v2/models",
      "/v1/chat/completions/",
      "/%2e%2e/etc/passwd",
      "//models",
    ]) {
      await expectError(await ask(path), 404, "address");
    }
    const { port } = new URL(proxy.url);
    for (const path of [
      "/../../etc/passwd",
      "/v1/../v1/x",
      "http://evil.example/v1/models",
      "/v1/models\\..\\x",
    ]) {
      const said = await exchange(
        Number(port),
        `GET ${path} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${key}\r\nconnection: close\r\n\r\n`,
      );
      expect(said, path).toMatch(/^HTTP\/1\.1 404 /);
    }
    const wrong = await ask("/v1/chat/completions");
    expect(wrong.headers.get("allow")).toBe("POST");
    await expectError(wrong, 405, "POST");
    await expectError(await ask("/v1/models", { method: "OPTIONS" }), 405, "GET");
  });

  it("shows no page of another origin that it may read an answer", async () => {
    const response = await post("/v1/chat/completions", hello, { origin: "https://elsewhere.example" });
    expect([...response.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
  });

  it("a body that is too large is a 413, told before it is sent whole", async () => {
    const large = JSON.stringify({ ...hello, padding: "x".repeat(1_100_000) });
    await expectError(await post("/v1/chat/completions", large), 413, "1 MiB");
    const { port } = new URL(proxy.url);
    // Without a length: it is noticed on the way.
    const chunks = `${(900_000).toString(16)}\r\n${"x".repeat(900_000)}\r\n`;
    const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${key}\r\ntransfer-encoding: chunked\r\n\r\n`;
    expect(await exchange(Number(port), `${head}${chunks}${chunks}`)).toMatch(
      /^HTTP\/1\.1 413 [^]*request_too_large/,
    );
    expect((await post("/v1/chat/completions", hello)).status).toBe(200);
  });

  it("header lines that are too long, that are none, or that would be two, are refused", async () => {
    const port = Number(new URL(proxy.url).port);
    const long = await exchange(port, `GET /v1/models HTTP/1.1\r\nx: ${"y".repeat(20_000)}\r\n\r\n`);
    expect(long).toMatch(/^HTTP\/1\.1 431 [^]*"error"/);
    expect(await exchange(port, "nonsense\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 [^]*"error"/);
    const both = `POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`;
    expect(await exchange(port, both)).toMatch(/^HTTP\/1\.1 400 /);
    // A name of a model becomes part of no header and no line of the log.
    const injected = "any\r\nx-injected: 1\u001B[2J";
    const response = await post("/v1/chat/completions", { ...hello, model: injected });
    expect(response.headers.get("x-injected")).toBeNull();
    expect(response.status).toBe(400);
    expect(proxy.log()).not.toContain("\u001B");
  });

  it("a client that sends its head or its body drop by drop is told 408 and let go", async () => {
    const port = Number(new URL(proxy.url).port);
    const [head, body] = await Promise.all([
      exchange(port, "GET /v1/models HTTP/1.1\r\nx: "),
      exchange(
        port,
        `POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${key}\r\ncontent-length: 100\r\n\r\n{`,
      ),
    ]);
    expect(head).toMatch(/^HTTP\/1\.1 408 [^]*"error"/);
    expect(body).toMatch(/^HTTP\/1\.1 408 [^]*"error"/);
  });
});

describe("what is served", () => {
  it("has an unversioned twin everywhere", async () => {
    for (const prefix of ["", "/v1"]) {
      expect((await post(`${prefix}/chat/completions`, hello)).status).toBe(200);
      const models = (await (await ask(`${prefix}/models?limit=1`)).json()) as { data: { id: string }[] };
      expect(models.data.map(({ id }) => id)).toEqual(["main", "gpt-4", "vectors"]);
      expect(await (await ask(`${prefix}/models/gpt-4`)).json()).toMatchObject({
        id: "gpt-4",
        object: "model",
      });
      await expectError(await ask(`${prefix}/models/a%2Fb`), 404, "Known");
      expect(await (await ask(`${prefix}/health/liveliness`)).json()).toBe("I'm alive!");
    }
  });

  it("reports health in LiteLLM's shape, and asks nobody unless told to", async () => {
    const report = (await (await ask("/health")).json()) as Record<string, unknown>;
    expect(report).toMatchObject({ healthy_count: 2, unhealthy_count: 0, unhealthy_endpoints: [] });
    expect(report["healthy_endpoints"]).toMatchObject([
      { model: "openai/llama", model_id: "main", api_base: `${provider.url}/v1` },
      { model: "openai/text-embedding-x" },
    ]);
    expect(JSON.stringify(report)).not.toContain("sk-of");
    expect(provider.requests).toEqual([]);
    provider.reply = (response, request) =>
      request.path.endsWith("/embeddings")
        ? answer(500, { error: { message: "broken" } })(response, request)
        : answer(200, openaiAnswer("pong"))(response, request);
    const deep = (await (await ask("/health?deep=1")).json()) as Record<string, unknown>;
    expect(deep).toMatchObject({ healthy_count: 1, unhealthy_count: 1 });
    expect(deep["unhealthy_endpoints"]).toMatchObject([{ model_id: "vectors", error: "server_error" }]);
    expect(provider.requests).toHaveLength(2);
  });

  it("counts what it did under LiteLLM's names", async () => {
    await post("/v1/chat/completions", { ...hello, model: "made up", x: 1 });
    await (await post("/v1/chat/completions", { ...hello, stream: true })).text();
    const text = await (await ask("/metrics")).text();
    for (const name of [
      "litellm_proxy_total_requests_metric",
      "litellm_proxy_failed_requests_metric",
      "litellm_request_total_latency_metric",
      "litellm_llm_api_latency_metric",
      "litellm_llm_api_time_to_first_token_metric",
      "litellm_spend_metric",
      "litellm_input_tokens_metric",
      "litellm_output_tokens_metric",
      "litellm_deployment_state",
      "litellm_deployment_success_responses",
      "litellm_deployment_failure_responses",
      "litellm_deployment_cooled_down",
      "litellm_deployment_successful_fallbacks",
      "litellm_deployment_failed_fallbacks",
    ])
      expect(text, name).toContain(`# HELP ${name} `);
    expect(text).toMatch(
      /litellm_deployment_success_responses\{litellm_model_name="openai\/llama",model_id="main"/,
    );
    expect(text).toMatch(/litellm_input_tokens_metric\{model="openai\/llama"\} [1-9]/);
    // A caller's own words make no series.
    expect(text).not.toContain("made up");
    expect(text).not.toContain("sk-of");
  });

  it("passes on embeddings, and refuses an answer that lacks some", async () => {
    const list = (count: number) => ({
      object: "list",
      model: "text-embedding-x",
      data: Array.from({ length: count }, (_, index) => ({
        object: "embedding",
        index,
        embedding: [0.5, index],
      })),
      usage: { prompt_tokens: 3, total_tokens: 3 },
    });
    provider.reply = answer(200, list(2));
    const good = await post("/v1/embeddings", { model: "vectors", input: ["a", "b"] });
    expect(await good.json()).toEqual(list(2));
    expect(provider.requests[0]).toMatchObject({
      path: "/v1/embeddings",
      body: { model: "text-embedding-x" },
    });
    await expectError(
      await post("/v1/embeddings", { model: "vectors", input: ["a", "b", "c"] }),
      502,
      "embeddings",
    );
    await expectError(await post("/v1/embeddings", { model: "vectors", input: 4 }), 400, "input");
  });
});

it("writes no key, no prompt and no answer into its log, at any level and in any format", async () => {
  for (const logFormat of ["text", "json"] as const) {
    const loud = await startProxy(config(), { logFormat, logLevel: "debug" });
    const send = (body: object) =>
      fetch(`${loud.url}/v1/chat/completions`, {
        method: "POST",
        body: JSON.stringify({ ...hello, ...body }),
      }).then((response) => response.text());
    try {
      provider.reply = answer(200, openaiAnswer("a secret answer"));
      await send({});
      provider.reply = events(openaiEvents(["a secret ", "answer"]));
      await send({ stream: true });
      provider.reply = answer(400, {
        error: { message: "a secret question is no question, sk-of-the-provider" },
      });
      await send({});
      await send({ model: "a secret model" });
      const log = loud.log();
      expect(log).toMatch(
        logFormat === "json" ? /"event":"completed"/ : /^\[INFO\] Request completed in 0\.1s$/m,
      );
      expect(log).not.toMatch(/secret|sk-of/);
      if (logFormat === "json") for (const line of log.trim().split("\n")) JSON.parse(line);
    } finally {
      await loud.close();
    }
  }
});

/** What a server says to these bytes, until it closes the connection. */
function exchange(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let said = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    socket.setEncoding("utf8");
    socket.on("data", (text: string) => (said += text));
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(said));
  });
}
