import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gatekeeper, isLoopback } from "./auth.ts";
import { refuseConnection } from "./client-error.ts";
import type { Endpoint, Endpoints } from "./endpoints.ts";
import { portTaken } from "./port-user.ts";
import { RequestProblem } from "./request-problem.ts";
import type { RequestLog } from "./request-log.ts";
import { sendError } from "./responses.ts";
import { UsageError } from "../errors.ts";

export interface ServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly masterKey?: string | undefined;
  readonly endpoints: Endpoints;
  readonly log: RequestLog;
  readonly limits?: Partial<ServerLimits>;
  /** Told when a stop can wait no longer: what is still being answered is to end now. */
  readonly onLastCall: () => void;
}

/** What a connection may cost, in milliseconds and bytes. */
export interface ServerLimits {
  readonly headersMs: number;
  readonly requestMs: number;
  readonly idleMs: number;
  readonly headerBytes: number;
}

const builtInLimits: ServerLimits = {
  headersMs: 10_000,
  requestMs: 120_000,
  // Longer than a load balancer before it keeps connections.
  idleMs: 65_000,
  headerBytes: 16 * 1024,
};

export interface RunningServer {
  /** Such as `http://127.0.0.1:4000`. */
  readonly url: string;
  /** Takes no new request and waits for those under way, at most so long; then ends them. */
  readonly stop: (graceMs: number) => Promise<void>;
}

/** Starts listening. Throws UsageError for an address that may not be served or a port that is taken. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { host, port, masterKey, endpoints, log } = options;
  if (masterKey === undefined && !isLoopback(host)) {
    throw new UsageError(
      "NO_MASTER_KEY",
      `Without a master key only this machine is served, and ${host} is not loopback: set general_settings.master_key, or leave --host out.`,
    );
  }
  const limits = { ...builtInLimits, ...options.limits };
  const mayEnter = gatekeeper(masterKey);
  const underWay = new Set<ServerResponse>();
  let isStopping = false;
  const server = createServer(
    {
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.idleMs,
      connectionsCheckingInterval: Math.min(2_000, limits.headersMs),
      maxHeaderSize: limits.headerBytes,
      requireHostHeader: false,
      keepAlive: true,
    },
    (request, response) => {
      underWay.add(response);
      response.on("close", () => {
        underWay.delete(response);
        // A connection that was kept for more is not waited for.
        if (isStopping) setImmediate(() => server.closeIdleConnections());
      });
      if (isStopping) response.shouldKeepAlive = false;
      serve(request, response);
    },
  );
  const serve = (request: IncomingMessage, response: ServerResponse) => {
    try {
      const endpoint = endpointOf(endpoints, request);
      if (endpoint?.isOpen !== true) mayEnter(request.headers);
      if (endpoint === undefined) throw notFound();
      const serveIt = endpoint.methods[request.method ?? ""];
      if (serveIt === undefined) {
        const allowed = Object.keys(endpoint.methods).join(", ");
        const message = `This address takes ${allowed}.`;
        sendError(response, new RequestProblem(405, "METHOD_NOT_ALLOWED", message), ["allow", allowed]);
        request.resume();
        return;
      }
      serveIt(request, response);
    } catch (error) {
      sendError(response, error);
      request.resume();
    }
  };
  server.on("clientError", refuseConnection);
  await listening(server, host, port);
  const { address, port: bound, family } = server.address() as AddressInfo;
  const url = `http://${family === "IPv6" ? `[${address}]` : address}:${bound}`;
  let stopping: Promise<void> | undefined;
  const stop = async (graceMs: number) => {
    isStopping = true;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    if (underWay.size > 0) log.say({ event: "stopping", inFlight: underWay.size });
    const lastCall = setTimeout(options.onLastCall, graceMs);
    const end = setTimeout(() => server.closeAllConnections(), graceMs + lastWordMs);
    await closed;
    clearTimeout(lastCall);
    clearTimeout(end);
  };
  return { url, stop: (graceMs) => (stopping ??= stop(graceMs)) };
}

/** That a crowd of clients finds room until all are let in. */
const waitingConnections = 4_096;

/** To write the last word into what is being answered. */
const lastWordMs = 200;

function endpointOf(endpoints: Endpoints, { url = "/" }: IncomingMessage): Endpoint | undefined {
  const query = url.indexOf("?");
  const path = query < 0 ? url : url.slice(0, query);
  return endpoints.at(path);
}

function notFound(): RequestProblem {
  return new RequestProblem(
    404,
    "NOT_FOUND",
    "There is nothing at this address: /v1/chat/completions, /v1/embeddings, /v1/models, /health and /metrics are served.",
  );
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (problem: NodeJS.ErrnoException) => {
      if (problem.code === "EADDRINUSE") void portTaken(host, port, problem).then(reject, reject);
      else reject(unusable(host, port, problem));
    });
    server.listen({ port, host, backlog: waitingConnections }, resolve);
  });
}

function unusable(host: string, port: number, error: NodeJS.ErrnoException): UsageError {
  const hint =
    error.code === "EACCES" ? "it needs rights that this user has not: take one above 1023" : error.message;
  return new UsageError("PORT_UNUSABLE", `The proxy cannot listen at ${host}:${port}: ${hint}.`, {
    cause: error,
  });
}
