/**
 * Order in which owners are derived: nodes before the relationships between owners, and entities before notes,
 * since whether an entity is there decides what notes mention.
 */
export const dirtyStep = { text: 0, tag: 1, entity: 2, fact: 3, note: 4 } as const;
