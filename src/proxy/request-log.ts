import type { Deployment, RouteState } from "../routing/core.ts";

/** One line of the log. No prompt, answer or key ever stands in it, and no provider's own words. */
export type LogEvent =
  | { readonly event: "started"; readonly url: string; readonly models: readonly string[] }
  | { readonly event: "stopping"; readonly inFlight: number }
  | { readonly event: "routing"; readonly model: string; readonly deployment: string }
  | { readonly event: "fallback"; readonly from: string; readonly to: string; readonly why: string }
  | {
      readonly event: "cooldown";
      readonly deployment: string;
      readonly kind: string;
      readonly seconds: number;
    }
  | { readonly event: "warning"; readonly message: string }
  | {
      readonly event: "completed";
      readonly id: string;
      readonly group: string;
      readonly deployment: string;
      readonly model: string;
      readonly seconds: number;
      readonly route: RouteState;
    }
  | {
      readonly event: "failed";
      readonly id: string;
      readonly status: number;
      readonly code: string;
      readonly seconds: number;
      readonly route?: RouteState | undefined;
    };

export interface LogOptions {
  readonly format: "text" | "json";
  /** `debug` shows every attempt of a route and what was decided. */
  readonly level: "silent" | "info" | "debug";
  readonly write: (text: string) => void;
  readonly now: () => Date;
}

/** Writes lines in batches: at thousands of requests a second each write of its own would cost more than the rest. */
export class RequestLog {
  readonly #options: LogOptions;
  #lines = "";
  #timer: NodeJS.Timeout | undefined;

  constructor(options: LogOptions) {
    this.#options = options;
  }

  routing({ id, label }: Deployment, model: string): void {
    if (this.#options.level === "silent") return;
    this.say({ event: "routing", model: `${label}/${model}`, deployment: id });
  }

  say(event: LogEvent): void {
    const { format, level, now } = this.#options;
    if (level === "silent") return;
    const isDebug = level === "debug";
    if (format === "json") {
      this.#add(
        JSON.stringify({ at: now().toISOString(), level: levelOf(event), ...plainEvent(event, isDebug) }),
      );
    } else for (const line of textOf(event, isDebug)) this.#add(`[${levelOf(event)}] ${printable(line)}`);
  }

  /** Writes what is waiting. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const lines = this.#lines;
    this.#lines = "";
    if (lines !== "") this.#options.write(lines);
  }

  #add(line: string): void {
    this.#lines += `${line}\n`;
    if (this.#lines.length > longestBatch) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), batchMs).unref();
  }
}

const batchMs = 50;
const longestBatch = 64 * 1024;

function levelOf({ event }: LogEvent): "INFO" | "WARNING" | "ERROR" {
  if (event === "failed") return "ERROR";
  return event === "fallback" || event === "cooldown" || event === "warning" ? "WARNING" : "INFO";
}

function textOf(event: LogEvent, isDebug: boolean): readonly string[] {
  switch (event.event) {
    case "started":
      return [`Serving ${event.models.join(", ") || "no model"} at ${event.url}`];
    case "stopping":
      return [`Stopping: ${event.inFlight} requests are still being answered`];
    case "routing":
      return [`Routing to model: ${event.model}`];
    case "fallback":
      return [`Falling back from ${event.from} to ${event.to}: ${event.why}`];
    case "cooldown":
      return [`${event.deployment} rests for ${event.seconds} s: ${event.kind}`];
    case "warning":
      return [event.message];
    case "completed":
      return [
        ...(isDebug ? routeLines(event.route) : []),
        `Model returned: ${event.group}`,
        `Request completed in ${shortSeconds(event.seconds)}s`,
      ];
    case "failed":
      return [
        ...(isDebug && event.route !== undefined ? routeLines(event.route) : []),
        `Request failed in ${shortSeconds(event.seconds)}s: ${event.status} ${event.code}`,
      ];
  }
}

function routeLines({ id, attempts, passedOver }: RouteState): readonly string[] {
  return [
    ...passedOver.map(({ deployment, why }) => `${id} ${deployment} was passed over: ${why}`),
    ...attempts.map(({ deployment, model, kind, status, ms, waitedMs, decision }, place) => {
      const waited = waitedMs > 0 ? ` after ${Math.round(waitedMs)} ms` : "";
      const how = status === undefined ? kind : `${kind} (${status})`;
      return `${id} ${place + 1}. ${deployment} ${model}: ${how} in ${Math.round(ms)} ms${waited}${decision === undefined ? "" : `; ${decision}`}`;
    }),
  ];
}

/** As JSON: the route as facts, and only when it is asked for. */
function plainEvent(event: LogEvent, isDebug: boolean): object {
  if (!("route" in event)) return event;
  const { route, ...rest } = event;
  if (!isDebug || route === undefined) return rest;
  const attempts = route.attempts.map(({ failure, ...attempt }) => ({
    ...attempt,
    ...(failure !== undefined && { rule: failure.rule }),
  }));
  return { ...rest, attempts };
}

/** At least a tenth, or it would read as nothing. */
function shortSeconds(seconds: number): string {
  return seconds < 0.95 ? Math.max(0.1, seconds).toFixed(1) : seconds.toFixed(1);
}

/** Names come from requests: nothing in them may steer a terminal or begin a line. */
function printable(line: string): string {
  // oxlint-disable-next-line eslint/no-control-regex -- control characters are what is taken out
  return line.replaceAll(/[\u0000-\u001F\u007F-\u009F\u2028\u2029]/g, "\uFFFD");
}
