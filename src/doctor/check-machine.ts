import { existsSync, statfsSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, resolve } from "node:path";
import { askUpstream } from "../providers/upstream.ts";
import { ProviderError } from "../providers/provider-error.ts";
import { portUser } from "../proxy/port-user.ts";
import { capital, type Check, problem, well } from "./check.ts";

export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  return major > 22 || (major === 22 && minor >= 18)
    ? well("Node.js", version)
    : problem("Node.js", `${version} is too old`, "Install Node.js 22.18 or newer.");
}

/** Whether the proxy can listen, or already does. */
export async function checkPort(port: number, proxyCommand: (port: number) => string): Promise<Check> {
  const check = `port ${port}`;
  const code = await whyNotListening(port);
  if (code === undefined) return well(check, "free for the proxy");
  const elsewhere = `start the proxy at another port: ${proxyCommand(port + 1)}`;
  if (code !== "EADDRINUSE")
    return problem(check, `the proxy may not listen there (${code})`, capital(elsewhere));
  const user = await portUser(port);
  const who = user === undefined ? "another program" : `process ${user.pid} (${user.name})`;
  const stop =
    user === undefined
      ? `End it (lsof -i :${port} shows it to its owner and to root)`
      : `End it: kill ${user.pid}`;
  if (await isOurProxy(port))
    return well(
      check,
      `a proxy of ours answers there (${who})`,
      `${stop}, before another is started there; or ${elsewhere}`,
    );
  return problem(check, `already in use by ${who}`, `${stop}; or ${elsewhere}`);
}

function whyNotListening(port: number): Promise<string | undefined> {
  return new Promise((done) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => done(error.code ?? error.message));
    server.listen(port, "127.0.0.1", () => server.close(() => done(undefined)));
  });
}

/** LiteLLM is alive in the same words, and says more of how ready it is. */
async function isOurProxy(port: number): Promise<boolean> {
  const ask = async (path: string) => {
    const url = `http://127.0.0.1:${port}/health/${path}`;
    return (
      await askUpstream({
        deployment: "proxy",
        method: "GET",
        url,
        headers: {},
        signal: AbortSignal.timeout(2_000),
      })
    ).text();
  };
  try {
    return (
      (await ask("liveliness")) === `"I'm alive!"` && (await ask("readiness")) === `{"status":"healthy"}`
    );
  } catch {
    return false;
  }
}

const leastBytes = 500_000_000;

/** Room where files are written. */
export function checkDisk(name: string, file: string): Check {
  const check = `disk of the ${name}`;
  let folder = dirname(resolve(file));
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  const { bavail, bsize } = statfsSync(folder);
  const free = `${((bavail * bsize) / 1e9).toFixed(1)} GB free at ${folder}`;
  return bavail * bsize >= leastBytes
    ? well(check, free)
    : problem(check, `only ${free}`, "Make room, or keep the graph elsewhere with --store.");
}

const mostSkewMs = 60_000;

/** Our clock against the first server that says what time it has. */
export async function checkClock(urls: readonly string[], now: () => number): Promise<Check> {
  const check = "clock";
  for (const url of urls) {
    const before = now();
    const stated = Date.parse((await dateOf(url)) ?? "");
    if (Number.isNaN(stated)) continue;
    // The header counts whole seconds.
    const aheadMs = (before + now()) / 2 - (stated + 500);
    const host = new URL(url).host;
    const seconds = Math.round(Math.abs(aheadMs) / 1_000);
    if (Math.abs(aheadMs) <= mostSkewMs) return well(check, `right by ${host}`);
    return problem(
      check,
      `${seconds} s ${aheadMs > 0 ? "ahead of" : "behind"} ${host}`,
      "Set it (timedatectl set-ntp true): certificates, quotas and cooldowns go by it.",
    );
  }
  return well(check, "no server to compare it with");
}

async function dateOf(url: string): Promise<string | undefined> {
  try {
    const signal = AbortSignal.timeout(3_000);
    return (await askUpstream({ deployment: "clock", method: "HEAD", url, headers: {}, signal })).headers[
      "date"
    ];
  } catch (error) {
    // Most servers have nothing at their root, and say when they say so.
    return error instanceof ProviderError ? error.headers["date"] : undefined;
  }
}
