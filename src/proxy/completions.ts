import type { IncomingMessage, ServerResponse } from "node:http";
import {
  RoutingError,
  walk,
  type Attempt,
  type RouteState,
  type Router,
  type Walked,
} from "../routing/core.ts";
import type { ProxyAnswer, ProxyCall } from "./call.ts";
import type { ReadRequest, RequestRules } from "./chat-request.ts";
import { ChunkedSink } from "./chunked-sink.ts";
import { errorAnswer, errorEvent } from "./error-body.ts";
import type { BodyReader } from "./read-body.ts";
import type { RequestLog } from "./request-log.ts";
import { RequestProblem } from "./request-problem.ts";
import { send, sendError, sendRefusal } from "./responses.ts";
import { routeHeaders } from "./route-headers.ts";

/** Who is told how requests went. */
export interface RequestObserver {
  /** A request has ended, answered or not; seconds since it arrived. */
  readonly onRequest: (end: RequestEnd) => void;
}

export interface RequestEnd {
  readonly model: string;
  readonly status: number;
  readonly seconds: number;
  readonly route: RouteState | undefined;
  /** Of a stream: from the attempt's start to its first content. */
  readonly firstContentMs?: number | undefined;
}

/** Everything that serving routed requests takes. */
export interface Counter {
  readonly router: Router;
  readonly attempt: Attempt<ProxyCall, ProxyAnswer>;
  readonly rules: RequestRules;
  readonly bodies: BodyReader;
  /** Those being served: aborted when the proxy can wait no longer. */
  readonly callers: Set<AbortController>;
  readonly log: RequestLog;
  readonly observer: RequestObserver;
  readonly read: (
    bytes: Buffer,
    headers: IncomingMessage["headers"],
    callerSignal: AbortSignal,
    rules: RequestRules,
  ) => ReadRequest;
}

/** Serves one request that is routed: reads it, walks its route and writes the answer, or the error. */
export async function serveRouted(
  counter: Counter,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const startedAtMs = performance.now();
  const caller = new AbortController();
  const served: Served = { counter, request, response, startedAtMs, model: "" };
  counter.callers.add(caller);
  response.on("close", () => {
    counter.callers.delete(caller);
    if (!response.writableFinished) caller.abort(callerLeft);
  });
  try {
    const bytes = await counter.bodies.read(request, (giveBack) => response.on("close", giveBack));
    if (bytes === undefined) return;
    const { route, call } = counter.read(bytes, request.headers, caller.signal, counter.rules);
    served.model = route.model;
    const walked = await walk(counter.router, route, call, counter.attempt, caller.signal);
    if (walked.answer.kind === "whole") sendWhole(served, walked.answer, walked.route);
    else await sendStream(served, walked.answer, walked);
  } catch (error) {
    fail(served, error);
  }
}

interface Served {
  readonly counter: Counter;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly startedAtMs: number;
  model: string;
}

/** One for all: an error of its own for each would cost a stack. */
const callerLeft = new Error("The caller went away.");

function sendWhole(
  served: Served,
  { bytes, upstreamMs }: Extract<ProxyAnswer, { kind: "whole" }>,
  route: RouteState,
): void {
  const headers = answerHeaders(served, route, upstreamMs);
  const costUsd = route.attempts.at(-1)?.costUsd;
  if (costUsd !== undefined) headers.push("x-litellm-response-cost", String(costUsd));
  send(served.response, 200, bytes, headers);
  complete(served, route);
}

const streamHeaders = [
  "content-type",
  "text/event-stream; charset=utf-8",
  "cache-control",
  "no-cache",
  // Nginx and its kin hold events back otherwise.
  "x-accel-buffering",
  "no",
] as const;

async function sendStream(
  served: Served,
  { stream, upstreamMs }: Extract<ProxyAnswer, { kind: "stream" }>,
  { route, ended }: Walked<ProxyAnswer>,
): Promise<void> {
  const { response } = served;
  if (!response.destroyed) {
    response.writeHead(200, [...streamHeaders, ...answerHeaders(served, route, upstreamMs)]);
    stream.attach(new ChunkedSink(response, () => stream.resume()));
  }
  const whole = await ended;
  const failure = whole.attempts.at(-1)?.failure;
  if (failure === undefined) {
    complete(served, whole, upstreamMs);
    return;
  }
  if (!response.destroyed && !response.writableEnded) {
    response.end(errorEvent(failure));
    // A caller that reads no more holds its connection no longer.
    response.socket?.setTimeout(lastWordMs, () => response.destroy());
  }
  report(served, { status: failure.kind === "cancelled" ? 499 : 200, code: failure.kind, route: whole });
}

/** Refusals of a body that may still be coming. */
const unreadBody = new Set(["REQUEST_TOO_LARGE", "BUSY"]);
const lastWordMs = 10_000;

function answerHeaders({ startedAtMs }: Served, route: RouteState, upstreamMs: number): string[] {
  const headers = routeHeaders(route);
  const overheadMs = Math.max(0, performance.now() - startedAtMs - upstreamMs);
  headers.push("x-litellm-overhead-duration-ms", overheadMs.toFixed(3));
  return headers;
}

function complete({ counter, startedAtMs, model }: Served, route: RouteState, firstContentMs?: number): void {
  const last = route.attempts.at(-1);
  const seconds = (performance.now() - startedAtMs) / 1_000;
  counter.observer.onRequest({ model, status: 200, seconds, route, firstContentMs });
  if (last === undefined) return;
  const { group, deployment } = last;
  counter.log.say({ event: "completed", id: route.id, group, deployment, model: last.model, seconds, route });
}

function fail(served: Served, given: unknown): void {
  const { response } = served;
  const route = given instanceof RoutingError ? given.route : undefined;
  // Whoever is still there did not cancel it.
  const isStopped = given instanceof RoutingError && given.code === "CANCELLED" && !response.destroyed;
  const error = isStopped ? new RequestProblem(503, "STOPPING", "The proxy is being stopped.") : known(given);
  if (!(error instanceof RoutingError || error instanceof RequestProblem)) {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    served.counter.log.say({ event: "warning", message: `Unforeseen, please report it: ${what}` });
  }
  const isBegun = response.headersSent;
  const isBodyUnread = error instanceof RequestProblem && unreadBody.has(error.code);
  const { status, body } = isBodyUnread
    ? sendRefusal(served.request, response, error)
    : isBegun
      ? errorAnswer(error)
      : sendError(response, error);
  if (isBegun) response.destroy();
  report(served, { status, code: String(body.error.code), route });
}

/** What no parser minds and no writer of JSON can follow. */
function known(error: unknown): unknown {
  if (!(error instanceof RangeError && /call stack/i.test(error.message))) return error;
  return new RequestProblem(400, "INVALID_JSON", "The request's body is nested too deeply.");
}

function report(
  { counter, startedAtMs, model }: Served,
  { status, code, route }: { status: number; code: string; route: RouteState | undefined },
): void {
  const seconds = (performance.now() - startedAtMs) / 1_000;
  counter.observer.onRequest({ model, status: status === 200 ? 502 : status, seconds, route });
  counter.log.say({ event: "failed", id: route?.id ?? "-", status, code, seconds, route });
}
