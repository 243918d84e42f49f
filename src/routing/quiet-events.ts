import type { RouterEvents } from "./desk.ts";

type Told = (error: unknown) => void;

const warn: Told = (error) =>
  process.emitWarning(
    `A listener to the router failed, which changes no route: ${error instanceof Error ? error.message : String(error)}`,
    "RoutingWarning",
  );

/** Listeners that can do no harm: what one throws, at once or later, is a warning and no part of any request. */
export function quietEvents({ onAttempt, onFallback, onWarning, onCooldown }: RouterEvents): RouterEvents {
  return {
    ...(onAttempt && { onAttempt: quiet(onAttempt) }),
    ...(onFallback && { onFallback: quiet(onFallback) }),
    ...(onWarning && { onWarning: quiet(onWarning) }),
    ...(onCooldown && { onCooldown: quiet(onCooldown) }),
  };
}

function quiet<Arguments extends unknown[]>(
  listener: (...arguments_: Arguments) => unknown,
): (...arguments_: Arguments) => void {
  return (...arguments_) => {
    try {
      const result = listener(...arguments_);
      // Types say that nothing comes back; an async function fits them all the same.
      if (result instanceof Promise) result.catch(warn);
    } catch (error) {
      warn(error);
    }
  };
}
