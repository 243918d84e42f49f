export type { Attempt, AttemptBudget, AttemptOutcome, StreamEnd, Usage } from "./attempt.ts";
export type { AttemptTimeouts, Capabilities, Deployment, Provider } from "./deployment.ts";
export { failureKinds } from "./failure.ts";
export type { ConnectionProblem, Failure, FailureKind, QuotaFacts, TimerName } from "./failure.ts";
export { defaultRouterSettings, strategyNames } from "./policy.ts";
export type { GroupChains, PerKind, RouterSettings, StrategyName } from "./policy.ts";
export { signalsOfHttpAnswer, signalsOfStreamError } from "./signals.ts";
export type { AnswerProblem, AttemptFacts, HttpAnswer, Signals } from "./signals.ts";
