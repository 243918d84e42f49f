export * from "./core.ts";
export { nodeNames, routingGraph, routingRecursionLimit } from "./graph.ts";
export type { RoutingGraphOptions } from "./graph.ts";
export { RoutingState } from "./graph-state.ts";
export type { RoutingUpdate, RoutingValues } from "./graph-state.ts";
export { chatAttempt } from "./chat-attempt.ts";
export type { ModelOf } from "./chat-attempt.ts";
export type { ChatAnswer, ChatCall } from "./chat-call.ts";
export { routeRequestOf } from "./chat-request.ts";
export type { RouteCallOptions } from "./chat-request.ts";
export type {
  HandMadeDeployment,
  HandMadeModels,
  HandMadeOptions,
  ModelSource,
  OpenSource,
} from "./model-source.ts";
export { RoutedChatModel } from "./routed-chat-model.ts";
export type { RoutedChatModelCallOptions, RoutedChatModelFields } from "./routed-chat-model.ts";
export { RouteRun } from "./route-run.ts";
export type { RouteRunOptions, RouteWork } from "./route-run.ts";
export { innerGraph, walkGraph } from "./walk-graph.ts";
export type { InnerGraph } from "./walk-graph.ts";
