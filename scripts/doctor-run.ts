import { type Check, examine, problemsIn } from "../src/app-doctor.ts";
import { UsageError } from "../src/errors.ts";
import type { DoctorCommandOptions } from "./doctor.ts";
import { exitCode } from "./exit.ts";
import { bold, commandLine, displayWidth, plain, print, remark } from "./output.ts";

/** Prints a line for everything that was looked at; returns the exit code. */
export async function runDoctor(options: DoctorCommandOptions): Promise<number> {
  const { config, envFile, store, state, json, quiet } = options;
  const port = Number(options.port);
  if (!/^\d{1,5}$/.test(options.port) || port < 1 || port > 65_535)
    throw new UsageError("NUMBER_UNKNOWN", `--port ${options.port} is no port: give one from 1 to 65535.`);
  const checks = await examine({ config, envFile, store, state, port, commandLine });
  const problems = problemsIn(checks);
  if (json === true) print(JSON.stringify(checks, null, 2));
  else for (const line of lines(quiet === true ? checks.filter(({ ok }) => !ok) : checks)) print(line);
  if (json !== true)
    remark(
      problems === 0
        ? "No problem was found."
        : `${problems === 1 ? "1 problem" : `${problems} problems`}: each line says what to do.`,
      options,
    );
  // What did not answer in time may hold on to the process.
  setTimeout(() => process.exit(), 300).unref();
  return problems === 0 ? exitCode.done : exitCode.failed;
}

function lines(checks: readonly Check[]): string[] {
  const width = Math.max(...checks.map(({ check }) => displayWidth(check)), 0);
  return checks.map(({ check, ok, detail, fix }) => {
    const name = plain(check) + " ".repeat(width - displayWidth(check));
    const todo = fix === null ? "" : ` ${plain(fix)}`;
    return `${ok ? "ok     " : bold("problem")}  ${name}  ${plain(detail)}${todo}`;
  });
}
