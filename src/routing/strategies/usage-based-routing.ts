import { lowest, type Strategy } from "./strategy.ts";

/** The lowest share of its tpm or rpm used in the last minute; among equals the fewest tokens. */
export const usageBasedRouting: Strategy = (candidates, { random }) => {
  const least = Math.min(...candidates.map(({ view }) => view.usedShare));
  return lowest(candidates, random, ({ view }) => (view.usedShare > least ? Infinity : view.tokensUsed));
};
