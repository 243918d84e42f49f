import { InterruptedError, KnownError, UsageError } from "../src/errors.ts";

/** Exit codes of every command. */
export const exitCode = { done: 0, failed: 1, usage: 2, incomplete: 3, interrupted: 130 } as const;

/** Prints one sentence for an error on stderr and returns the exit code it stands for. */
export function report(error: unknown): number {
  if (error instanceof InterruptedError) {
    process.stderr.write(`${error.message}\n`);
    return exitCode.interrupted;
  }
  if (error instanceof KnownError) {
    process.stderr.write(`${error.message}\n`);
    return error instanceof UsageError ? exitCode.usage : exitCode.failed;
  }
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return exitCode.failed;
}
