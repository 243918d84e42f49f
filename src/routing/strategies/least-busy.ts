import { lowest, type Strategy } from "./strategy.ts";

/** The fewest requests under way. */
export const leastBusy: Strategy = (candidates, { random }) =>
  lowest(candidates, random, ({ view }) => view.inFlight);
