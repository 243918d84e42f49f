import { KnownError, UsageError } from "../errors.ts";

/** What a server was asked for when it failed; `place` is its address without the password. */
export interface Asked {
  readonly place: string;
  readonly database?: string | undefined;
  readonly hasPassword: boolean;
  /** Nothing was read or written yet: what is wrong is how the server is named. */
  readonly isOpening: boolean;
}

/** The driver's errors that a person can do something about, as a sentence; any other as it is. */
export function neo4jProblem(error: unknown, asked: Asked): unknown {
  if (error instanceof KnownError) return error;
  const code = codeOf(error);
  if (code === undefined) return error;
  const known = signals.find(({ matches }) => matches.test(code)) ?? refused(code);
  const kind = asked.isOpening || known.isUsage === true ? UsageError : KnownError;
  const facts = { place: asked.place, code };
  return new kind(known.name, known.say(asked, firstLine(error)), { cause: error, facts });
}

/** More rows than the server has memory for: a retry would meet the same limit. */
export function isOutOfMemory(error: unknown): boolean {
  return /MemoryPoolOutOfMemory|TransactionMemoryLimit/.test(codeOf(error) ?? "");
}

interface Signal {
  readonly matches: RegExp;
  readonly name: string;
  readonly isUsage?: boolean;
  readonly say: (asked: Asked, reason: string) => string;
}

const unreachable: Signal = {
  matches: /^ServiceUnavailable$|^SessionExpired$|^N\/A$|ProtocolError/,
  name: "NEO4J_UNREACHABLE",
  say: ({ place, isOpening }, reason) =>
    isOpening
      ? `No Neo4j answers at ${place} (${reason}): is it running, and is the address right?`
      : `The connection to Neo4j at ${place} was lost (${reason}): what was written is kept; run the command again and it goes on from there.`,
};

/** Whatever else a server says no with. */
function refused(code: string): Signal {
  return {
    matches: /./,
    name: "NEO4J_REFUSED",
    say: ({ place }, reason) =>
      `Neo4j at ${place} refused what was asked (${code}: ${reason}): look at its log.`,
  };
}

/** Neo4j's codes, the most telling first. */
const signals: readonly Signal[] = [
  {
    matches: /Security\.AuthenticationRateLimit/,
    name: "NEO4J_LOCKED_OUT",
    say: ({ place }) =>
      `Neo4j at ${place} refuses every login for a few seconds after several wrong passwords: check NEO4J_PASSWORD, wait, and run it again.`,
  },
  {
    matches: /Security\.(?:CredentialsExpired)/,
    name: "NEO4J_PASSWORD_EXPIRED",
    isUsage: true,
    say: ({ place }) =>
      `The password for Neo4j at ${place} must be changed before it can be used: ALTER CURRENT USER SET PASSWORD.`,
  },
  {
    matches: /Security\.(?:Unauthorized|TokenExpired|AuthProviderFailed)/,
    name: "NEO4J_UNAUTHORIZED",
    isUsage: true,
    say: ({ place, hasPassword }) =>
      hasPassword
        ? `Neo4j at ${place} refuses user or password: check NEO4J_USERNAME and NEO4J_PASSWORD.`
        : `Neo4j at ${place} wants a password: set NEO4J_PASSWORD, and NEO4J_USERNAME where it is not neo4j.`,
  },
  {
    matches: /Database\.DatabaseNotFound/,
    name: "NEO4J_DATABASE_MISSING",
    isUsage: true,
    say: ({ place, database }) =>
      `Neo4j at ${place} has no database "${database ?? ""}": set NEO4J_DATABASE to one it has (SHOW DATABASES), or leave it out.`,
  },
  {
    matches: /DatabaseUnavailable/,
    name: "NEO4J_DATABASE_DOWN",
    say: ({ place, database }) =>
      `${theDatabase(database)} of Neo4j at ${place} is not running: start it (START DATABASE), or look at the server's log.`,
  },
  {
    matches: /ReadOnly|NotALeader|WriteOnReadOnlyAccessDatabase/i,
    name: "NEO4J_READ_ONLY",
    isUsage: true,
    say: ({ place, database }) =>
      `${theDatabase(database)} of Neo4j at ${place} is read-only: open it for writing, or name another with NEO4J_DATABASE.`,
  },
  {
    matches: /Security\.Forbidden/,
    name: "NEO4J_FORBIDDEN",
    isUsage: true,
    say: ({ place }) =>
      `This user may not write to Neo4j at ${place}: give it the right to (role publisher and the right to make constraints), or use another user.`,
  },
  {
    matches:
      /Schema\.(?:IndexAlreadyExists|IndexWithNameAlreadyExists|ConstraintWithNameAlreadyExists|ConstraintAlreadyExists)/,
    name: "NEO4J_SCHEMA_CONFLICT",
    isUsage: true,
    say: ({ place }, reason) =>
      `Neo4j at ${place} has an index or constraint in the way of one of ours: drop it and run again (${reason}).`,
  },
  {
    matches: /ConstraintCreationFailed|ConstraintValidationFailed/,
    name: "NEO4J_DUPLICATES",
    say: ({ place }, reason) =>
      `Neo4j at ${place} has two nodes with one id where there must be one: remove one of them and run again (${reason}).`,
  },
  {
    matches: /TransactionCommitFailed|TransactionStartFailed|OutOfDisk/,
    name: "NEO4J_BROKEN",
    say: ({ place }) =>
      `Neo4j at ${place} cannot write, perhaps for want of disk space: look at its log, restart it, then run the command again.`,
  },
  {
    matches: /MemoryPoolOutOfMemory|TransactionMemoryLimit|OutOfMemory/,
    name: "NEO4J_OUT_OF_MEMORY",
    say: ({ place }) =>
      `Neo4j at ${place} has too little memory for what is to be written: give it more (server.memory.heap.max_size), then run the command again.`,
  },
  {
    matches: /Procedure\.ProcedureCallFailed/,
    name: "NEO4J_SEARCH_FAILED",
    say: ({ place }, reason) =>
      `Neo4j at ${place} could not search (${reason}): \`ingest\` makes the indexes that are not there.`,
  },
  unreachable,
];

function theDatabase(name: string | undefined): string {
  return name === undefined ? "The database" : `The database "${name}"`;
}

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" && (error as Error).name === "Neo4jError" ? code : undefined;
}

/** The message's first line, without a full stop: it goes into a sentence. */
function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return (message.split("\n")[0] ?? "")
    .trim()
    .slice(0, 200)
    .replace(/[.:]+$/, "");
}
