import type { Attempt, AttemptBudget, AttemptOutcome } from "./attempt.ts";
import type { Clock } from "./clock.ts";
import type { Deployment } from "./deployment.ts";
import type { TimerName } from "./failure.ts";
import { signalsOfThrown } from "./thrown.ts";

/** An attempt under way: its outcome, and the end of its hold on caller and clock. */
export interface RunningAttempt<Answer> {
  readonly outcome: Promise<AttemptOutcome<Answer>>;
  /** Frees timers and listeners; after a stream has ended, or at once when there is none. */
  readonly release: () => void;
}

type Interruption = { readonly kind: "timer"; readonly timer: TimerName } | { readonly kind: "caller" };

/**
 * Runs one attempt under its time limits and its caller's signal. An attempt that ignores both is left behind:
 * the route goes on without it.
 */
export function runAttempt<Request, Answer>(
  attempt: Attempt<Request, Answer>,
  deployment: Deployment,
  request: Request,
  budget: AttemptBudget,
  isStream: boolean,
  clock: Clock,
  signal: AbortSignal,
): RunningAttempt<Answer> {
  const controller = new AbortController();
  const timers = new AbortController();
  const interrupted = Promise.withResolvers<Interruption>();
  let isAnswered = false;
  let isReleased = false;
  const interrupt = (interruption: Interruption, reason: unknown) => {
    if (isReleased) return;
    interrupted.resolve(interruption);
    controller.abort(reason);
  };
  const onAbort = () => interrupt({ kind: "caller" }, signal.reason);
  const limit = (timer: TimerName, ms: number) => {
    const onTime = () => {
      if (timer === "first_content" && isAnswered) return;
      const message = `${deployment.id}: no answer in ${ms} ms (${timer})`;
      interrupt({ kind: "timer", timer }, new DOMException(message, "TimeoutError"));
    };
    clock.sleep(ms, timers.signal).then(onTime, () => undefined);
  };
  const release = () => {
    isReleased = true;
    // A reason of our own: the default one would be an error with a stack, made for every request.
    timers.abort("released");
    signal.removeEventListener("abort", onAbort);
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  limit("attempt", budget.timeouts.attemptMs);
  const { firstContentMs } = budget.timeouts;
  if (isStream && firstContentMs !== undefined) limit("first_content", firstContentMs);
  const facts = () => ({ ...(signal.aborted && { callerAborted: true }) });
  const call = async (): Promise<AttemptOutcome<Answer>> => {
    try {
      const outcome = await attempt(deployment, request, controller.signal, budget);
      return outcome.kind === "failed" && signal.aborted
        ? { ...outcome, signals: { ...outcome.signals, callerAborted: true } }
        : outcome;
    } catch (error) {
      return { kind: "failed", signals: signalsOfThrown(error, facts()), cause: error };
    }
  };
  const interruption = interrupted.promise.then((reason): AttemptOutcome<Answer> => ({
    kind: "failed",
    signals:
      reason.kind === "caller" ? { callerAborted: true } : { timer: reason.timer, text: "no answer in time" },
    cause: controller.signal.reason,
  }));
  const outcome = signal.aborted ? interruption : Promise.race([call(), interruption]);
  const noted = outcome.then((result) => {
    isAnswered = true;
    return result;
  });
  return { outcome: noted, release };
}
