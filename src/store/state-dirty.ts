/** Order in which owners are derived: whether an entity is there decides what notes mention. */
export const dirtyStep = { entity: 0, tag: 1, note: 2 } as const;
