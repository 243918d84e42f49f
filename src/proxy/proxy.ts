import type { IncomingMessage, ServerResponse } from "node:http";
import type { Attempt, Router } from "../routing/core.ts";
import type { ProxyAnswer, ProxyCall } from "./call.ts";
import { readChatRequest, readEmbeddingsRequest, type RequestRules } from "./chat-request.ts";
import { serveRouted, type Counter, type RequestObserver } from "./completions.ts";
import { Endpoints, type Serve } from "./endpoints.ts";
import { deepHealthReport, healthReport } from "./health.ts";
import type { ProxyMetrics } from "./metrics.ts";
import { listedModel, listedModels } from "./models.ts";
import type { BodyReader } from "./read-body.ts";
import type { RequestLog } from "./request-log.ts";
import { send, sendError, sendJson } from "./responses.ts";

/** What is served is made of. */
export interface ProxyParts {
  readonly chat: Router;
  readonly embeddings: Router;
  readonly attempt: Attempt<ProxyCall, ProxyAnswer>;
  readonly rules: RequestRules;
  readonly bodies: BodyReader;
  readonly callers: Set<AbortController>;
  readonly log: RequestLog;
  readonly metrics: ProxyMetrics;
  readonly now: () => number;
}

/** OpenAI's API over the routers, and what operators ask of a proxy. */
export function proxyEndpoints(parts: ProxyParts): Endpoints {
  const { chat, embeddings, metrics, now } = parts;
  const routers = [chat, embeddings];
  const models = listedModels(routers, Math.floor(now() / 1_000));
  const get = (serve: Serve) => ({ methods: { GET: serve } });
  const open = (serve: Serve) => ({ ...get(serve), isOpen: true });
  return new Endpoints()
    .add("/chat/completions", routed({ ...parts, router: chat, read: readChatRequest }))
    .add("/embeddings", routed({ ...parts, router: embeddings, read: readEmbeddingsRequest }))
    .add(
      "/models",
      get((_, response) => sendJson(response, { object: "list", data: models })),
    )
    .addBelow(
      "/models",
      get((request, response) => sendJson(response, listedModel(models, nameIn(request)))),
    )
    .add(
      "/health",
      get((request, response) => void health(parts, request, response)),
    )
    .add(
      "/health/liveliness",
      open((_, response) => sendJson(response, "I'm alive!")),
    )
    .add(
      "/health/liveness",
      open((_, response) => sendJson(response, "I'm alive!")),
    )
    .add(
      "/health/readiness",
      open((_, response) => sendJson(response, { status: "healthy" })),
    )
    .add(
      "/metrics",
      get((_, response) => void showMetrics(metrics, response)),
    );
}

function routed(
  parts: Omit<Counter, "observer"> & { readonly metrics: RequestObserver },
): ReturnType<Endpoints["at"]> & object {
  const counter: Counter = { ...parts, observer: parts.metrics };
  return { methods: { POST: (request, response) => void serveRouted(counter, request, response) } };
}

/** A name may hold slashes, encoded or not. */
function nameIn({ url = "" }: IncomingMessage): string {
  const [path = ""] = url.split("?");
  const name = path.slice(path.indexOf("/models/") + "/models/".length);
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

async function health(
  { chat, embeddings, attempt, now }: ProxyParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const deep = new URLSearchParams(request.url?.split("?")[1]).get("deep");
    if (deep !== "1" && deep !== "true") {
      sendJson(response, healthReport([chat, embeddings], now()));
      return;
    }
    const gone = new AbortController();
    response.on("close", () => gone.abort(new Error("The caller went away.")));
    const checks = [
      { router: chat, attempt, endpoint: "chat" },
      { router: embeddings, attempt, endpoint: "embeddings" },
    ] as const;
    sendJson(response, await deepHealthReport(checks, now, gone.signal));
  } catch (error) {
    sendError(response, error);
  }
}

async function showMetrics(metrics: ProxyMetrics, response: ServerResponse): Promise<void> {
  try {
    send(response, 200, await metrics.text(), [], metrics.contentType);
  } catch (error) {
    sendError(response, error);
  }
}
