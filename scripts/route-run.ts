import { HumanMessage } from "@langchain/core/messages";
import { openRouting, type Routing } from "../src/app-routing.ts";
import { loadSettings, noticeText, type Settings } from "../src/config/index.ts";
import { InterruptedError, UsageError } from "../src/errors.ts";
import { RoutingError } from "../src/routing/index.ts";
import { readSimulation } from "../src/simulation.ts";
import { exitCode } from "./exit.ts";
import { untilInterrupted } from "./interrupt.ts";
import { print, remark } from "./output.ts";
import { routeJson, routeTable } from "./route-table.ts";
import type { RouteCommandOptions } from "./route.ts";

/** Runs `route` and prints the route and the answer; returns the exit code. */
export async function runRoute(prompt: string, options: RouteCommandOptions): Promise<number> {
  if (prompt.trim() === "")
    throw new UsageError("NO_PROMPT", "The prompt is empty: put it in quotes after `route`.");
  const settings = loadSettings({
    ...(options.config !== undefined && { config: options.config }),
    ...(options.envFile !== undefined && { envFile: options.envFile }),
  });
  for (const notice of settings.notices) remark(noticeText(notice), options);
  const simulation = readSimulation(options.simulate, settings.deployments);
  const routing = await openRouting(settings, {
    simulation,
    ledgerFile: options.ledger,
    warn: (message) => remark(message, options),
  });
  try {
    return await untilInterrupted((signal) => ask(prompt, routing, settings, options, signal));
  } finally {
    routing.close();
  }
}

async function ask(
  prompt: string,
  routing: Routing,
  settings: Settings,
  options: RouteCommandOptions,
  signal: AbortSignal,
): Promise<number> {
  const { model, localOnly } = options;
  try {
    const { message, route } = await routing.ask([new HumanMessage(prompt)], { model, localOnly, signal });
    const answer = message.text;
    if (options.json) print(JSON.stringify(routeJson(route, answer), null, 2));
    else {
      print(routeTable(route, options));
      print();
      print(answer);
    }
    return exitCode.done;
  } catch (error) {
    if (!(error instanceof RoutingError)) throw error;
    if (error.code === "CANCELLED") throw new InterruptedError();
    if (error.code === "UNKNOWN_MODEL") throw new UsageError(error.code, error.message, { cause: error });
    if (options.json)
      print(JSON.stringify({ ...routeJson(error.route, null), error: errorJson(error) }, null, 2));
    else if (error.route) print(routeTable(error.route, options));
    // On stderr whatever --quiet says: it is the reason of the exit code.
    remark(error.message);
    if (!settings.isConfigured) remark(whatToSet);
    return exitCode.failed;
  }
}

const whatToSet =
  "No model is configured and none of the built-in ones answered: set GOOGLE_API_KEY in .env " +
  "(a free key from https://aistudio.google.com/apikey), or start LocalAI and set LOCALAI_BASE_URL, " +
  "or write a litellm_config.yaml; docs/configuration.md has each.";

function errorJson({ code, status, message, retryAfterMs }: RoutingError) {
  return { code, status, message, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}
