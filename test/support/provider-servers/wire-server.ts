import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One request as it came over the wire. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Record<string, unknown>;
  readonly isStream: boolean;
  /** Settles with the milliseconds after the request's arrival at which the client went away. */
  readonly clientGone: Promise<number>;
}

export type Reply = (response: ServerResponse, request: SeenRequest) => void | Promise<void>;

/** A local HTTP server on port 0 that answers with the given reply and remembers what it was asked. */
export interface WireServer {
  readonly url: string;
  readonly requests: SeenRequest[];
  reply: Reply;
  close(): Promise<void>;
}

export async function startWireServer(reply: Reply = () => {}): Promise<WireServer> {
  const requests: SeenRequest[] = [];
  const server: Server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8");
    request.on("data", (part: string) => (text += part));
    request.on("end", () => {
      const started = performance.now();
      const body = parsed(text);
      const path = request.url ?? "";
      const seen: SeenRequest = {
        method: request.method ?? "",
        path,
        headers: request.headers,
        body,
        isStream: path.includes(":streamGenerateContent") || body.stream === true,
        clientGone: new Promise((resolve) => {
          response.on("close", () => resolve(performance.now() - started));
        }),
      };
      requests.push(seen);
      void wire.reply(response, seen);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const wire: WireServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    reply,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return wire;
}

/** A whole answer with this status; objects as JSON, strings as they are. */
export function answer(status: number, body: unknown, headers: Record<string, string> = {}): Reply {
  return (response) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(text);
  };
}

/** Server-sent events, each object one `data:` line; ends the answer unless told to `cut` it or leave it `open`. */
export function events(
  list: readonly unknown[],
  end: "end" | "cut" | "open" = "end",
  newline = "\r\n",
): Reply {
  return async (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const event of list) {
      const data = typeof event === "string" ? event : JSON.stringify(event);
      response.write(`data: ${data}${newline}${newline}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (end === "end") response.end();
    if (end === "cut") setTimeout(() => response.destroy(), 20);
  };
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
