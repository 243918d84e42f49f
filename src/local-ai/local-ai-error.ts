import { KnownError } from "../errors.ts";
import type { LocalAiServer } from "./ask-local-ai.ts";

/**
 * Why a request got no answer: `unreachable` or `late` nothing came; `unready` it is starting, or what stands before it
 * does not reach it; `key`, `forbidden` who asks may not; `missing` there is no such thing there; `refused` it said no;
 * `malformed` whoever answered is no LocalAI.
 */
export type LocalAiReason =
  | "unreachable"
  | "late"
  | "unready"
  | "key"
  | "forbidden"
  | "missing"
  | "refused"
  | "malformed";

interface LocalAiErrorFacts {
  readonly server: LocalAiServer;
  readonly place: string;
  readonly path: string;
  /** What was heard, in its own words. */
  readonly said: string;
  readonly status?: number | undefined;
  readonly cause?: unknown;
}

/** A LocalAI that does not answer as it should, in a sentence. */
export class LocalAiError extends KnownError {
  readonly reason: LocalAiReason;
  /** The sentence's two halves: what happened, and what to try. */
  readonly what: string;
  readonly fix: string;
  /** Its own words. */
  readonly said: string;
  readonly status: number | undefined;

  constructor(reason: LocalAiReason, facts: LocalAiErrorFacts) {
    const { place, path, said, status, cause } = facts;
    const [what, fix] = sentences[reason](facts);
    super(`LOCALAI_${reason.toUpperCase()}`, `${what}: ${fix}.`, {
      cause,
      facts: { place, path, said, ...(status !== undefined && { status }) },
    });
    this.reason = reason;
    this.what = what;
    this.fix = fix;
    this.said = said;
    this.status = status;
  }

  /** Whether the same request may be answered in a while. */
  get mayPass(): boolean {
    return this.reason === "unreachable" || this.reason === "late" || this.reason === "unready";
  }
}

type Sentence = readonly [what: string, fix: string];

const correctAddress = "correct its address (api_base in the configuration, or LOCALAI_BASE_URL)";

const sentences: Readonly<Record<LocalAiReason, (facts: LocalAiErrorFacts) => Sentence>> = {
  unreachable: ({ place, said }) => [
    `LocalAI at ${place} cannot be reached (${said})`,
    `start it, or ${correctAddress}`,
  ],
  late: ({ place, said }) => [
    `LocalAI at ${place} does not answer (${said})`,
    "look at its log, or give it time when it has just been started",
  ],
  unready: ({ place, said, status }) => [
    `LocalAI at ${place} is not ready (${status}: ${said})`,
    "wait until it has started, then run this again",
  ],
  key: ({ place, server }) => [
    `LocalAI at ${place} ${server.apiKey ? "refuses the key" : "wants a key"}`,
    `set ${variableOf(server)}${server.apiKey ? " to a valid one" : ""}`,
  ],
  forbidden: ({ place, server, said }) => [
    `LocalAI at ${place} does not let this key do that (${said})`,
    `models are installed with an admin's key, in ${variableOf(server)}`,
  ],
  missing: ({ place, path, said }) => [
    `LocalAI at ${place} has no ${path} (${said})`,
    "check that the address is a LocalAI's",
  ],
  refused: ({ place, path, said, status }) => [
    `LocalAI at ${place} could not answer ${path} (${status}: ${said})`,
    "look at its log",
  ],
  malformed: ({ place, path, said }) => [
    `What answers at ${place}${path} is no LocalAI ("${said.replaceAll(/\s+/g, " ")}")`,
    correctAddress,
  ],
};

function variableOf({ apiKeyVariable }: LocalAiServer): string {
  return apiKeyVariable ?? "LOCALAI_API_KEY";
}
