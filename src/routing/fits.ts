import type { Catalog, Member } from "./catalog.ts";
import { membersOf } from "./catalog.ts";
import type { Deployment } from "./deployment.ts";
import type { RouteRequest, RouteState } from "./route-state.ts";

/** Why a deployment can never answer this request. */
export type Misfit = "not_local" | "no_tools" | "no_json_schema" | "no_images" | "window_too_small";

/** The first reason why it does not fit, in the order of the filters; undefined when it does. */
export function misfitOf(deployment: Deployment, state: RouteState, catalog: Catalog): Misfit | undefined {
  const { request } = state;
  if (state.localIds !== undefined && !state.localIds.includes(deployment.id)) return "not_local";
  if (request.needsTools === true && deployment.capabilities?.tools === false) return "no_tools";
  if (request.needsJsonSchema === true && deployment.capabilities?.jsonSchema === false)
    return "no_json_schema";
  if (request.needsImages === true && deployment.capabilities?.images === false) return "no_images";
  if (catalog.settings.enablePreCallChecks && !fitsWindow(deployment, request)) return "window_too_small";
  return undefined;
}

function fitsWindow(deployment: Deployment, request: RouteRequest): boolean {
  return deployment.contextWindowTokens === undefined || request.inputTokens < deployment.contextWindowTokens;
}

/** The members of a group that can answer this request at all, whether or not they are free. */
export function fitting(state: RouteState, catalog: Catalog, group: string): readonly Member[] {
  const members = membersOf(catalog, group).filter(
    ({ deployment }) =>
      (state.only === undefined || group !== state.primary || state.only.includes(deployment.id)) &&
      misfitOf(deployment, state, catalog) === undefined,
  );
  return withTags(members, state.request.tags ?? [], catalog.settings.enableTagFiltering);
}

/**
 * Tags as LiteLLM has them, where a group uses them: a request with tags sees deployments with one of them, else those tagged `default`;
 * one without sees, under tag filtering, those tagged `default` where there are any.
 */
export function withTags(
  members: readonly Member[],
  tags: readonly string[],
  isFiltering: boolean,
): readonly Member[] {
  const tagged = (wanted: readonly string[]) =>
    members.filter(({ deployment }) => deployment.tags?.some((tag) => wanted.includes(tag)) === true);
  if (tags.length > 0 && members.some(({ deployment }) => (deployment.tags ?? []).length > 0)) {
    const matching = tagged(tags);
    return matching.length > 0 ? matching : tagged(["default"]);
  }
  const defaults = isFiltering ? tagged(["default"]) : [];
  return defaults.length > 0 ? defaults : members;
}
