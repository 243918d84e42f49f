import type { Deployment } from "./deployment.ts";
import type { Failure } from "./failure.ts";

/** Why a deployment cannot be asked now. */
export type Block =
  | "cooling"
  | "probing"
  | "rpm_or_tpm"
  | "requests_of_the_day"
  | "parallel"
  | "budget"
  | "too_large";

/** How a deployment stands at this moment for one request: plain data, what `select` and `decide` look at. */
export interface DeploymentView {
  /** Undefined: it can be asked now. */
  readonly blockedBy: Block | undefined;
  /** When it can be asked, as far as can be known; now when it is free, Infinity when never. */
  readonly freeAtMs: number;
  /** The block is the provider's own word or our limit: held even when there is nothing else. */
  readonly isStated: boolean;
  /** Its cooldown is over and nothing has proven it well: whoever asks it is the probe. */
  readonly isHalfOpen: boolean;
  /** Its last probe failed and no request has gone past it since. */
  readonly wasJustProbed: boolean;
  readonly failure: Failure | undefined;
  readonly inFlight: number;
  /** Share of its rpm or tpm used in the last minute, 0 to 1. */
  readonly usedShare: number;
  readonly tokensUsed: number;
  /** Mean milliseconds a token of the newest answers; undefined when none is known. */
  readonly latencyMs: number | undefined;
  /** Estimated US dollars of this request; undefined when no price is known. */
  readonly costUsd: number | undefined;
}

/** What the world looks like to one request now. */
export type World = (deployment: Deployment) => DeploymentView;
