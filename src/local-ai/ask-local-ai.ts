import { bodyOf, messageIn, networkCode, ProviderError } from "../providers/provider-error.ts";
import { askUpstream } from "../providers/upstream.ts";
import { LocalAiError } from "./local-ai-error.ts";

/** One LocalAI, as a deployment of the configuration names it. */
export interface LocalAiServer {
  /** With or without the `/v1` that chat clients want. */
  readonly baseUrl: string;
  readonly apiKey?: string | undefined;
  /** Named when the key is refused. */
  readonly apiKeyVariable?: string | undefined;
}

export interface LocalAiRequest {
  readonly path: string;
  /** Sent as JSON, by POST. */
  readonly body?: unknown;
  readonly method?: "GET" | "POST";
  /** Default 10 s; Infinity for none. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The server's address without `/v1`, password or closing slash: where the gallery is, and what messages show. */
export function placeOf({ baseUrl }: Pick<LocalAiServer, "baseUrl">): string {
  const url = new URL(baseUrl);
  url.username = "";
  url.password = "";
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "").replace(/\/v1$/, "");
}

/** One request, its answer parsed. Throws LocalAiError, or the signal's reason when aborted. */
export async function askLocalAi(server: LocalAiServer, request: LocalAiRequest): Promise<unknown> {
  const { path, timeoutMs = 10_000, signal } = request;
  const late = timeoutMs === Infinity ? undefined : AbortSignal.timeout(timeoutMs);
  const signals = [signal, late].filter((one) => one !== undefined);
  const fail = (reason: LocalAiError["reason"], said: string, cause: unknown, status?: number) =>
    new LocalAiError(reason, { server, place: placeOf(server), path, said, cause, status });
  try {
    const text = await answered(server, request, AbortSignal.any(signals));
    const read = bodyOf(text);
    if (typeof read !== "string") return read;
    throw fail("malformed", read.trim().slice(0, 80), undefined);
  } catch (error) {
    signal?.throwIfAborted();
    if (late?.aborted) throw fail("late", `nothing came within ${timeoutMs / 1_000} s`, error);
    if (!(error instanceof ProviderError)) throw error;
    const { reason, status, body: answered } = error;
    if (reason !== "http" || status === undefined) throw fail("unreachable", networkWords(error), error);
    throw fail(reasonOf(status), messageIn(answered) ?? `status ${status}`, error, status);
  }
}

/** A connection that was kept open may have been closed by a server that was started anew: a question is asked again. */
async function answered(
  server: LocalAiServer,
  { path, body, method = body === undefined ? "GET" : "POST" }: LocalAiRequest,
  signal: AbortSignal,
): Promise<string> {
  const ask = async () => {
    const answer = await askUpstream({
      deployment: "LocalAI",
      method,
      url: placeOf(server) + path,
      headers: {
        ...(server.apiKey && { authorization: `Bearer ${server.apiKey}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal,
    });
    return answer.text();
  };
  try {
    return await ask();
  } catch (error) {
    const isBroken =
      error instanceof ProviderError &&
      /^(?:UND_ERR_SOCKET|ECONNRESET|EPIPE)$/.test(networkCode(error.cause) ?? "");
    if (!isBroken || method !== "GET" || signal.aborted) throw error;
    return await ask();
  }
}

function reasonOf(status: number): LocalAiError["reason"] {
  if (status === 401) return "key";
  if (status === 403) return "forbidden";
  if (status === 404 || status === 405) return "missing";
  // Of the way there, not of LocalAI: it is being started anew behind it.
  return status === 502 || status === 503 || status === 504 ? "unready" : "refused";
}

function networkWords(error: ProviderError): string {
  const code = networkCode(error.cause);
  switch (code) {
    case "ECONNREFUSED":
      return "connection refused, nothing listens there";
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return "its name cannot be resolved";
    case "UND_ERR_CONNECT_TIMEOUT":
    case "ETIMEDOUT":
      return "it did not accept a connection in time";
    default:
      return `the connection broke${code === undefined ? "" : ` (${code})`}`;
  }
}
