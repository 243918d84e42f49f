import type { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { request as send, type Dispatcher } from "undici";
import { assertLocalLiteral, connectionTo, type ConnectionOptions } from "./connection.ts";
import { bodyOf, messageIn, networkCode, ProviderError } from "./provider-error.ts";

export interface UpstreamRequest {
  /** Name of the deployment, for messages. */
  readonly deployment: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal | undefined;
  readonly connection?: ConnectionOptions | undefined;
}

/** An answer with a status of 200 to 299 whose body has not been read. */
export interface UpstreamAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Chunks of the body; a broken connection throws a ProviderError `cut`, an abort the signal's reason. */
  readonly chunks: () => AsyncGenerator<Uint8Array>;
  /** The whole body as text, with the same errors. */
  readonly text: () => Promise<string>;
}

/**
 * One HTTP request, nothing retried and no redirect followed. Throws the signal's reason when aborted, else
 * a ProviderError: `network` without an answer, `http` with status, headers and parsed body.
 */
export async function askUpstream(request: UpstreamRequest): Promise<UpstreamAnswer> {
  const { deployment, signal } = request;
  signal?.throwIfAborted();
  const response = await answered(request);
  const status = response.statusCode;
  const headers = plainHeaders(response.headers);
  const chunks = () => bodyChunks(decoded(response.body, headers), { deployment, signal, headers });
  const text = async () => {
    const decoder = new TextDecoder();
    let all = "";
    for await (const chunk of chunks()) all += decoder.decode(chunk, { stream: true });
    return all + decoder.decode();
  };
  if (status >= 200 && status < 300) return { status, headers, chunks, text };
  throw httpError(deployment, status, headers, await text());
}

async function answered(request: UpstreamRequest) {
  const { deployment, method, url, headers, body, signal, connection } = request;
  try {
    if (connection?.onlyLocalAddresses) assertLocalLiteral(url);
    // Not `fetch`: it refuses some ports, and follows redirects to wherever a server says.
    return await send(url, {
      method: method as Dispatcher.HttpMethod,
      headers,
      dispatcher: connectionTo(url, connection),
      ...(body !== undefined && { body }),
      ...(signal && { signal }),
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw new ProviderError("network", `${deployment}: ${networkSentence(error, url)}`, { cause: error });
  }
}

async function* bodyChunks(
  body: Readable,
  context: { deployment: string; signal: AbortSignal | undefined; headers: Record<string, string> },
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body) yield chunk as Uint8Array;
  } catch (error) {
    context.signal?.throwIfAborted();
    const message = `${context.deployment}: the connection broke before the answer was complete.`;
    throw new ProviderError("cut", message, { headers: context.headers, cause: error });
  }
}

const decoders = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** We ask for no compression; a server behind an eager proxy may compress all the same. */
function decoded(body: Readable, headers: Readonly<Record<string, string>>): Readable {
  const encoding = headers["content-encoding"]?.trim().toLowerCase() ?? "identity";
  if (!Object.hasOwn(decoders, encoding)) return body;
  const decoder = decoders[encoding as keyof typeof decoders]();
  body.on("error", (error) => decoder.destroy(error));
  decoder.on("close", () => body.destroy());
  return body.pipe(decoder);
}

function plainHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) plain[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return plain;
}

/** A status outside 200-299 as an error; the body's own sentence becomes part of the message. */
export function httpError(
  deployment: string,
  status: number,
  headers: Readonly<Record<string, string>>,
  text: string,
): ProviderError {
  const body = bodyOf(text);
  const sentence =
    messageIn(body) ?? (status >= 300 && status < 400 ? "a redirect, not followed" : "no text");
  return new ProviderError("http", `${deployment} answered ${status}: ${sentence}`, {
    status,
    headers,
    body,
  });
}

function networkSentence(error: unknown, url: string): string {
  const { host } = new URL(url);
  const code = networkCode(error);
  switch (code) {
    case "ECONNREFUSED":
      return `nothing listens at ${host} (connection refused).`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `the name of ${host} cannot be resolved.`;
    case "UND_ERR_CONNECT_TIMEOUT":
    case "ETIMEDOUT":
      return `${host} did not accept a connection in time.`;
    case "ERR_NOT_LOCAL":
      return `${host} is not a loopback or private address, and this deployment is local only.`;
    default:
      return `the connection to ${host} failed${code === undefined ? "" : ` (${code})`}.`;
  }
}
