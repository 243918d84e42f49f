import type { Router } from "../routing/core.ts";
import { RequestProblem } from "./request-problem.ts";

interface ListedModel {
  readonly id: string;
  readonly object: "model";
  readonly created: number;
  readonly owned_by: string;
}

/** The names that may be asked for: groups and aliases, in the order of the configuration. */
export function listedModels(routers: readonly Router[], createdSeconds: number): readonly ListedModel[] {
  const owners = new Map<string, string>();
  for (const { catalog } of routers) {
    for (const [group, members] of catalog.groups) {
      const label = members[0]?.deployment.label;
      if (!owners.has(group) && label !== undefined) owners.set(group, label);
    }
    for (const [alias, [target]] of Object.entries(catalog.settings.modelGroupAlias)) {
      const label = target === undefined ? undefined : catalog.groups.get(target)?.[0]?.deployment.label;
      if (!owners.has(alias) && label !== undefined) owners.set(alias, label);
    }
  }
  return [...owners].map(([id, label]) => ({
    id,
    object: "model",
    created: createdSeconds,
    owned_by: label,
  }));
}

/** One of them; throws a 404. */
export function listedModel(models: readonly ListedModel[], name: string): ListedModel {
  const found = models.find(({ id }) => id === name);
  if (found !== undefined) return found;
  const known = models.map(({ id }) => id).join(", ");
  throw new RequestProblem(
    404,
    "MODEL_NOT_FOUND",
    `There is no model of that name. Known: ${known}.`,
    "model",
  );
}
