/** Owner of a tag's row; the nodes of notes and entities, and what hangs on them alone, go under their own ids. */
export function tagOwner(tag: string): string {
  return `#${tag}`;
}

/**
 * Owner of the relationships of a note or an entity to what others own. They are derived after all nodes, so
 * that both ends are there when a relationship is written.
 */
export function relationsOwner(id: string): string {
  return `${id}>`;
}

/** Owner of a relationship, as the owners of the nodes at its ends tell: what a graph that is read back does not say. */
export function ownerOfRelationship(type: string, ownerOfSource: string, ownerOfTarget: string): string {
  switch (type) {
    case "HAS_CHUNK":
    case "NEXT_CHUNK":
      return ownerOfSource;
    case "DESCRIBES":
      return ownerOfTarget;
    default:
      return relationsOwner(ownerOfSource);
  }
}
