import {
  endLabels,
  type NodeLabel,
  type Properties,
  type RelationshipRow,
  rowKey,
} from "../knowledge/graph-rows.ts";
import type { Patch } from "../knowledge/patch.ts";
import type { Database } from "./database.ts";

interface RelationshipRecord {
  readonly source: string;
  readonly type: string;
  readonly target: string;
  readonly owner: string;
  readonly content: string;
}

/**
 * A patch for a database in which a relationship can only be where both its ends are. Patches come owner by owner,
 * so a row can name a node that a later patch brings, or one that went and comes back: relationships wait until
 * their ends stand, and a node that is new brings along those that wait for it. `standing` has the rows before.
 */
export function completePatch(patch: Patch, standing: Database): Patch {
  const arriving = new Set<string>();
  const leaving = new Set<string>();
  for (const { label, from, to } of patch.rekeyNodes) {
    leaving.add(`${label} ${from}`);
    arriving.add(`${label} ${to}`);
  }
  for (const { labels, id } of patch.upsertNodes) arriving.add(`${labels[0]} ${id}`);
  for (const { label, id } of patch.deleteNodes) leaving.add(`${label} ${id}`);
  const known = new Map<string, boolean>();
  const stood = (key: string, label: NodeLabel, id: string) => {
    let answer = known.get(key);
    if (answer === undefined) {
      answer = standing.get("SELECT 1 FROM node WHERE id = ? AND label = ?", id, label) !== undefined;
      known.set(key, answer);
    }
    return answer;
  };
  const stands = (label: NodeLabel, id: string) => {
    const key = `${label} ${id}`;
    return arriving.has(key) || (!leaving.has(key) && stood(key, label, id));
  };
  const hasEnds = ({ type, from, to }: RelationshipRow) => {
    const [fromLabel, toLabel] = endLabels(type);
    return stands(fromLabel, from) && stands(toLabel, to);
  };
  const rows = new Map<string, RelationshipRow>();
  for (const key of arriving) {
    const [label, id] = split(key);
    if (stood(key, label, id)) continue;
    for (const row of relationshipsAt(standing, label, id)) rows.set(rowKey(row), row);
  }
  for (const { type, from, to } of patch.deleteRelationships) rows.delete(`${type} ${from} ${to}`);
  for (const row of patch.upsertRelationships) rows.set(rowKey(row), row);
  return { ...patch, upsertRelationships: [...rows.values()].filter(hasEnds) };
}

function relationshipsAt(database: Database, label: NodeLabel, id: string): RelationshipRow[] {
  const columns = "SELECT source, type, target, owner, content FROM relationship";
  const from = database.all<RelationshipRecord>(`${columns} WHERE source = ?`, id);
  const to = database.all<RelationshipRecord>(`${columns} WHERE target = ?`, id);
  return [
    ...from.filter(({ type }) => endLabels(type)[0] === label),
    ...to.filter(({ type }) => endLabels(type)[1] === label),
  ].map(({ source, type, target, owner, content }) => ({
    kind: "relationship",
    type,
    from: source,
    to: target,
    properties: JSON.parse(content) as Properties,
    owner,
  }));
}

function split(key: string): [NodeLabel, string] {
  const space = key.indexOf(" ");
  return [key.slice(0, space) as NodeLabel, key.slice(space + 1)];
}
