// The least that a router over Node and undici has to do: what no gateway in Node can be faster than.
// JSON is parsed on its way in (for the model) and out (for the usage); of a stream every frame is looked at, and one
// that ends without a finish reason gets an error event. No routing, no limits, no time limits, no errors told apart.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Pool } from "undici";

const [port, upstream] = [Number(process.argv[2]), String(process.argv[3])];
const pool = new Pool(upstream, { connections: 256, pipelining: 1, keepAliveTimeout: 60_000 });
let tokens = 0;

interface Answer {
  usage?: { total_tokens: number };
  choices?: { finish_reason?: string | null }[];
}

function read(request: IncomingMessage, done: (text: string) => void): void {
  const parts: Buffer[] = [];
  request.on("data", (part: Buffer) => parts.push(part));
  request.on("end", () => done(Buffer.concat(parts).toString()));
}

function failed(response: ServerResponse, error: unknown): void {
  if (response.headersSent) response.destroy();
  else response.writeHead(502).end(String(error));
}

const ask = (path: string, body: string) =>
  pool.request({ path, method: "POST", headers: { "content-type": "application/json" }, body });

async function whole(path: string, body: string, response: ServerResponse): Promise<void> {
  const answer = await ask(path, body);
  const text = await answer.body.text();
  tokens += (JSON.parse(text) as Answer).usage?.total_tokens ?? 0;
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
  response.writeHead(answer.statusCode, headers).end(text);
}

async function streamed(path: string, body: string, response: ServerResponse): Promise<void> {
  const answer = await ask(path, body);
  response.writeHead(answer.statusCode, { "content-type": "text/event-stream" });
  let rest = "";
  let isFinished = false;
  const look = (frame: string) => {
    if (!/"finish_reason":"|"usage":\{|"error"/.test(frame)) return;
    const chunk = JSON.parse(frame.slice("data: ".length)) as Answer;
    tokens += chunk.usage?.total_tokens ?? 0;
    if (chunk.choices?.[0]?.finish_reason) isFinished = true;
  };
  answer.body.setEncoding("utf8");
  answer.body.on("data", (part: string) => {
    rest += part;
    const end = rest.lastIndexOf("\n\n");
    if (end < 0) return;
    const frames = rest.slice(0, end + 2);
    rest = rest.slice(end + 2);
    for (const frame of frames.split("\n\n")) if (frame !== "") look(frame);
    response.write(frames);
  });
  answer.body.on("end", () => {
    if (!isFinished) response.write('data: {"error":{"message":"cut"}}\n\n');
    response.end();
  });
  answer.body.on("error", (error) => failed(response, error));
  response.on("close", () => answer.body.destroy());
}

const server = createServer((request, response) => {
  if (request.method === "GET") {
    response.end("{}");
    return;
  }
  read(request, (text) => {
    const body = JSON.parse(text) as { model: string; stream?: boolean };
    body.model = "bench-model";
    const forward = body.stream ? streamed : whole;
    forward(request.url ?? "/", JSON.stringify(body), response).catch((error: unknown) =>
      failed(response, error),
    );
  });
});
server.keepAliveTimeout = 120_000;
server.listen(port, "127.0.0.1");
