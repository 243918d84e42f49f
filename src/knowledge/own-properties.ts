import type { NodeLabel, Properties } from "./graph-rows.ts";

/*
 * Names of everything we write, in the order in which derive gives it. In a database that is also somebody else's
 * they tell ours from theirs: a property of another name is the user's, and so is a relationship without an id.
 */

export const nodeProperties: Readonly<Record<NodeLabel, readonly string[]>> = {
  Note: words("vault path title aliases language contentHash createdAt updatedAt frontmatter stub"),
  Chunk: words(
    "text position headings startOffset endOffset contentHash " +
      "extraction extractedBy extractedModel promptVersion extractedAt",
  ),
  Entity: words("vault key name type rawTypes aliases description mentionCount"),
  Tag: ["name"],
};

const propertiesOfOwnType = new Map<string, readonly string[]>([
  ["HAS_CHUNK", ["position"]],
  ["NEXT_CHUNK", ["position"]],
  ["LINKS_TO", ["count", "alias", "heading", "block", "embed"]],
  ["TAGGED", []],
  ["DESCRIBES", []],
  ["MENTIONS", ["count", "quote", "method", "confidence"]],
]);

const propertiesOfFact = words("id rawType confidence evidence chunkIds methods models statedOn");

/** Names of a relationship's properties; the id of one that is no fact follows from its ends and is not among them. */
export function relationshipProperties(type: string): readonly string[] {
  return propertiesOfOwnType.get(type) ?? propertiesOfFact;
}

/** Properties under these names, in this order; what else there is belongs to somebody else. */
export function pick(names: readonly string[], properties: Readonly<Record<string, unknown>>): Properties {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = properties[name];
      return value === undefined || value === null ? [] : [[name, value as Properties[string]]];
    }),
  );
}

function words(text: string): string[] {
  return text.split(" ");
}
