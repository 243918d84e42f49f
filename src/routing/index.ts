export { adviceOf } from "./advice.ts";
export type { Attempt, AttemptBudget, AttemptOutcome, StreamEnd, Usage } from "./attempt.ts";
export type { AttemptTimeouts, Capabilities, Deployment, Provider } from "./deployment.ts";
export { failureKinds } from "./failure.ts";
export type { ConnectionProblem, Failure, FailureKind, QuotaFacts, TimerName } from "./failure.ts";
export { defaultRouterSettings, strategyNames } from "./policy.ts";
export type { GroupChains, PerKind, RouterSettings, StrategyName } from "./policy.ts";
export { signalsOfHttpAnswer, signalsOfStreamError } from "./signals.ts";
export type { AnswerProblem, AttemptFacts, HttpAnswer, Signals } from "./signals.ts";
export { classify, findFailure } from "./classify.ts";
export { signalsOfThrown } from "./thrown.ts";
export type { Attempted } from "./attempt-step.ts";
export type { Choosing } from "./choose-step.ts";
export { systemClock } from "./clock.ts";
export type { Clock } from "./clock.ts";
export type { Decision } from "./decide.ts";
export type { RouterEvents } from "./desk.ts";
export type { CooldownNotice } from "./fleet.ts";
export type { Judgement } from "./judge-step.ts";
export { nodeNames, routingGraph, routingRecursionLimit } from "./graph.ts";
export type { RoutingGraphOptions } from "./graph.ts";
export { RoutingState } from "./graph-state.ts";
export type { RoutingUpdate, RoutingValues } from "./graph-state.ts";
export { chatAttempt } from "./chat-attempt.ts";
export type { ModelOf } from "./chat-attempt.ts";
export type { ChatAnswer, ChatCall } from "./chat-call.ts";
export { routeRequestOf } from "./chat-request.ts";
export type { RouteCallOptions } from "./chat-request.ts";
export { accountKey } from "./ledger.ts";
export type { Counter, Ledger, NotedCooldown, StatedLimit } from "./ledger.ts";
export { openLedger } from "./ledger-file.ts";
export type { FileLedger, LedgerOptions } from "./ledger-file.ts";
export { createMemoryLedger } from "./ledger-memory.ts";
export { createLocality, isPrivateAddress } from "./locality.ts";
export type { Locality, Lookup } from "./locality.ts";
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
export { Router } from "./router.ts";
export type { DeploymentStatus, RouterOptions } from "./router.ts";
export type { AttemptRecord, PassedOver, RouteRequest, RouteState } from "./route-state.ts";
export { httpStatusOf, RoutingError } from "./routing-error.ts";
export type { RouteProblem, RoutingErrorCode } from "./routing-error.ts";
export { bundledPrices, estimateTokens } from "./spend.ts";
export type { PriceList, TokenPrice } from "./spend.ts";
export { walk } from "./walk.ts";
export type { Walked } from "./walk.ts";
