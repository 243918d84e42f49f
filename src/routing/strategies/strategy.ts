import type { Deployment } from "../deployment.ts";
import type { DeploymentView } from "../view.ts";

/** A deployment that is free, and how it stands. */
export interface Candidate {
  readonly deployment: Deployment;
  readonly view: DeploymentView;
}

export interface StrategyContext {
  /** 0 to 1. */
  readonly random: () => number;
  /** latency-based-routing: how much slower than the fastest still counts as fastest. */
  readonly lowestLatencyBuffer: number;
}

/** Picks one of the candidates, of which there is at least one. */
export type Strategy = (
  candidates: readonly [Candidate, ...Candidate[]],
  context: StrategyContext,
) => Candidate;

/** One of the candidates with the lowest score, by lot among equals. */
export function lowest(
  candidates: readonly [Candidate, ...Candidate[]],
  random: () => number,
  score: (candidate: Candidate) => number,
): Candidate {
  let best: [Candidate, ...Candidate[]] = [candidates[0]];
  let bestScore = score(candidates[0]);
  for (const candidate of candidates.slice(1)) {
    const own = score(candidate);
    if (own < bestScore) {
      best = [candidate];
      bestScore = own;
    } else if (own === bestScore) {
      best.push(candidate);
    }
  }
  return drawn(best, random);
}

export function drawn(candidates: readonly [Candidate, ...Candidate[]], random: () => number): Candidate {
  if (candidates.length === 1) return candidates[0];
  return candidates[Math.floor(random() * candidates.length)] ?? candidates[0];
}
