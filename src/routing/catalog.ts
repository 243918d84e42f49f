import type { Deployment } from "./deployment.ts";
import type { RouterSettings } from "./policy.ts";

/** A deployment as a group holds it: lower tiers are asked first. */
export interface Member {
  readonly deployment: Deployment;
  readonly tier: number;
}

/** Everything that can be asked, by name; made once from the configuration. */
export interface Catalog {
  readonly deployments: ReadonlyMap<string, Deployment>;
  readonly groups: ReadonlyMap<string, readonly Member[]>;
  /** The groups whose deployments an alias with several groups holds; absent for a plain group. */
  readonly parts: ReadonlyMap<string, readonly string[]>;
  readonly settings: RouterSettings;
}

/** An alias's place outweighs any `order` inside its groups. */
const aliasStep = 1_000_000;

export function createCatalog(deployments: readonly Deployment[], settings: RouterSettings): Catalog {
  const groups = new Map<string, Member[]>();
  for (const deployment of deployments) {
    const members = groups.get(deployment.group) ?? [];
    members.push({ deployment, tier: deployment.order ?? aliasStep - 1 });
    groups.set(deployment.group, members);
  }
  const parts = new Map<string, readonly string[]>();
  for (const [alias, names] of Object.entries(settings.modelGroupAlias)) {
    const members = names.flatMap((name, place) =>
      (groups.get(name) ?? []).map((member) => ({ ...member, tier: place * aliasStep + member.tier })),
    );
    if (names.length < 2 || groups.has(alias) || members.length === 0) continue;
    groups.set(alias, members);
    parts.set(alias, names);
  }
  return { deployments: new Map(deployments.map((one) => [one.id, one])), groups, parts, settings };
}

/** The deployments of a group; none for a name that is no group. */
export function membersOf(catalog: Catalog, group: string): readonly Member[] {
  return catalog.groups.get(group) ?? [];
}
