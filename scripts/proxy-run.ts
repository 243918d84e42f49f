import { flushCompileCache } from "node:module";
import { openProxy } from "../src/app-proxy.ts";
import { loadSettings, noticeText } from "../src/config/index.ts";
import { UsageError } from "../src/errors.ts";
import { RequestLog } from "../src/proxy/request-log.ts";
import { readSimulation } from "../src/simulation.ts";
import { exitCode } from "./exit.ts";
import { remark } from "./output.ts";
import type { ProxyCommandOptions } from "./proxy.ts";

/** Serves until it is stopped; returns the exit code. A second Ctrl-C ends it at once. */
export async function runProxy(options: ProxyCommandOptions): Promise<number> {
  const port = wholeNumber("--port", options.port, 65_535);
  const graceMs = wholeNumber("--grace", options.grace, 86_400) * 1_000;
  const settings = loadSettings({
    ...(options.config !== undefined && { config: options.config }),
    ...(options.envFile !== undefined && { envFile: options.envFile }),
  });
  for (const notice of settings.notices) remark(noticeText(notice), options);
  const log = new RequestLog({
    format: options.json === true ? "json" : "text",
    level: levelOf(options, settings.logLevel),
    write: (text) => process.stderr.write(text),
    now: () => new Date(),
  });
  const stopped = stopSignal(() => log.flush());
  const server = await openProxy(settings, {
    host: options.host,
    port,
    ledgerFile: options.ledger,
    allowTestHooks: options.allowTestHooks,
    simulation: readSimulation(options.simulate, settings.deployments),
    log,
  });
  log.flush();
  // A server is seldom ended as other programs are, which write it down at their end.
  setTimeout(() => flushCompileCache(), 1_000).unref();
  await stopped;
  await server.stop(graceMs);
  return exitCode.done;
}

function levelOf(
  { quiet, verbose }: ProxyCommandOptions,
  configured: "info" | "debug",
): "silent" | "info" | "debug" {
  if (quiet === true) return "silent";
  return verbose === true ? "debug" : configured;
}

/** Settles at the first Ctrl-C or SIGTERM; the second ends the process. */
function stopSignal(flush: () => void): Promise<void> {
  return new Promise((resolve) => {
    let isStopping = false;
    const stop = () => {
      if (isStopping) {
        flush();
        process.exit(exitCode.interrupted);
      }
      isStopping = true;
      resolve();
    };
    process.on("SIGINT", stop).on("SIGTERM", stop);
  });
}

function wholeNumber(option: string, text: string, most: number): number {
  if (/^\d{1,6}$/.test(text) && Number(text) <= most) return Number(text);
  throw new UsageError("NUMBER_UNKNOWN", `${option} ${text} is no whole number up to ${most}.`);
}
