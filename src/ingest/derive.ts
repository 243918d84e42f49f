import { deriveEntity, deriveFacts } from "../knowledge/derive-entity.ts";
import { deriveNote, deriveTag, deriveText } from "../knowledge/derive-note.ts";
import type { Row } from "../knowledge/graph-rows.ts";
import { entityId } from "../knowledge/identity.ts";
import { relationsOwner, tagOwner } from "../knowledge/owners.ts";
import { type AppliedRow, diff, type Patch, type Rekey } from "../knowledge/patch.ts";
import type { KnowledgeView } from "../knowledge/view.ts";
import type { DerivedFor, Unit } from "../store/state.ts";

/** What derive compares with: the rows that stand for an owner, and the nodes that live on under another id. */
export interface StandingRows {
  appliedOf(owner: string): AppliedRow[];
  rekeysOf(owner: string): Rekey[];
}

/** Rows of some units, as the difference to what stands. */
export function deriveUnits(
  units: readonly Unit[],
  view: KnowledgeView,
  standing: StandingRows,
): { readonly patch: Patch; readonly derived: readonly DerivedFor[] } {
  const rows: Row[] = [];
  const applied: AppliedRow[] = [];
  const rekeys: Rekey[] = [];
  const derived = units.map((unit): DerivedFor => {
    const owner = ownerOf(unit, view.vault);
    const own = rowsOf(unit, view);
    rows.push(...own);
    applied.push(...standing.appliedOf(owner));
    for (const rekey of standing.rekeysOf(owner)) {
      rekeys.push(rekey);
      // The row that is re-keyed stands for its old owner.
      if (rekey.label === "Entity" && rekey.from !== owner) applied.push(...standing.appliedOf(rekey.from));
    }
    return { ...unit, owner, isThere: own.length > 0 };
  });
  return { patch: diff(rows, applied, rekeys), derived };
}

function ownerOf({ step, key }: Unit, vault: string): string {
  switch (step) {
    case "text":
      return key;
    case "tag":
      return tagOwner(key);
    case "entity":
      return entityId(vault, key);
    case "fact":
      return relationsOwner(entityId(vault, key));
    case "note":
      return relationsOwner(key);
  }
}

function rowsOf({ step, key }: Unit, view: KnowledgeView): Row[] {
  switch (step) {
    case "text":
      return deriveText(view, key);
    case "tag":
      return deriveTag(view, key);
    case "entity":
      return deriveEntity(view, key);
    case "fact":
      return deriveFacts(view, key);
    case "note":
      return deriveNote(view, key);
  }
}
