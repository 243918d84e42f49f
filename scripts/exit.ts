import { InterruptedError, KnownError, UsageError } from "../src/errors.ts";
import { plain } from "./output.ts";

/** Exit codes of every command. */
export const exitCode = { done: 0, failed: 1, usage: 2, incomplete: 3, interrupted: 130 } as const;

/** Prints one sentence for an error on stderr and returns the exit code it stands for. */
export function report(error: unknown): number {
  if (error instanceof KnownError) {
    process.stderr.write(`${plain(error.message)}\n`);
    if (error instanceof InterruptedError) return exitCode.interrupted;
    return error instanceof UsageError ? exitCode.usage : exitCode.failed;
  }
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return exitCode.failed;
}

/** A reader that has enough (`| head`) is no error; results that cannot be written are one, said once. */
export function watchOutput(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (isBrokenPipe(error)) return;
    process.once("exit", () => {
      process.exitCode = exitCode.failed;
    });
    process.stderr.write(`The output cannot be written: ${error.message}.\n`);
    process.stdout.removeAllListeners("error").on("error", () => {});
  });
  process.stderr.on("error", () => {});
}

/** Whether a stream's reader went away. */
export function isBrokenPipe(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "EPIPE" || code === "ERR_STREAM_PREMATURE_CLOSE";
}
