import type { Catalog } from "./catalog.ts";

/** What a name stands for. */
export type Resolution =
  | {
      readonly kind: "group";
      readonly group: string;
      /** Only these of the group: the name was that of a deployment or of a model. */
      readonly only?: readonly string[] | undefined;
      /** Asked by its id: exactly that one, cooling or not, and no fallback. */
      readonly isPinned?: boolean | undefined;
      /** What `*` stood for in the name of a group such as `gemini/*`. */
      readonly wildcard?: string | undefined;
    }
  | { readonly kind: "unknown"; readonly known: readonly string[] };

/**
 * The group that a name asks for: deployment id, alias, group, raw model string (`gemini/…`), a group's
 * pattern, then the first of `defaultFallbacks`. A name that is both an id and a group is the group.
 */
export function resolve(name: string, catalog: Catalog): Resolution {
  const { groups, deployments, settings } = catalog;
  const deployment = deployments.get(name);
  if (deployment !== undefined && !groups.has(name)) {
    return { kind: "group", group: deployment.group, only: [name], isPinned: true };
  }
  const [alias] = settings.modelGroupAlias[name] ?? [];
  const isPlainAlias = alias !== undefined && !groups.has(name);
  if (isPlainAlias && groups.has(alias)) return { kind: "group", group: alias };
  if (groups.has(name)) return { kind: "group", group: name };
  return byModel(name, catalog) ?? byPattern(name, catalog) ?? byDefault(catalog);
}

function byModel(name: string, { deployments }: Catalog): Resolution | undefined {
  const matching = [...deployments.values()].filter(
    ({ label, provider, model }) =>
      name === `${label}/${model}` || name === `${provider}/${model}` || name === model,
  );
  const [first] = matching;
  if (first === undefined) return undefined;
  const only = matching.filter(({ group }) => group === first.group).map(({ id }) => id);
  return { kind: "group", group: first.group, only };
}

/** The pattern with the longest fixed part wins. */
function byPattern(name: string, { groups }: Catalog): Resolution | undefined {
  const patterns = [...groups.keys()].filter((group) => group.includes("*"));
  for (const group of patterns.sort((one, other) => other.length - one.length)) {
    const [head = "", ...rest] = group.split("*");
    const tail = rest.join("*");
    if (name.length <= head.length + tail.length || !name.startsWith(head) || !name.endsWith(tail)) continue;
    return { kind: "group", group, wildcard: name.slice(head.length, name.length - tail.length) };
  }
  return undefined;
}

function byDefault({ groups, settings }: Catalog): Resolution {
  const group = settings.defaultFallbacks.find((name) => groups.has(name));
  if (group !== undefined) return { kind: "group", group };
  return { kind: "unknown", known: [...groups.keys(), ...Object.keys(settings.modelGroupAlias)] };
}
