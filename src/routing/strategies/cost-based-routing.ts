import { lowest, type Strategy } from "./strategy.ts";

/** The cheapest for this request's estimated tokens; an unknown price is the dearest. */
export const costBasedRouting: Strategy = (candidates, { random }) =>
  lowest(candidates, random, ({ view }) => view.costUsd ?? Infinity);
