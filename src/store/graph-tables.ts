import type { NodeLabel, NodeRow, RelationshipRow } from "../knowledge/graph-rows.ts";
import { searchText } from "../knowledge/names.ts";
import { type AppliedRow, contentOf, type NodeReference, type Patch } from "../knowledge/patch.ts";
import type { Database } from "./database.ts";

interface NodeRecord {
  label: NodeLabel;
  id: string;
  content: string;
}

interface RelationshipRecord {
  source: string;
  type: string;
  target: string;
  content: string;
}

/** The tables that hold the graph's rows and the word indexes over them. */
export class GraphTables {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Rows that stand there for an owner. */
  appliedOf(owner: string): AppliedRow[] {
    const nodes = this.#database.all<NodeRecord>(
      "SELECT label, id, content FROM node WHERE owner = ?",
      owner,
    );
    const relationships = this.#database.all<RelationshipRecord>(
      "SELECT source, type, target, content FROM relationship WHERE owner = ?",
      owner,
    );
    return [
      ...nodes.map(({ label, id, content }): AppliedRow => ({ row: { kind: "node", label, id }, content })),
      ...relationships.map(({ source, type, target, content }): AppliedRow => ({
        row: { kind: "relationship", type, from: source, to: target },
        content,
      })),
    ];
  }

  /** Rows are upserted and removed; to be called in a transaction. */
  apply(patch: Patch): void {
    for (const { type, from, to } of patch.deleteRelationships) {
      this.#database.run(
        "DELETE FROM relationship WHERE source = ? AND type = ? AND target = ?",
        from,
        type,
        to,
      );
    }
    for (const { label, from, to } of patch.rekeyNodes) this.#rekey(label, from, to);
    for (const row of patch.upsertNodes) this.#upsertNode(row);
    for (const row of patch.upsertRelationships) this.#upsertRelationship(row);
    for (const row of patch.deleteNodes) this.#deleteNode(row);
  }

  /**
   * A node lives on under a new id. Its relationships stay as they are: each is named by its ends and is
   * replaced when its owner is derived again.
   */
  #rekey(label: NodeLabel, from: string, to: string): void {
    const node = this.#nodeOf(label, from);
    if (node === undefined || from === to) return;
    this.#deleteNode({ kind: "node", label, id: to });
    this.#database.run(
      "UPDATE node SET id = ?, owner = CASE owner WHEN ? THEN ? ELSE owner END WHERE node = ?",
      to,
      from,
      to,
      node,
    );
  }

  #upsertNode(row: NodeRow): void {
    const [label] = row.labels;
    const content = contentOf(row);
    const standing = this.#nodeOf(label, row.id);
    if (standing === undefined) {
      const node = this.#database.insert(
        "INSERT INTO node (label, id, owner, content) VALUES (?, ?, ?, ?)",
        label,
        row.id,
        row.owner,
        content,
      );
      this.#index(row, node, false);
      return;
    }
    this.#database.run("UPDATE node SET owner = ?, content = ? WHERE node = ?", row.owner, content, standing);
    this.#index(row, standing, true);
  }

  #upsertRelationship(row: RelationshipRow): void {
    this.#database.run(
      "INSERT OR REPLACE INTO relationship (source, type, target, owner, content) VALUES (?, ?, ?, ?, ?)",
      row.from,
      row.type,
      row.to,
      row.owner,
      contentOf(row),
    );
  }

  #deleteNode({ label, id }: NodeReference): void {
    const node = this.#nodeOf(label, id);
    if (node === undefined) return;
    this.#database.run("DELETE FROM node WHERE node = ?", node);
    const index = indexOf(label);
    if (index !== undefined) this.#database.run(`DELETE FROM ${index} WHERE rowid = ?`, node);
  }

  #index(row: NodeRow, node: number, isThere: boolean): void {
    const index = indexOf(row.labels[0]);
    if (index === undefined) return;
    const { text, name, aliases } = row.properties;
    const words = searchText(index === "chunk_words" ? String(text) : [name, ...asList(aliases)].join("\n"));
    if (isThere) this.#database.run(`DELETE FROM ${index} WHERE rowid = ?`, node);
    this.#database.run(`INSERT INTO ${index} (rowid, words) VALUES (?, ?)`, node, words);
  }

  #nodeOf(label: NodeLabel, id: string): number | undefined {
    return this.#database.get<{ node: number }>("SELECT node FROM node WHERE id = ? AND label = ?", id, label)
      ?.node;
  }
}

function indexOf(label: NodeLabel): "chunk_words" | "name_words" | undefined {
  return label === "Chunk" ? "chunk_words" : label === "Entity" ? "name_words" : undefined;
}

function asList(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
