import { adviceOf } from "./advice.ts";
import type { Attempt, AttemptBudget, AttemptOutcome, StreamEnd } from "./attempt.ts";
import { timeoutsOf } from "./budgets.ts";
import { classify } from "./classify.ts";
import type { Deployment } from "./deployment.ts";
import type { Desk } from "./desk.ts";
import type { Failure } from "./failure.ts";
import type { Slot } from "./fleet.ts";
import type { AttemptRecord, RouteState } from "./route-state.ts";
import { runAttempt } from "./run-attempt.ts";
import type { Signals } from "./signals.ts";
import { costOf, settledUsage } from "./spend.ts";
import { signalsOfThrown } from "./thrown.ts";

/** What came of one attempt; `ended` settles when its stream has, with the books closed. */
export type Attempted<Answer> =
  | {
      readonly kind: "answered";
      readonly state: RouteState;
      readonly answer: Answer;
      readonly ended: Promise<RouteState>;
    }
  | {
      readonly kind: "failed";
      readonly state: RouteState;
      readonly failure: Failure;
      readonly cause: unknown;
    };

/** Makes the attempt that was chosen, exactly one upstream call, and closes its books. */
export async function attempt<Request, Answer>(
  desk: Desk,
  state: RouteState,
  effect: Attempt<Request, Answer>,
  request: Request,
  signal: AbortSignal,
): Promise<Attempted<Answer>> {
  const { clock, locality } = desk;
  const slot = slotOf(desk, state);
  const { deployment } = slot;
  const startedAtMs = clock.now();
  const budget = budgetOf(desk, deployment, state, startedAtMs);
  const mayAsk = state.localIds === undefined || (await locality.isLocal(deployment));
  const isStream = state.request.isStream === true;
  const running = runAttempt(
    mayAsk ? effect : notLocal,
    deployment,
    request,
    budget,
    isStream,
    clock,
    signal,
  );
  const outcome = await running.outcome;
  const begun: Begun = { slot, state, startedAtMs, model: budget.model };
  if (outcome.kind === "streaming") return streaming(desk, begun, outcome, running.release);
  running.release();
  if (outcome.kind === "failed") {
    const failure = withSuccessor(classified(outcome.signals, begun, clock.now()), begun);
    const closed = close(desk, begun, { usage: outcome.usage }, failure);
    return { kind: "failed", state: closed, failure, cause: outcome.cause };
  }
  const closed = close(desk, begun, outcome, undefined);
  return { kind: "answered", state: closed, answer: outcome.answer, ended: Promise.resolve(closed) };
}

/** A provider may repeat the key that it was shown, and its words go to callers and logs. */
function classified(signals: Signals, { slot }: Begun, nowMs: number): Failure {
  const failure = classify(signals, nowMs);
  const { apiKey = "" } = slot.deployment;
  if (apiKey.length < shortestKey || !failure.message.includes(apiKey)) return failure;
  return { ...failure, message: failure.message.replaceAll(apiKey, "…") };
}

/** What is shorter is a placeholder that may stand in any sentence (`none`). */
const shortestKey = 6;

/** A retired name leads to its successor's once; where that is gone too, the deployment is at fault. */
function withSuccessor(failure: Failure, { slot, model }: Begun): Failure {
  const successor = slot.deployment.successorModel;
  const isUntried = failure.kind === "model_not_found" && successor !== undefined && successor !== model;
  return isUntried ? { ...failure, successor } : failure;
}

/** A state that comes from elsewhere (a replay) has no capacity reserved: take it now. */
function slotOf({ slots, fleet, clock }: Desk, state: RouteState): Slot {
  const { current } = state;
  if (current === undefined) throw new Error("There is no attempt to make: choose comes first.");
  const kept = slots.get(current.slot);
  if (kept?.deployment.id !== current.deployment)
    return fleet.take(current.deployment, state.request, clock.now());
  slots.delete(current.slot);
  return kept;
}

function budgetOf(
  { catalog }: Desk,
  deployment: Deployment,
  state: RouteState,
  nowMs: number,
): AttemptBudget {
  const { next, wildcard } = state;
  const ownModel = wildcard === undefined ? deployment.model : deployment.model.replace("*", wildcard);
  return {
    timeouts: timeoutsOf(deployment, state, catalog.settings, nowMs),
    model: next.model ?? ownModel,
    ...(next.repair !== undefined && { repair: next.repair }),
    localOnly: state.localIds !== undefined,
  };
}

interface Begun {
  readonly slot: Slot;
  readonly state: RouteState;
  readonly startedAtMs: number;
  readonly model: string;
}

type Streaming<Answer> = Extract<AttemptOutcome<Answer>, { kind: "streaming" }>;
type Ending = Pick<
  Extract<AttemptOutcome<unknown>, { kind: "answered" }>,
  "usage" | "outputText" | "model" | "firstContentMs"
>;

function streaming<Answer>(
  desk: Desk,
  begun: Begun,
  outcome: Streaming<Answer>,
  release: () => void,
): Attempted<Answer> {
  const { clock, fleet, turns } = desk;
  const { model, firstContentMs = clock.now() - begun.startedAtMs } = outcome;
  fleet.noteAlive(begun.slot, clock.now());
  turns.pump();
  const closeStream = (end: StreamEnd) => {
    release();
    if (end.kind === "finished") return close(desk, begun, { ...end, model, firstContentMs }, undefined);
    const failure = classified({ ...end.signals, contentSent: true }, begun, clock.now());
    return close(desk, begun, { usage: end.usage, model, firstContentMs }, failure);
  };
  const state = withRecord(begun.state, recordOf(begun, "ok", clock.now(), { model }));
  const ended = outcome.ended.then(closeStream, (error: unknown) =>
    closeStream({ kind: "failed", signals: signalsOfThrown(error) }),
  );
  return { kind: "answered", state, answer: outcome.answer, ended };
}

function close(desk: Desk, begun: Begun, ending: Ending, failure: Failure | undefined): RouteState {
  const { clock, fleet, turns, price, events } = desk;
  const { slot, state } = begun;
  const nowMs = clock.now();
  const isKnown = failure === undefined || ending.usage !== undefined;
  const usage = isKnown ? settledUsage(ending.usage, slot.need.inputTokens, ending.outputText) : undefined;
  const { firstContentMs } = ending;
  fleet.settle(slot, { nowMs, failure, usage, firstContentMs, isStream: state.request.isStream === true });
  const costUsd = usage && costOf(price(slot.deployment), usage.inputTokens, usage.outputTokens);
  const record: AttemptRecord = {
    ...recordOf(begun, failure?.kind ?? "ok", nowMs, ending),
    ...(failure !== undefined && { failure }),
    ...(failure?.status !== undefined && { status: failure.status }),
    ...(usage !== undefined && { usage }),
    ...(costUsd !== undefined && { costUsd }),
  };
  const closed = withRecord(state, record);
  events.onAttempt?.(record, closed);
  const advice = failure && adviceOf(failure, slot.deployment);
  if (advice !== undefined) events.onWarning?.(advice, slot.deployment.id);
  turns.pump();
  return closed;
}

function recordOf(begun: Begun, kind: AttemptRecord["kind"], nowMs: number, ending: Ending): AttemptRecord {
  const { state, slot, startedAtMs, model } = begun;
  return {
    deployment: slot.deployment.id,
    group: state.group,
    model: ending.model ?? model,
    kind,
    startedAtMs,
    ms: nowMs - startedAtMs,
    waitedMs: state.waitedMs,
    ...(state.next.repair !== undefined && { isRepair: true }),
  };
}

function withRecord(state: RouteState, record: AttemptRecord): RouteState {
  return { ...state, attempts: [...state.attempts, record], next: {}, waitedMs: 0, current: undefined };
}

const notLocal: Attempt<unknown, never> = async () => ({
  kind: "failed",
  signals: { code: "ERR_NOT_LOCAL", text: "The address is not one of this machine or network." },
});
