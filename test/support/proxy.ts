import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openProxy, type ProxyOptions } from "../../src/app-proxy.ts";
import { loadSettings } from "../../src/config/index.ts";
import { RequestLog, type LogOptions } from "../../src/proxy/request-log.ts";

export { askProxy, type ProxyReply } from "./ask-proxy.ts";

export interface StartedProxy {
  readonly url: string;
  /** Everything that was logged so far. */
  readonly log: () => string;
  readonly stop: (graceMs: number) => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface StartProxyOptions extends Partial<Omit<ProxyOptions, "log">> {
  readonly logFormat?: LogOptions["format"];
  readonly logLevel?: LogOptions["level"];
}

/** The proxy of a configuration in LiteLLM's shape, on a free port, with a ledger of its own; nothing of the environment. */
export async function startProxy(config: object, options: StartProxyOptions = {}): Promise<StartedProxy> {
  const { logFormat = "text", logLevel = "info", ...more } = options;
  const folder = mkdtempSync(join(tmpdir(), "proxy-test-"));
  let text = "";
  const log = new RequestLog({
    format: logFormat,
    level: logLevel,
    write: (lines) => (text += lines),
    now: () => new Date(),
  });
  const settings = loadSettings({ config, directory: folder, variables: {} });
  const ledgerFile = join(folder, "ledger.sqlite");
  const server = await openProxy(settings, { port: 0, ledgerFile, ...more, log });
  const stop = async (graceMs: number) => {
    await server.stop(graceMs);
    rmSync(folder, { recursive: true, force: true });
  };
  const logged = () => {
    log.flush();
    return text;
  };
  return { url: server.url, log: logged, stop, close: () => stop(0) };
}
