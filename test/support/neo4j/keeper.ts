/*
 * Runs a command for as long as its own stdin is open, so that nothing is left when the process that wants it is
 * killed; then removes a folder, if one is named. Arguments: the folder, the command, its arguments.
 */
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";

const [folder = "", command = "", ...rest] = process.argv.slice(2);
const child = spawn(command, rest, { stdio: "ignore" });
const end = () => child.kill("SIGKILL");
process.stdin.on("end", end).on("error", end).resume();
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, end);
child.on("error", () => process.exit(1));
child.on("exit", (_code, signal) => {
  // A server that ended by itself did not start; the folder has its log, which says why.
  if (signal !== null && folder !== "") rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  process.exit(signal === null ? 1 : 0);
});
