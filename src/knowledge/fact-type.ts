import { ownRelationshipTypes } from "./graph-rows.ts";

const reserved = new Set<string>(ownRelationshipTypes);
const longest = 64;

/**
 * A relationship type made from what an author or a model called it: `born in` is BORN_IN. Letters, digits and
 * underscores of any script, at most 64 characters; undefined when nothing of that is left.
 */
export function factType(raw: string): string | undefined {
  const words = raw
    .normalize("NFC")
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, "$1_$2")
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, "_")
    .toUpperCase()
    .normalize("NFC");
  const type = [...words]
    .slice(0, longest)
    .join("")
    .replaceAll(/^_+|_+$/g, "");
  if (!/[\p{L}\p{N}]/u.test(type)) return undefined;
  const safe = /^\p{N}/u.test(type) ? `_${type}` : type;
  return reserved.has(safe) ? `${safe}_FACT` : [...safe].slice(0, longest).join("");
}
