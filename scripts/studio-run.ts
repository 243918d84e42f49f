import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { UsageError } from "../src/errors.ts";
import { exitCode } from "./exit.ts";
import { remark } from "./output.ts";
import type { StudioOptions } from "./studio.ts";

/** Runs LangGraph's server until it is interrupted; returns the exit code. */
export async function runStudio({ port, reload }: StudioOptions): Promise<number> {
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw new UsageError("PORT_UNKNOWN", `--port ${port} is no port: give a number up to 65535.`);
  }
  await assertFree(Number(port));
  const config = langgraphConfig();
  const words = ["dev", "--no-browser", "--host", "127.0.0.1", "--port", port, "--config", config];
  const url = `http://127.0.0.1:${port}`;
  remark(`LangGraph's server starts at ${url}; it needs no key and no internet. Its API: ${url}/docs`);
  remark(`Studio itself is a page of LangSmith's that wants the internet and an account:`);
  remark(`https://smith.langchain.com/studio?baseUrl=${url}`);
  const server = spawn(process.execPath, [serverProgram(), ...words, ...(reload ? [] : ["--no-reload"])], {
    // Its own analytics are off, whatever the environment says.
    env: { ...process.env, LANGGRAPH_CLI_NO_ANALYTICS: "1" },
    stdio: "inherit",
    // A group of its own: the server starts others, which must end with it.
    detached: true,
  });
  let isInterrupted = false;
  const stop = () => {
    isInterrupted = true;
    endGroup(server.pid, "SIGTERM");
  };
  process.once("SIGINT", stop).once("SIGTERM", stop).once("SIGHUP", stop);
  process.once("exit", () => endGroup(server.pid, "SIGKILL"));
  const code = await new Promise<number | null>((settle, reject) => {
    server.once("error", reject).once("exit", settle);
  });
  endGroup(server.pid, "SIGKILL");
  if (isInterrupted) return exitCode.interrupted;
  return code === 0 ? exitCode.done : exitCode.failed;
}

/** The server says it with a stack trace, after it has started everything else. */
async function assertFree(port: number): Promise<void> {
  const probe = createServer();
  try {
    await new Promise<void>((settle, reject) => {
      probe.once("error", reject).listen(port, "127.0.0.1", settle);
    });
  } catch (error) {
    throw new UsageError(
      "PORT_TAKEN",
      `Port ${port} is in use: end what uses it, or name another with --port.`,
      {
        cause: error,
        facts: { port },
      },
    );
  } finally {
    probe.close();
  }
}

/** The one of the working directory, else that of this checkout. */
function langgraphConfig(): string {
  const own = resolve("langgraph.json");
  if (existsSync(own)) return own;
  const ours = fileURLToPath(new URL("../langgraph.json", import.meta.url));
  if (existsSync(ours)) return ours;
  throw new UsageError(
    "NO_LANGGRAPH_JSON",
    "There is no langgraph.json in this folder: put one here with the graph " +
      '{ "node_version": "24", "graphs": { "routing": "./node_modules/neo4j-langgraph/dist/graphs/routing.js:graph" } }.',
  );
}

function serverProgram(): string {
  const require = createRequire(import.meta.url);
  const { name, version } = { name: "@langchain/langgraph-cli", version: "1.5.1" };
  try {
    const file = require.resolve(`${name}/package.json`);
    const { bin } = require(file) as { bin: Record<string, string> };
    return join(dirname(file), bin.langgraphjs ?? "dist/cli/cli.mjs");
  } catch (error) {
    throw new UsageError(
      "NO_LANGGRAPH_SERVER",
      `LangGraph's server is not installed: run \`npm install --save-dev ${name}@${version}\` first.`,
      { cause: error },
    );
  }
}

function endGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended already.
  }
}
