import type { AttemptTimeouts, Deployment } from "./deployment.ts";
import type { Signals } from "./signals.ts";

/** Tokens that an answer reports; undefined ones are estimated by the router and marked so. */
export interface Usage {
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
  /** True when somebody counted rather than the provider. */
  readonly estimated?: boolean | undefined;
}

/** What one attempt may use: time limits already cut to the request's deadline. */
export interface AttemptBudget {
  readonly timeouts: AttemptTimeouts & { readonly attemptMs: number };
  /** Name to send upstream: the deployment's own, or the successor of a retired one. */
  readonly model: string;
  /** What was wrong with this deployment's last answer, to be shown to the model; undefined the first time. */
  readonly repair?: string | undefined;
  /** Only addresses of this machine or network may be connected to: check what the name resolves to. */
  readonly localOnly: boolean;
}

/** How a stream went on after its first content. */
export type StreamEnd =
  | {
      readonly kind: "finished";
      readonly usage?: Usage | undefined;
      readonly outputText?: string | undefined;
    }
  | { readonly kind: "failed"; readonly signals: Signals; readonly usage?: Usage | undefined };

/** What came of one upstream call. `failed` carries signals, which `classify` reads once. */
export type AttemptOutcome<Answer> =
  | {
      readonly kind: "answered";
      readonly answer: Answer;
      readonly usage?: Usage | undefined;
      /** The answer's text, to count tokens when the provider does not. */
      readonly outputText?: string | undefined;
      /** The model that really answered, as it named itself. */
      readonly model?: string | undefined;
      readonly firstContentMs?: number | undefined;
    }
  | {
      readonly kind: "streaming";
      /** Its first content is there; from now on there is no other attempt. */
      readonly answer: Answer;
      /** Settles (never rejects) when the stream has ended, in whatever way. */
      readonly ended: Promise<StreamEnd>;
      readonly model?: string | undefined;
      readonly firstContentMs?: number | undefined;
    }
  | {
      readonly kind: "failed";
      readonly signals: Signals;
      readonly cause?: unknown;
      readonly usage?: Usage | undefined;
    };

/**
 * One upstream call, exactly one. It must end within its time limits and when `signal` aborts;
 * what it throws is read as `signalsOfThrown` reads it.
 */
export type Attempt<Request, Answer> = (
  deployment: Deployment,
  request: Request,
  signal: AbortSignal,
  budget: AttemptBudget,
) => Promise<AttemptOutcome<Answer>>;
