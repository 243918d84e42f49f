import type { Variables } from "./precedence.ts";
import type { Route } from "./provider-choice.ts";
import type { ReadConfig } from "./read-config.ts";

/** The environment's chain counts only without a file: where it says something else, that is said. */
export function noteUnusedChain(read: ReadConfig, route: Route, variables: Variables): void {
  const written = route.deployments.map(({ label, model }) => `${label}/${model}`);
  const fitting: readonly (readonly [string, readonly string[]])[] = [
    ["LITELLM_PRIMARY_MODEL", written.slice(0, 1)],
    ["LITELLM_SECONDARY_MODEL", written.slice(1)],
    ["LITELLM_FALLBACK_MODEL", written],
  ];
  for (const [name, models] of fitting) {
    const given = variables.text(name);
    if (given === undefined || models.includes(given.value) || route.isPinned) continue;
    variables.notices.warn(
      `${given.place.source} says ${given.value} and is not used: the models are those of ${read.source.name}.`,
      read.source.placeOfKey(["model_list"]),
    );
  }
}
