import type { IncomingMessage, ServerResponse } from "node:http";
import { RoutingError, type RouteState } from "../routing/core.ts";
import { errorAnswer, type ErrorAnswer } from "./error-body.ts";
import { routeHeaders } from "./route-headers.ts";

/** A whole answer; headers are names and values in turn. */
export function send(
  response: ServerResponse,
  status: number,
  body: Buffer | string,
  headers: readonly string[] = [],
  contentType = "application/json",
): void {
  if (response.headersSent || response.destroyed) return;
  const length = typeof body === "string" ? Buffer.byteLength(body) : body.length;
  response.writeHead(status, ["content-type", contentType, "content-length", String(length), ...headers]);
  response.end(body);
}

export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  send(response, status, JSON.stringify(body));
}

/**
 * Refuses a body that is still coming: its sender has a moment to read the answer before the connection ends, which
 * would be lost if it were closed over unread bytes.
 */
export function sendRefusal(request: IncomingMessage, response: ServerResponse, error: unknown): ErrorAnswer {
  const answer = errorAnswer(error);
  const body = JSON.stringify(answer.body);
  if (response.headersSent || response.destroyed) return answer;
  const length = String(Buffer.byteLength(body));
  response.writeHead(answer.status, {
    "content-type": "application/json",
    "content-length": length,
    connection: "close",
    ...(answer.status === 503 && { "retry-after": "1" }),
  });
  response.write(body);
  const end = () => response.end();
  const timer = setTimeout(end, lastReadMs);
  request.once("end", end).once("close", () => clearTimeout(timer));
  request.resume();
  return answer;
}

const lastReadMs = 1_000;

/** An error in OpenAI's shape, with its true status and, when that is known, when to come again. */
export function sendError(
  response: ServerResponse,
  error: unknown,
  more: readonly string[] = [],
): ErrorAnswer {
  const answer = errorAnswer(error);
  const { status, body, retryAfterMs } = answer;
  const route: RouteState | undefined = error instanceof RoutingError ? error.route : undefined;
  const headers = [...(route === undefined ? [] : routeHeaders(route)), ...more];
  if (retryAfterMs !== undefined && retryAfterMs < Infinity) {
    headers.push("retry-after", String(Math.ceil(retryAfterMs / 1_000)));
    headers.push("retry-after-ms", String(Math.ceil(retryAfterMs)));
  }
  if (status === 401) headers.push("www-authenticate", "Bearer");
  send(response, status, JSON.stringify(body), headers);
  return answer;
}
