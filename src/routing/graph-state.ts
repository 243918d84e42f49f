import { MessagesValue, StateSchema } from "@langchain/langgraph";
import * as z from "zod";
import type { RouteState } from "./route-state.ts";
import type { RouteProblem } from "./routing-error.ts";

/**
 * What travels through the routing graph: plain data, so that every step can be looked at, edited and replayed.
 * Models, keys and streams never stand in it.
 */
export const RoutingState = new StateSchema({
  /** The prompt; in a run of its own the answer is added to it. Empty inside a chat model, which keeps both. */
  messages: MessagesValue,
  /** The name to ask for; default the first group of the configuration. */
  model: z.string().optional(),
  /** Only deployments of this machine or network may see the prompt. */
  localOnly: z.boolean().optional(),
  /** The request's route: attempts, failures, decisions, what comes next. */
  route: z.custom<RouteState>().optional(),
  /** Why the route ended without an answer. */
  problem: z.custom<RouteProblem>().optional(),
  /** When the last step ended, in epoch milliseconds: the time between two steps is not the request's. */
  steppedAtMs: z.number().optional(),
});

export type RoutingValues = typeof RoutingState.State;
export type RoutingUpdate = Partial<typeof RoutingState.Update>;
