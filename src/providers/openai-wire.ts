import type { ConnectionOptions } from "./connection.ts";
import { bodyOf, field, messageIn, ProviderError, statusIn } from "./provider-error.ts";
import { askUpstream, type UpstreamAnswer } from "./upstream.ts";

/**
 * A `fetch` for OpenAI's SDK: one request over our connections, a bad status or a body that cannot be an answer
 * thrown as ProviderError (which the SDK wraps and the model unwraps), a JSON body read whole before it is given.
 */
export function openaiFetch(deployment: string, connection: ConnectionOptions): typeof fetch {
  return async (input, init = {}) => {
    const body = typeof init.body === "string" ? init.body : undefined;
    const answer = await askUpstream({
      deployment,
      method: init.method ?? "GET",
      url: typeof input === "string" ? input : input instanceof URL ? input.href : input.url,
      headers: Object.fromEntries(new Headers(init.headers)),
      ...(body !== undefined && { body }),
      signal: init.signal ?? undefined,
      connection,
    });
    const { status, headers } = answer;
    const isStream = body !== undefined && field(JSON.parse(body), "stream") === true;
    const type = headers["content-type"] ?? "";
    if (isStream && !/json|html/i.test(type)) {
      return new Response(ReadableStream.from(answer.chunks()), { status, headers });
    }
    const text = await jsonText(deployment, answer);
    const json = { status, headers: { ...plain(headers), "content-type": "application/json" } };
    return isStream ? asEventStream(text, headers) : new Response(text, json);
  };
}

/** The body of an answer that has to be a JSON object without an error in it. */
async function jsonText(deployment: string, answer: UpstreamAnswer): Promise<string> {
  const text = await answer.text();
  const body = bodyOf(text);
  const facts = { headers: answer.headers, body };
  if (typeof body !== "object" || body === null) {
    const what = text.trim() === "" ? "an empty body" : "something that is no JSON";
    throw new ProviderError("malformed", `${deployment} answered ${what}.`, facts);
  }
  if (field(body, "error") != null) {
    const status = statusIn(body);
    const message = `${deployment} failed: ${messageIn(body) ?? "no text"}`;
    throw new ProviderError("stream_error", message, { ...facts, ...(status !== undefined && { status }) });
  }
  return text;
}

/** A server that answers a stream request with one whole completion: read as a stream of one chunk. */
function asEventStream(text: string, headers: UpstreamAnswer["headers"]): Response {
  const whole = JSON.parse(text) as { choices?: { message?: object }[] };
  const choices = whole.choices?.map(({ message, ...choice }) => ({ ...choice, delta: message }));
  return new Response(`data: ${JSON.stringify({ ...whole, choices })}\n\ndata: [DONE]\n\n`, {
    headers: { ...plain(headers), "content-type": "text/event-stream" },
  });
}

/** The body has been decoded and may have been rewritten. */
function plain(headers: UpstreamAnswer["headers"]): Record<string, string> {
  const { "content-encoding": _, "content-length": __, "transfer-encoding": ___, ...rest } = headers;
  return rest;
}
