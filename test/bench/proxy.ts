// What the proxy costs beside the least that Node can do: `node test/bench/proxy.ts [--rounds 3] [--seconds 4] [--core 0]`.
// Provider, proxy and load run on one core, where `taskset` exists, and take turns in rounds: other work on the
// machine then hits all alike. Quote ratios and CPU, not requests per second. Linux only (it reads /proc).
import { execFile, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { medians, peakRssMiB, quantile, type LoadFigures } from "./proxy-figures.ts";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "4" },
    core: { type: "string", default: "0" },
    /** Only cells whose name contains this. */
    only: { type: "string", default: "" },
    /** Leave a CPU profile of the proxy in this folder. */
    profile: { type: "string" },
  },
});

const bench = import.meta.dirname;
const command = join(bench, "../../bin/neo4j-langgraph.js");
const pin =
  spawnSync("taskset", ["-c", options.core, "true"]).status === 0 ? ["taskset", "-c", options.core] : [];
if (pin.length === 0) console.log("No taskset here: nothing is pinned, and the figures are rougher.");

const folder = mkdtempSync(join(tmpdir(), "proxy-bench-"));
const children: ChildProcess[] = [];
// Its log costs what it costs everywhere.
const logFile = openSync(join(folder, "log"), "a");

function start(args: readonly string[], isPinned = true): ChildProcess {
  const [program = "", ...rest] = [...(isPinned ? pin : []), process.execPath, ...args];
  const env = { PATH: process.env.PATH, HOME: folder, XDG_STATE_HOME: folder };
  const child = spawn(program, rest, { cwd: folder, env, stdio: ["ignore", logFile, logFile] });
  children.push(child);
  return child;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== "object" || address === null) throw new Error("No port is free.");
  return address.port;
}

/** Milliseconds until the address answers. */
async function ready(url: string): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    try {
      const response = await fetch(url, {
        method: url.endsWith("/completions") ? "POST" : "GET",
        body: null,
      });
      await response.text();
      return performance.now() - startedAt;
    } catch {
      if (performance.now() - startedAt > 20_000) throw new Error(`Nothing answers at ${url}.`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
}

const [providerPort, barePort, ourPort] = [await freePort(), await freePort(), await freePort()];
const upstream = `http://127.0.0.1:${providerPort}`;
writeFileSync(
  join(folder, "litellm_config.yaml"),
  `model_list:
  - model_name: bench
    litellm_params: { model: openai/bench-model, api_base: ${upstream}/v1, api_key: none }
  - model_name: spare
    litellm_params: { model: openai/bench-model, api_base: ${upstream}/v1, api_key: none }
litellm_settings: { fallbacks: [{ bench: [spare] }] }
`,
);

const proxyArgs = (port: number) => [command, "proxy", "--port", String(port)];
const profile = options.profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${options.profile}`];

try {
  const readyMs: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const port = await freePort();
    const child = start(proxyArgs(port), false);
    readyMs.push(await ready(`http://127.0.0.1:${port}/health/liveliness`));
    if (round === 2) console.log(`Memory after the start: ${peakRssMiB(child.pid ?? 0).toFixed(0)} MiB.`);
    child.kill();
  }
  console.log(`Ready after ${quantile(readyMs, 0.5).toFixed(0)} ms.\n`);

  const provider = start([join(bench, "proxy-provider.ts"), String(providerPort)]);
  const bare = start([join(bench, "proxy-bare.ts"), String(barePort), upstream]);
  const ours = start([...profile, ...proxyArgs(ourPort)]);
  const targets = [
    { name: "direct", port: providerPort, pid: provider.pid },
    { name: "bare Node proxy", port: barePort, pid: bare.pid },
    { name: "this proxy", port: ourPort, pid: ours.pid },
  ];
  for (const { port } of targets) await ready(`http://127.0.0.1:${port}/v1/models`);

  const cells = [
    { kind: "json", connections: 1 },
    { kind: "json", connections: 16 },
    { kind: "stream", connections: 1 },
    { kind: "stream", connections: 64 },
  ].filter(({ kind, connections }) => `${kind} ${connections}`.includes(options.only));
  for (const { kind, connections } of cells) {
    const seen = new Map<string, LoadFigures[]>(targets.map(({ name }) => [name, []]));
    for (let round = 0; round < Number(options.rounds); round += 1) {
      for (const { name, port, pid } of targets) {
        const url = `http://127.0.0.1:${port}/v1/chat/completions`;
        const load = [join(bench, "proxy-load.ts"), url, connections, options.seconds, kind, pid];
        const [program = "", ...args] = [...pin, process.execPath, ...load.map(String)];
        const { stdout } = await promisify(execFile)(program, args);
        seen.get(name)?.push(JSON.parse(stdout) as LoadFigures);
      }
    }
    print(kind, connections, new Map([...seen].map(([name, rounds]) => [name, medians(rounds)])));
  }
  ours.kill("SIGTERM");
  await new Promise((resolve) => ours.once("exit", resolve));
} finally {
  for (const child of children) child.kill();
  rmSync(folder, { recursive: true, force: true });
}

function print(kind: string, connections: number, figures: ReadonlyMap<string, LoadFigures>): void {
  const direct = figures.get("direct");
  const bare = figures.get("bare Node proxy");
  if (direct === undefined || bare === undefined) return;
  console.log(`${kind}, ${connections} connection${connections === 1 ? "" : "s"}\n`);
  console.log(
    "| | requests/s | × bare | CPU µs/request | × bare | added P50 ms | added first frame ms | peak MiB | failed |",
  );
  console.log("|---|---|---|---|---|---|---|---|---|");
  for (const [name, one] of figures) {
    const cells = [
      name,
      one.requestsPerSecond.toFixed(0),
      (one.requestsPerSecond / bare.requestsPerSecond).toFixed(2),
      one.cpuMicrosecondsPerRequest.toFixed(0),
      (one.cpuMicrosecondsPerRequest / bare.cpuMicrosecondsPerRequest).toFixed(2),
      (one.totalP50Ms - direct.totalP50Ms).toFixed(2),
      (one.firstFrameP50Ms - direct.firstFrameP50Ms).toFixed(2),
      one.peakRssMiB.toFixed(0),
      one.failures,
    ];
    console.log(`| ${cells.join(" | ")} |`);
  }
  console.log("");
}
