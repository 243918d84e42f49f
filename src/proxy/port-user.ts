import { execFile } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { basename } from "node:path";
import { promisify } from "node:util";
import { UsageError } from "../errors.ts";

/** A port that is taken, as a sentence that names who has it, as far as this user may see that. */
export async function portTaken(host: string, port: number, cause: Error): Promise<UsageError> {
  const user = await portUser(port);
  const who = user === undefined ? "another program" : `process ${user.pid} (${user.name})`;
  const end = user === undefined ? "end it" : `end it (kill ${user.pid})`;
  const message = `Port ${port} at ${host} is taken by ${who}: ${end}, or take another with --port ${port + 1}.`;
  return new UsageError("PORT_TAKEN", message, { cause, facts: { port, ...user } });
}

interface PortUser {
  readonly pid: number;
  readonly name: string;
}

/** The process that listens on a port; undefined when it cannot be told. */
export async function portUser(port: number): Promise<PortUser | undefined> {
  return process.platform === "linux" ? linuxPortUser(port) : lsofPortUser(port);
}

function linuxPortUser(port: number): PortUser | undefined {
  const sockets = new Set(["/proc/net/tcp", "/proc/net/tcp6"].flatMap((file) => listeners(file, port)));
  if (sockets.size === 0) return undefined;
  for (const pid of readdirSync("/proc")) {
    if (/^\d+$/.test(pid) && holds(pid, sockets)) return { pid: Number(pid), name: nameOf(pid) };
  }
  return undefined;
}

/** Links of the sockets that listen on the port, as they stand below `/proc/PID/fd`. */
function listeners(file: string, port: number): readonly string[] {
  const hexPort = port.toString(16).toUpperCase().padStart(4, "0");
  const rows = tried(() => readFileSync(file, "utf8")) ?? "";
  return rows
    .split("\n")
    .map((row) => row.trim().split(/\s+/))
    .filter(([, local, , state]) => state === listenState && local?.endsWith(`:${hexPort}`) === true)
    .map((columns) => `socket:[${columns[9]}]`);
}

const listenState = "0A";

function holds(pid: string, sockets: ReadonlySet<string>): boolean {
  const files = tried(() => readdirSync(`/proc/${pid}/fd`)) ?? [];
  return files.some((file) => sockets.has(tried(() => readlinkSync(`/proc/${pid}/fd/${file}`)) ?? ""));
}

/** The program, and of an interpreter the script: "node server.js". Its other words may be anybody's secrets. */
function nameOf(pid: string): string {
  const [file = "", ...words] = (tried(() => readFileSync(`/proc/${pid}/cmdline`, "utf8")) ?? "").split("\0");
  const program = basename(file);
  const script = interpreter.test(program)
    ? words.find((word) => /^[\w./@][\w./@-]*$/.test(word))
    : undefined;
  return (script === undefined ? program : `${program} ${basename(script)}`) || "unknown";
}

const interpreter = /^(?:node|python[\d.]*|bun|deno|ruby)$/;

/** Processes end while one looks, and others are not ours to look at. */
function tried<Value>(look: () => Value): Value | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

async function lsofPortUser(port: number): Promise<PortUser | undefined> {
  try {
    const words = ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fpc"];
    const { stdout } = await promisify(execFile)("lsof", words, { timeout: 2_000 });
    const [, pid] = /^p(\d+)$/m.exec(stdout) ?? [];
    const [, name = "unknown"] = /^c(.+)$/m.exec(stdout) ?? [];
    return pid === undefined ? undefined : { pid: Number(pid), name };
  } catch {
    return undefined;
  }
}
