import type { AttemptRecord, RouteState } from "../src/routing/index.ts";
import { dim, table, type OutputOptions } from "./output.ts";

/** The JSON of `route`: a program reads this, so its keys only ever grow. */
export function routeJson(route: RouteState | undefined, answer: string | null) {
  const attempts = route?.attempts ?? [];
  const costs = attempts.map(({ costUsd }) => costUsd).filter((cost) => cost !== undefined);
  return {
    answer,
    model: answer === null ? null : (attempts.at(-1)?.model ?? null),
    attempts: attempts.map(({ deployment, kind, status, ms, waitedMs, decision }) => ({
      deployment,
      kind,
      status: status ?? null,
      ms: Math.round(ms),
      waitedMs: Math.round(waitedMs),
      decision: decision ?? (kind === "ok" ? "answered" : "failed"),
    })),
    costUsd: costs.reduce((sum, cost) => sum + cost, 0),
  };
}

/** The route as a table: who was asked, what happened, how it was read, what was decided and why. */
export function routeTable(route: RouteState, options: OutputOptions): string {
  const head = ["", "deployment", "what happened", "read as", "decided", "waited", "took"];
  const rows = route.attempts.map((attempt, index) => [
    String(index + 1),
    attempt.deployment,
    happened(attempt),
    attempt.kind,
    attempt.decision ?? (attempt.kind === "ok" ? "answered" : "failed"),
    duration(attempt.waitedMs),
    duration(attempt.ms),
  ]);
  const lines = [table([head, ...rows], "")];
  for (const { deployment, why, untilMs } of route.passedOver) {
    const until = untilMs === undefined ? "" : `, until ${new Date(untilMs).toISOString()}`;
    lines.push(dim(`${deployment} was passed over: ${why}${until}.`));
  }
  if (options.verbose) {
    for (const [index, { failure }] of route.attempts.entries()) {
      if (failure) lines.push(dim(`${index + 1}: ${failure.message} (${failure.rule})`));
    }
  }
  return lines.join("\n");
}

/** What the wire showed: the status, the code of a connection, or that a clock of ours ran out. */
function happened({ kind, status, failure, model }: AttemptRecord): string {
  if (kind === "ok") return `answered by ${model}`;
  const what = failure?.timer === undefined ? [status, failure?.code] : ["no answer in time"];
  const words = what.filter((part) => part !== undefined).map(String);
  const planted = failure?.simulated ? " (simulated)" : "";
  if (kind === "content_blocked") words.push("refused");
  if (kind === "unusable_answer") words.push("broken answer");
  return `${[...new Set(words)].join(" ") || "no answer"}${planted}`;
}

function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
