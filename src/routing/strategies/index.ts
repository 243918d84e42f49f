import type { StrategyName } from "../policy.ts";
import { costBasedRouting } from "./cost-based-routing.ts";
import { latencyBasedRouting } from "./latency-based-routing.ts";
import { leastBusy } from "./least-busy.ts";
import { simpleShuffle } from "./simple-shuffle.ts";
import type { Strategy } from "./strategy.ts";
import { usageBasedRouting } from "./usage-based-routing.ts";

export const strategies: Readonly<Record<StrategyName, Strategy>> = {
  "simple-shuffle": simpleShuffle,
  "least-busy": leastBusy,
  "usage-based-routing": usageBasedRouting,
  "latency-based-routing": latencyBasedRouting,
  "cost-based-routing": costBasedRouting,
};
