// An OpenAI-compatible provider that costs as little as it can: ready-made answers, twenty chunks a stream.
import { createServer, type ServerResponse } from "node:http";

const chunkCount = 20;
const model = "bench-model";
const words = Array.from({ length: chunkCount }, (_, index) => ` word${index}`);
const usage = { prompt_tokens: 110, completion_tokens: chunkCount, total_tokens: 110 + chunkCount };
const head = { id: "chatcmpl-bench", created: 1_700_000_000, model, system_fingerprint: "fp_bench" };

const whole = Buffer.from(
  JSON.stringify({
    ...head,
    object: "chat.completion",
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: words.join(""), refusal: null },
        logprobs: null,
        finish_reason: "stop",
      },
    ],
    usage,
  }),
);

const frame = (delta: object, finish: string | null, more: object = {}) =>
  Buffer.from(
    `data: ${JSON.stringify({
      ...head,
      object: "chat.completion.chunk",
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
      ...more,
    })}\n\n`,
  );
const frames = [
  frame({ role: "assistant", content: "" }, null),
  ...words.map((content) => frame({ content }, null)),
  frame({}, "stop", { usage }),
  Buffer.from("data: [DONE]\n\n"),
];

function stream(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  let next = 0;
  const step = () => {
    if (response.destroyed) return;
    const piece = frames[next];
    next += 1;
    if (piece === undefined) {
      response.end();
      return;
    }
    response.write(piece);
    setImmediate(step);
  };
  step();
}

const server = createServer((request, response) => {
  let text = "";
  request.setEncoding("utf8");
  request.on("data", (part: string) => (text += part));
  request.on("end", () => {
    if (text.includes('"stream":true')) stream(response);
    else
      response
        .writeHead(200, { "content-type": "application/json", "content-length": whole.length })
        .end(whole);
  });
});
server.keepAliveTimeout = 120_000;
server.listen(Number(process.argv[2]), "127.0.0.1");
