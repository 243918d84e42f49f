import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** A LocalAI's gallery, jobs and models, as its source has them (v4.7.1, or another where said). */
export interface FakeLocalAi {
  readonly url: string;
  readonly port: number;
  /** Method and path of every request, in turn. */
  readonly seen: string[];
  /** Bodies of POST /models/apply. */
  readonly applied: Record<string, unknown>[];
  /** Names that /v1/models lists. */
  readonly served: Set<string>;
  readonly jobs: Map<string, Job>;
  /** Bodies of what models were asked. */
  readonly asked: Record<string, unknown>[];
  /** The process ends and a new one starts at the same port: jobs are forgotten. */
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface Job {
  readonly id: string;
  readonly entry: string;
  readonly name: string;
  polls: number;
  percent: number;
  end?: { readonly error?: string; readonly cancelled?: boolean };
}

export interface FakeOptions {
  readonly entries?: readonly Record<string, unknown>[];
  readonly key?: string;
  readonly served?: readonly string[];
  /** What a job comes to at each look at it: undefined to go on, else its end. */
  readonly onPoll?: (job: Job, ai: FakeLocalAi) => Job["end"] | Promise<Job["end"]> | undefined;
  /** Before v4.3.2 an error is `{}`, its text in the message. */
  readonly saysErrorsInMessages?: boolean;
  /** Answers in place of what it would. */
  readonly misbehave?: (request: IncomingMessage, response: ServerResponse, ai: FakeLocalAi) => boolean;
  /** Before v4.8 an application is answered when the job before it is done. */
  readonly appliesAfter?: (ai: FakeLocalAi) => Promise<void>;
  /** Entries with several builds, which v4.8 knows. */
  readonly variants?: Readonly<Record<string, readonly string[]>>;
  readonly estimates?: Readonly<Record<string, number>>;
  readonly contextSize?: number;
  /** Of the file that a job fetches; default 1.9 GiB. */
  readonly totalSize?: string;
  /** Jobs that are done but not listed until a reload. */
  readonly listsAfterReload?: boolean;
}

/** Entries of the real gallery, as /models/available has them. */
export const galleryEntries: readonly Record<string, unknown>[] = [
  ["llama-3.2-1b-instruct:q4_k_m", "llama-3.2-1b-instruct-q4_k_m.gguf"],
  ["llama-3.2-3b-instruct:q8_0", "Llama-3.2-3B-Instruct-Q8_0.gguf"],
  ["llama-3.2-3b-instruct:q4_k_m", "llama-3.2-3b-instruct-q4_k_m.gguf"],
  ["llama-3.2-3b-instruct-uncensored", "Llama-3.2-3B-Instruct-uncensored-Q4_K_M.gguf"],
  ["meta-llama-3.1-8b-instruct", "Meta-Llama-3.1-8B-Instruct.Q4_K_M.gguf"],
  ["gemma-3-4b-it", "gemma-3-4b-it-Q4_K_M.gguf"],
  ["gemma-3-4b-it-qat", "gemma-3-4b-it-qat-Q4_0.gguf"],
  ["qwen_qwen3.5-4b", "Qwen3.5-4B-Q4_K_M.gguf"],
  ["mistral-7b-instruct-v0.3", "Mistral-7B-Instruct-v0.3-Q4_K_M.gguf"],
  ["deepseek-r1-distill-qwen-7b", "DeepSeek-R1-Distill-Qwen-7B-Q4_K_M.gguf"],
  ["nomic-embed-text-v1.5", "nomic-embed-text-v1.5.f16.gguf", ["embeddings"]],
  ["qwen3-tts-0.6b-custom-voice", "qwen3-tts.safetensors", ["text-to-speech", "tts"]],
].map(([name, filename, tags = ["llm", "gguf"]]) => ({
  name,
  license: "llama3.2",
  tags,
  files: [{ filename, sha256: "0", uri: `huggingface://x/${String(filename)}` }],
  gallery: { url: "github:mudler/LocalAI/gallery/index.yaml@master", name: "localai" },
}));

/** Starts one on loopback; it ends with the test. */
export async function startLocalAi(options: FakeOptions = {}): Promise<FakeLocalAi> {
  const entries = options.entries ?? galleryEntries;
  let server: Server;
  let port = 0;
  const listen = () =>
    new Promise<void>((resolve) => {
      server = createServer((request, response) => void answer(request, response));
      server.listen(port, "127.0.0.1", () => {
        ({ port } = server.address() as AddressInfo);
        resolve();
      });
    });
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  await listen();
  onTestFinished(stop);
  const ai: FakeLocalAi = {
    url: `http://127.0.0.1:${port}/v1`,
    port,
    seen: [],
    applied: [],
    asked: [],
    served: new Set(options.served ?? []),
    jobs: new Map(),
    restart: async () => {
      ai.jobs.clear();
      await stop();
      await listen();
    },
    stop,
  };
  return ai;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent((request.url ?? "").split("?")[0] ?? "");
    ai.seen.push(`${request.method} ${path}`);
    if (options.misbehave?.(request, response, ai) === true) return;
    const send = (status: number, body: unknown) => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    const refuse = (code: number, message: string, type = "") =>
      send(code, { error: { code, message, type } });
    if (options.key !== undefined && request.headers.authorization !== `Bearer ${options.key}`)
      return refuse(401, "An authentication key is required", "invalid_request_error");
    const body = request.method === "POST" ? await bodyOf(request) : {};
    const [, jobId] = /^\/models\/jobs\/(.+)$/.exec(path) ?? [];
    const [, cancelled] = /^\/api\/operations\/(.+)\/cancel$/.exec(path) ?? [];
    const [, estimated] = /^\/api\/models\/estimate\/localai@(.+)$/.exec(path) ?? [];
    const [, varied] = /^\/api\/models\/variants\/localai@(.+)$/.exec(path) ?? [];
    const [, configured] = /^\/api\/models\/config-json\/(.+)$/.exec(path) ?? [];
    if (path === "/v1/models")
      return send(200, { object: "list", data: [...ai.served].map((id) => ({ id, object: "model" })) });
    if (path === "/models/available") return send(200, entries);
    if (path === "/models/jobs")
      return send(200, Object.fromEntries([...ai.jobs.values()].map((job) => [job.id, statusOf(job)])));
    if (path === "/models/reload") {
      for (const job of ai.jobs.values())
        if (job.end !== undefined && job.end.error === undefined) ai.served.add(job.name);
      return send(200, {});
    }
    if (path === "/models/apply") {
      ai.applied.push(body);
      await options.appliesAfter?.(ai);
      const job = makeJob(body);
      return send(200, { uuid: job.id, status: `${ai.url}/models/jobs/${job.id}` });
    }
    if (jobId !== undefined) {
      const job = ai.jobs.get(jobId);
      if (job === undefined) return refuse(500, "could not find any status for ID");
      await advance(job);
      return send(200, statusOf(job));
    }
    if (cancelled !== undefined) {
      const job = ai.jobs.get(cancelled);
      if (job === undefined || job.end !== undefined)
        return send(400, { error: `operation "${cancelled}" not found or already completed` });
      job.end = { error: "context canceled" };
      return send(200, { message: "Operation cancelled", success: true });
    }
    if (estimated !== undefined && options.estimates !== undefined)
      return send(200, { sizeBytes: options.estimates[estimated] ?? 0, sizeDisplay: "", estimates: {} });
    if (varied !== undefined && options.variants !== undefined)
      return send(200, {
        variants: (options.variants[varied] ?? []).map((model) => ({ model, fits: true })),
        auto_selected: "",
      });
    if (configured !== undefined)
      return options.contextSize === undefined
        ? send(404, { error: "model configuration not found" })
        : send(200, { context_size: options.contextSize });
    if (path === "/v1/chat/completions" || path === "/v1/embeddings") {
      ai.asked.push({ path, ...body });
      if (!ai.served.has(String(body["model"])))
        return refuse(
          404,
          `model "${String(body["model"])}" not found. To see available models, call GET /v1/models`,
          "invalid_request_error",
        );
      return send(200, {
        choices: [{ message: { role: "assistant", content: "Hi" }, finish_reason: "length" }],
        data: [{ embedding: [0] }],
      });
    }
    return refuse(404, "Resource not found");
  }

  function makeJob(body: Record<string, unknown>): Job {
    const entry = String(body["id"]);
    const known = entries.find(({ name }) => entry === `localai@${String(name)}`);
    const pinned = body["variant"];
    const isOdd =
      pinned !== undefined && options.variants?.[String(known?.["name"])]?.includes(String(pinned)) !== true;
    const job: Job = {
      id: randomUUID(),
      entry,
      name: String(body["name"] ?? known?.["name"]),
      polls: 0,
      percent: 0,
    };
    if (known === undefined) job.end = { error: `no model found with name "${entry}"` };
    if (isOdd && options.variants !== undefined) job.end = { error: "pinned model variant not found" };
    ai.jobs.set(job.id, job);
    return job;
  }

  async function advance(job: Job): Promise<void> {
    if (job.end !== undefined) return;
    job.polls += 1;
    const end = await options.onPoll?.(job, ai);
    if (end !== undefined) job.end = end;
    else if (options.onPoll === undefined && job.polls >= 3) job.end = {};
    job.percent = Math.min(99, job.polls * 20);
    if (job.end !== undefined && job.end.error === undefined && options.listsAfterReload !== true)
      ai.served.add(job.name);
  }

  function statusOf(job: Job): Record<string, unknown> {
    const { end, percent } = job;
    const error = end?.error;
    const isOver = end !== undefined;
    const message = error === undefined ? "completed" : `error: ${error}`;
    return {
      deletion: false,
      file_name: "",
      ...(options.saysErrorsInMessages === true
        ? { error: error === undefined ? null : {} }
        : error !== undefined && { error }),
      processed: isOver,
      message: isOver
        ? message
        : `processing file: /models/x.gguf.partial. Total: 1.9 GiB. Current: ${percent * 19} MiB`,
      progress: isOver ? 100 : percent,
      file_size: options.totalSize ?? "1.9 GiB",
      downloaded_size: `${percent * 19} MiB`,
      gallery_element_name: "",
      cancelled: end?.cancelled ?? false,
      cancellable: !isOver,
    };
  }
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = "";
  for await (const part of request.setEncoding("utf8")) text += part as string;
  return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
}
