import { lowest, type Strategy } from "./strategy.ts";

/** The fastest by its newest answers, by lot among those within the buffer; one not yet tried comes first. */
export const latencyBasedRouting: Strategy = (candidates, { random, lowestLatencyBuffer }) => {
  const fastest = Math.min(...candidates.map(({ view }) => view.latencyMs ?? 0));
  const limit = fastest * (1 + lowestLatencyBuffer);
  return lowest(candidates, random, ({ view }) => ((view.latencyMs ?? 0) <= limit ? 0 : 1));
};
