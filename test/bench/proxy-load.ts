// Closed-loop load on raw sockets: each connection asks again when it has been answered. Prints one JSON line.
//   node proxy-load.ts URL CONNECTIONS SECONDS json|stream [PID]   (PID: the process whose CPU is counted)
import { connect, type Socket } from "node:net";
import { cpuSeconds, peakRssMiB, quantile, type LoadFigures } from "./proxy-figures.ts";

const [address = "", connections, seconds, kind, pid] = process.argv.slice(2);
const url = new URL(address);
const isStream = kind === "stream";
const warmUpMs = 1500;

const body = JSON.stringify({
  model: "bench",
  stream: isStream,
  temperature: 0,
  messages: [
    { role: "system", content: "You are a terse assistant." },
    { role: "user", content: `Summarise: ${"lorem ipsum ".repeat(33)}` },
  ],
});
const request = Buffer.from(
  [
    `POST ${url.pathname} HTTP/1.1`,
    `Host: ${url.host}`,
    "Content-Type: application/json",
    "Authorization: Bearer sk-bench",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "",
    body,
  ].join("\r\n"),
);

const frames: number[] = [];
const totals: number[] = [];
let failures = 0;
let recordedFrom = Number.POSITIVE_INFINITY;
let isOver = false;

/** One connection: asks, reads to the end of the answer, asks again. */
function run(): Promise<void> {
  const socket: Socket = connect(Number(url.port), url.hostname);
  socket.setNoDelay(true);
  let head = "";
  let tail = "";
  let isBody = false;
  let isGood = false;
  let missing = -1;
  let startedAt = 0;
  let firstBodyAt = 0;
  const ask = () => {
    [head, tail, isBody, missing, firstBodyAt] = ["", "", false, -1, 0];
    startedAt = performance.now();
    socket.write(request);
  };
  const finish = () => {
    const now = performance.now();
    if (startedAt >= recordedFrom && !isOver) {
      if (isGood) {
        frames.push(firstBodyAt - startedAt);
        totals.push(now - startedAt);
      } else failures += 1;
    }
    if (isOver) socket.destroy();
    else ask();
  };
  const onBody = (part: Buffer) => {
    if (part.length === 0) return;
    if (firstBodyAt === 0) firstBodyAt = performance.now();
    if (missing >= 0) {
      missing -= part.length;
      if (missing <= 0) finish();
      return;
    }
    tail = (tail + part.subarray(-5).toString("latin1")).slice(-5);
    if (tail === "0\r\n\r\n") finish();
  };
  socket.on("connect", ask);
  socket.on("data", (part: Buffer) => {
    if (isBody) {
      onBody(part);
      return;
    }
    head += part.toString("latin1");
    const end = head.indexOf("\r\n\r\n");
    if (end < 0) return;
    isBody = true;
    isGood = head.startsWith("HTTP/1.1 200");
    const length = /content-length: (\d+)/i.exec(head.slice(0, end))?.[1];
    if (length !== undefined) missing = Number(length);
    onBody(Buffer.from(head.slice(end + 4), "latin1"));
  });
  return new Promise((resolve) => {
    socket.on("error", () => {
      if (!isOver) failures += 1;
    });
    socket.on("close", () => resolve());
  });
}

const cpu = () => (pid === undefined ? 0 : cpuSeconds(Number(pid)));
const running = Array.from({ length: Number(connections) }, run);
setTimeout(() => {
  const cpuBefore = cpu();
  recordedFrom = performance.now();
  setTimeout(
    () => {
      isOver = true;
      const elapsedSeconds = (performance.now() - recordedFrom) / 1000;
      const cpuSpent = cpu() - cpuBefore;
      const figures: LoadFigures = {
        requestsPerSecond: totals.length / elapsedSeconds,
        totalP50Ms: quantile(totals, 0.5),
        totalP99Ms: quantile(totals, 0.99),
        firstFrameP50Ms: quantile(frames, 0.5),
        cpuMicrosecondsPerRequest: (cpuSpent * 1e6) / totals.length,
        peakRssMiB: pid === undefined ? 0 : peakRssMiB(Number(pid)),
        failures,
      };
      console.log(JSON.stringify(figures));
      void Promise.race([Promise.all(running), new Promise((resolve) => setTimeout(resolve, 2000))]).then(
        () => process.exit(0),
      );
    },
    Number(seconds) * 1000,
  );
}, warmUpMs);
