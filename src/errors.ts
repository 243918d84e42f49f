/** What an error knows beside its sentence: plain values that a program can read. */
export type ErrorFacts = Readonly<Record<string, unknown>>;

/**
 * Base of every error this package throws. `message` says what happened, to what, and what to try;
 * `code` is a literal for programs, `facts` the values behind the sentence.
 */
export class KnownError extends Error {
  readonly code: string;
  readonly facts: ErrorFacts;

  constructor(code: string, message: string, options: { cause?: unknown; facts?: ErrorFacts } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.facts = options.facts ?? {};
  }
}

/** Wrong usage or a configuration that cannot be used: nothing was read or created. Exit code 2. */
export class UsageError extends KnownError {}

/** Stopped by the user or by a signal; what was finished is saved. Exit code 130. */
export class InterruptedError extends KnownError {
  constructor(message = "Interrupted.") {
    super("INTERRUPTED", message);
  }
}
