import { drawn, type Candidate, type Strategy } from "./strategy.ts";

/** By lot: in proportion to weight where any candidate has one, else to rpm, else to tpm, else evenly. */
export const simpleShuffle: Strategy = (candidates, { random }) => {
  for (const name of ["weight", "rpm", "tpm"] as const) {
    if (!candidates.some(({ deployment }) => deployment[name] !== undefined)) continue;
    return byShare(candidates, ({ deployment }) => deployment[name] ?? 0, random);
  }
  return drawn(candidates, random);
};

function byShare(
  candidates: readonly [Candidate, ...Candidate[]],
  shareOf: (candidate: Candidate) => number,
  random: () => number,
): Candidate {
  const total = candidates.reduce((sum, candidate) => sum + shareOf(candidate), 0);
  if (total <= 0) return drawn(candidates, random);
  let left = random() * total;
  for (const candidate of candidates) {
    left -= shareOf(candidate);
    if (left < 0) return candidate;
  }
  return candidates.findLast((candidate) => shareOf(candidate) > 0) ?? candidates[0];
}
