import { endLabels, type NodeLabel, type NodeRow, type RelationshipRow } from "../knowledge/graph-rows.ts";
import { searchText } from "../knowledge/words.ts";
import { type AppliedRow, contentOf, type NodeReference, type Patch } from "../knowledge/patch.ts";
import { dropText, keepText } from "./chunk-texts.ts";
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
  /** Row numbers that the patch being applied has asked for: its rows name each other. */
  readonly #nodes = new Map<string, number>();
  readonly #owners = new Map<string, number>();
  /** How many more there are of each label and `-TYPE`: counting all rows reads them all, so the sums are kept. */
  readonly #more = new Map<string, number>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** Rows that stand there for an owner. */
  appliedOf(owner: string): AppliedRow[] {
    const row = this.#database.get<{ owner: number }>("SELECT owner FROM owner WHERE name = ?", owner)?.owner;
    if (row === undefined) return [];
    const nodes = this.#database.all<NodeRecord>("SELECT label, id, content FROM node WHERE owner = ?", row);
    const relationships = this.#database.all<RelationshipRecord>(
      `SELECT source.id AS source, type, target.id AS target, relationship.content FROM relationship
       JOIN node AS source ON source.node = relationship.source JOIN node AS target ON target.node = relationship.target
       WHERE relationship.owner = ?`,
      row,
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
    this.#forget();
    for (const { type, from, to } of patch.deleteRelationships) {
      const [source, target] = this.#ends(type, from, to);
      if (source === undefined || target === undefined) continue;
      const sql = "DELETE FROM relationship WHERE source = ? AND type = ? AND target = ?";
      this.#count(`-${type}`, -this.#database.run(sql, source, type, target));
    }
    for (const { label, from, to } of patch.rekeyNodes) this.#rekey(label, from, to);
    for (const row of patch.upsertNodes) this.#upsertNode(row);
    for (const row of patch.upsertRelationships) this.#upsertRelationship(row);
    for (const row of patch.deleteNodes) this.#deleteNode(row);
    this.#keepTally();
    this.#forget();
  }

  /** Another process, or a transaction that was taken back, may have changed what was true. */
  #forget(): void {
    this.#nodes.clear();
    this.#owners.clear();
    this.#more.clear();
  }

  /** A node lives on under a new id; its relationships, which are named by their ends, are derived again. */
  #rekey(label: NodeLabel, from: string, to: string): void {
    const node = this.#nodeOf(label, from);
    if (node === undefined || from === to) return;
    this.#deleteNode({ kind: "node", label, id: to });
    this.#deleteRelationshipsOf(node);
    this.#database.run("UPDATE node SET id = ? WHERE node = ?", to, node);
    this.#nodes.delete(`${label} ${from}`);
    this.#nodes.set(`${label} ${to}`, node);
    if (label === "Chunk") dropText(this.#database, from);
  }

  #upsertNode(row: NodeRow): void {
    const [label] = row.labels;
    const content = contentOf(row);
    const owner = this.#ownerOf(row.owner);
    const standing = this.#nodeOf(label, row.id);
    if (standing === undefined) {
      const sql = "INSERT INTO node (label, id, owner, content) VALUES (?, ?, ?, ?)";
      const node = this.#database.insert(sql, label, row.id, owner, content);
      this.#count(label, 1);
      this.#nodes.set(`${label} ${row.id}`, node);
      this.#index(row, node, false);
      return;
    }
    this.#database.run("UPDATE node SET owner = ?, content = ? WHERE node = ?", owner, content, standing);
    this.#index(row, standing, true);
  }

  /** One whose ends are not there is not kept. */
  #upsertRelationship(row: RelationshipRow): void {
    const [source, target] = this.#ends(row.type, row.from, row.to);
    if (source === undefined || target === undefined) return;
    const values = [this.#ownerOf(row.owner), contentOf(row)] as const;
    const isNew = this.#database.run(
      "INSERT OR IGNORE INTO relationship (source, type, target, owner, content) VALUES (?, ?, ?, ?, ?)",
      source,
      row.type,
      target,
      ...values,
    );
    this.#count(`-${row.type}`, isNew);
    if (isNew === 1) return;
    const sql = "UPDATE relationship SET owner = ?, content = ? WHERE source = ? AND type = ? AND target = ?";
    this.#database.run(sql, ...values, source, row.type, target);
  }

  #deleteNode({ label, id }: NodeReference): void {
    const node = this.#nodeOf(label, id);
    if (node === undefined) return;
    this.#deleteRelationshipsOf(node);
    this.#count(label, -this.#database.run("DELETE FROM node WHERE node = ?", node));
    this.#nodes.delete(`${label} ${id}`);
    if (label === "Chunk") dropText(this.#database, id);
    if (label === "Entity") this.#database.run("DELETE FROM name_words WHERE rowid = ?", node);
  }

  #deleteRelationshipsOf(node: number): void {
    for (const end of ["source", "target"]) {
      const types = this.#database.all<{ type: string; count: number }>(
        `SELECT type, count(*) AS count FROM relationship WHERE ${end} = ? GROUP BY type`,
        node,
      );
      for (const { type, count } of types) this.#count(`-${type}`, -count);
      this.#database.run(`DELETE FROM relationship WHERE ${end} = ?`, node);
    }
  }

  #count(what: string, more: number): void {
    if (more !== 0) this.#more.set(what, (this.#more.get(what) ?? 0) + more);
  }

  #keepTally(): void {
    for (const [what, more] of this.#more) {
      this.#database.run(
        "INSERT INTO tally (label, count) VALUES (?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count",
        what,
        more,
      );
    }
  }

  #index(row: NodeRow, node: number, isThere: boolean): void {
    const { text, name, aliases } = row.properties;
    if (row.labels[0] === "Chunk") {
      keepText(this.#database, row.id, String(text), () => searchText(String(text)));
    } else if (row.labels[0] === "Entity") {
      if (isThere) this.#database.run("DELETE FROM name_words WHERE rowid = ?", node);
      const words = searchText([name, ...asList(aliases)].join("\n"));
      this.#database.run("INSERT INTO name_words (rowid, words) VALUES (?, ?)", node, words);
    }
  }

  #ends(type: string, from: string, to: string): [number | undefined, number | undefined] {
    const [sourceLabel, targetLabel] = endLabels(type);
    return [this.#nodeOf(sourceLabel, from), this.#nodeOf(targetLabel, to)];
  }

  #nodeOf(label: NodeLabel, id: string): number | undefined {
    const key = `${label} ${id}`;
    const known = this.#nodes.get(key);
    if (known !== undefined) return known;
    const sql = "SELECT node FROM node WHERE id = ? AND label = ?";
    const node = this.#database.get<{ node: number }>(sql, id, label)?.node;
    if (node !== undefined) this.#nodes.set(key, node);
    return node;
  }

  #ownerOf(name: string): number {
    let row = this.#owners.get(name);
    if (row === undefined) {
      row =
        this.#database.get<{ owner: number }>("SELECT owner FROM owner WHERE name = ?", name)?.owner ??
        this.#database.insert("INSERT INTO owner (name) VALUES (?)", name);
      this.#owners.set(name, row);
    }
    return row;
  }
}

function asList(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
