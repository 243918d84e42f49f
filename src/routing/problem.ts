import type { Misfit } from "./fits.ts";
import { primaryFailure, type RouteState } from "./route-state.ts";
import { failedRoute, httpStatusOf, type RouteProblem } from "./routing-error.ts";
import type { Selection } from "./select.ts";

type Nothing = Extract<Selection, { kind: "none" }>;

/** Why nothing could be chosen, for whoever asked. */
export function problemOf(state: RouteState, selection: Nothing, nowMs: number): RouteProblem {
  const waitMs = selection.freeAtMs - nowMs;
  const retryAfterMs = waitMs > 0 && waitMs < Infinity ? waitMs : undefined;
  if (state.attempts.length > 0) return failedRoute(state, "nothing else is free in time", retryAfterMs);
  return selection.why === "no_fit"
    ? misfitProblem(state, selection.misfits)
    : capacityProblem(state, selection, retryAfterMs, nowMs);
}

function capacityProblem(
  state: RouteState,
  { passedOver }: Nothing,
  retryAfterMs: number | undefined,
  nowMs: number,
): RouteProblem {
  const failure = primaryFailure(state);
  const reasons = passedOver.map(({ deployment, why }) => `${deployment} (${why.replaceAll("_", " ")})`);
  const ends = passedOver.flatMap(({ untilMs }) => untilMs ?? []);
  const later = retryAfterMs ?? (ends.length > 0 ? Math.max(0, Math.min(...ends) - nowMs) : undefined);
  const isLimit =
    failure === undefined || failure.kind === "rate_limited" || failure.kind === "quota_exhausted";
  return {
    code: "NO_CAPACITY",
    status: isLimit ? 429 : httpStatusOf(failure),
    message: `${state.request.model}: nothing is free before the deadline: ${[...new Set(reasons)].join(", ")}.`,
    ...(later !== undefined && { retryAfterMs: later }),
    ...(failure !== undefined && { failure }),
  };
}

const needs: Readonly<Record<Misfit, string>> = {
  not_local: "is on this machine or network",
  no_tools: "can call tools",
  no_json_schema: "can answer by a JSON schema",
  no_images: "can see images",
  window_too_small: "has a context window for a prompt this long",
};

function misfitProblem(state: RouteState, misfits: readonly Misfit[]): RouteProblem {
  const { model, inputTokens, localOnly } = state.request;
  if (localOnly === true && (misfits.length === 0 || misfits.includes("not_local"))) {
    return {
      code: "NO_LOCAL_DEPLOYMENT",
      status: 503,
      message:
        `${model}: the request is marked local only and no deployment that is local can answer it. Start LocalAI, ` +
        "or mark a deployment of your own with model_info: { local: true }.",
    };
  }
  const wanted = misfits.map((misfit) => needs[misfit]).join(" or ") || "fits its tags";
  const isTooLong = misfits.includes("window_too_small");
  return {
    code: "NO_FITTING_DEPLOYMENT",
    status: 400,
    message: `${model}: no deployment ${wanted}${isTooLong ? ` (about ${inputTokens} tokens)` : ""}.`,
    ...(isTooLong && {
      failure: {
        kind: "context_length",
        rule: "estimated",
        message: "The prompt is longer than every context window.",
      },
    }),
  };
}
