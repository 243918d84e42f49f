import { membersOf, type Catalog } from "./catalog.ts";
import type { GroupChains, RouterSettings } from "./policy.ts";
import { ruleOf } from "./rules.ts";
import { fallbacksUsed, visitedGroups, type RouteState } from "./route-state.ts";

export type ChainUse = "general" | "content_policy" | "larger" | "never";

/** Where this route may fall back to, by how it has failed so far: a refusal binds for the rest of it. */
export function chainUseOf(state: RouteState, settings: RouterSettings): ChainUse {
  const failures = state.attempts.flatMap(({ failure }) => (failure === undefined ? [] : [failure]));
  const uses = failures.map((failure) => ruleOf(failure).fallback);
  if (uses.at(-1) === "never") return "never";
  if (uses.includes("content_policy")) return "content_policy";
  if (failures.at(-1)?.kind === "rate_limited" && !settings.fallbackOnRateLimit) return "never";
  return uses.includes("larger") ? "larger" : "general";
}

/**
 * The groups that may still be asked after the current one, in order: the request's own, else those configured
 * for the primary, then theirs in turn, then the default ones. A group that was only passed over may come again.
 */
export function groupsLeft(state: RouteState, catalog: Catalog, use: ChainUse): readonly string[] {
  const { request } = state;
  if (use === "never" || request.disableFallbacks === true || state.isPinned) return [];
  const { settings } = catalog;
  if (fallbacksUsed(state) >= settings.maxFallbacks) return [];
  const used = new Set([...visitedGroups(state), state.group]);
  return [...chainOf(state, catalog, use)].filter(
    (group) =>
      !used.has(group) && membersOf(catalog, group).length > 0 && !wasPartlyAsked(group, state, catalog),
  );
}

/** A group inside an alias that was asked: its deployments have had their attempts under the alias's name. */
function wasPartlyAsked(group: string, state: RouteState, catalog: Catalog): boolean {
  const isPart = [...catalog.parts].some(
    ([alias, parts]) => parts.includes(group) && visitedGroups(state).includes(alias),
  );
  return (
    isPart &&
    membersOf(catalog, group).some(({ deployment }) =>
      state.attempts.some((one) => one.deployment === deployment.id),
    )
  );
}

/** Whether the configuration itself sends prompts that are too long to this group. */
export function takesLongPrompts(group: string, state: RouteState, catalog: Catalog): boolean {
  return named(state, catalog, catalog.settings.contextWindowFallbacks).has(group);
}

function chainOf(state: RouteState, catalog: Catalog, use: ChainUse): ReadonlySet<string> {
  const { settings } = catalog;
  if (use === "content_policy") return named(state, catalog, settings.contentPolicyFallbacks);
  if (use === "larger") {
    const forWindow = named(state, catalog, settings.contextWindowFallbacks);
    if (forWindow.size > 0) return forWindow;
  }
  if (state.request.fallbacks !== undefined) {
    return new Set(state.request.fallbacks.map((name) => plainName(name, catalog)));
  }
  const chain = new Set([state.primary]);
  // A set grows while it is walked: the fallbacks of fallbacks come after those nearer.
  for (const group of chain) for (const next of configured(group, catalog)) chain.add(next);
  return chain;
}

function configured(group: string, catalog: Catalog): readonly string[] {
  const { fallbacks, defaultFallbacks } = catalog.settings;
  const own = fallbacks[group] ?? fallbacks["*"];
  const ofParts = (catalog.parts.get(group) ?? []).flatMap((part) => [part, ...(fallbacks[part] ?? [])]);
  const next = own ?? (ofParts.length > 0 ? [...ofParts, ...defaultFallbacks] : defaultFallbacks);
  return next.map((name) => plainName(name, catalog));
}

function named(state: RouteState, catalog: Catalog, chains: GroupChains): ReadonlySet<string> {
  const groups = [state.group, ...(catalog.parts.get(state.group) ?? []), state.primary, "*"];
  const own = groups.map((group) => chains[group]).find((chain) => chain !== undefined) ?? [];
  return new Set(own.map((name) => plainName(name, catalog)));
}

/** A fallback may be named by its alias. */
function plainName(name: string, { groups, settings }: Catalog): string {
  const [alias] = settings.modelGroupAlias[name] ?? [];
  return groups.has(name) || alias === undefined ? name : alias;
}
