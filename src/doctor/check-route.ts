import type { Settings } from "../config/index.ts";
import { type Check, problem, well } from "./check.ts";

/** Groups that are asked after a group, in turn. */
export function fallbacksOf({ router }: Pick<Settings, "router">, group: string): readonly string[] {
  return (router.fallbacks[group] ?? router.defaultFallbacks).filter((other) => other !== group);
}

/** Whether anybody is left to ask, when some cannot be. */
export function checkRoute(settings: Settings, canBeAsked: ReadonlySet<string>): Check {
  const check = "route";
  const { defaultGroup, deployments, isConfigured } = settings;
  const chain = [defaultGroup, ...fallbacksOf(settings, defaultGroup)].filter((group) => group !== "");
  const shown = chain.join(", then ");
  const answers = chain.filter((group) =>
    deployments.some((one) => one.group === group && canBeAsked.has(one.id)),
  );
  const [first] = answers;
  if (first !== undefined) {
    const instead = first === defaultGroup ? shown : `${shown}: ${first} answers in place of ${defaultGroup}`;
    const isAlone = chain.length === 1 && deployments.length > 1;
    return well(
      check,
      instead,
      isAlone ? "Nobody is asked after it: router_settings.fallbacks names who should be." : null,
    );
  }
  const start =
    "Put GOOGLE_API_KEY=… into .env (free: https://aistudio.google.com/apikey), or start LocalAI and set LOCALAI_BASE_URL.";
  return isConfigured
    ? problem(
        check,
        `nobody can be asked: ${shown === "" ? "there is no model" : shown}`,
        "Mend one of the lines above.",
      )
    : well(check, "no model is configured: notes are read and questions answered without one", start);
}
