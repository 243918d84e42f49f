import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type NodeRow, type RelationshipRow, type Row, rowKey } from "../../src/knowledge/graph-rows.ts";
import type { Patch } from "../../src/knowledge/patch.ts";
import type { Store } from "../../src/store/store.ts";

const nothing: Patch = {
  deleteRelationships: [],
  rekeyNodes: [],
  upsertNodes: [],
  upsertRelationships: [],
  deleteNodes: [],
};

/** What every store must do, whatever it is made of. `open` gives an empty one. */
export function describeStore(name: string, open: () => Promise<Store>): void {
  describe(`the ${name} store`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(async () => {
      await store.close();
    });
    const rows = async () => {
      const all: Row[] = [];
      for await (const row of store.rows()) all.push(row);
      return all;
    };
    const apply = (patch: Partial<Patch>) => store.apply({ ...nothing, ...patch });

    test("gives back the rows it was given, nodes by label and id, relationships by type and ends", async () => {
      await apply({
        upsertNodes: sample.nodes.toReversed(),
        upsertRelationships: sample.relationships.toReversed(),
      });
      const kept = (await rows()).map(withoutOwner);
      expect(kept).toEqual([...sample.nodes, ...sample.relationships].map(withoutOwner));
    });

    test("is the same after a patch is applied twice", async () => {
      const patch = { upsertNodes: sample.nodes, upsertRelationships: sample.relationships };
      await apply(patch);
      const once = await rows();
      await apply(patch);
      expect(await rows()).toEqual(once);
    });

    test("replaces a row's properties and labels as a whole", async () => {
      await apply({ upsertNodes: [entity("e1", { name: "Ada", aliases: ["Countess"] })] });
      await apply({
        upsertNodes: [{ ...entity("e1", { name: "Ada", type: "Work" }), labels: ["Entity", "Work"] }],
      });
      const [row] = await rows();
      expect(row).toMatchObject({ labels: ["Entity", "Work"], properties: { name: "Ada", type: "Work" } });
      expect(row?.properties).not.toHaveProperty("aliases");
      expect(await store.findEntities(["countess"], 5)).toEqual([]);
    });

    test("removes what a patch removes, a node with its relationships, and nothing else", async () => {
      await apply({ upsertNodes: sample.nodes, upsertRelationships: sample.relationships });
      const [gone] = sample.relationships as readonly [RelationshipRow];
      const tagged = relationship("TAGGED", "n1", "book");
      await apply({
        deleteRelationships: [gone, tagged].map(({ type, from, to }) => ({
          kind: "relationship",
          type,
          from,
          to,
        })),
        deleteNodes: [{ kind: "node", label: "Tag", id: "book" }],
      });
      const kept = (await rows()).map(withoutOwner);
      expect(kept).toEqual(
        [...sample.nodes, ...sample.relationships]
          .filter((row) => row !== gone && rowKey(row) !== "Tag book" && rowKey(row) !== rowKey(tagged))
          .map(withoutOwner),
      );
    });

    test("keeps no relationship whose ends are not there", async () => {
      await apply({
        upsertNodes: [entity("e1", { name: "Ada" })],
        upsertRelationships: sample.relationships,
      });
      expect((await rows()).map((row) => row.kind)).toEqual(["node"]);
    });

    test("removing what is not there does nothing", async () => {
      await apply({
        deleteNodes: [{ kind: "node", label: "Note", id: "nobody" }],
        deleteRelationships: [{ kind: "relationship", type: "TAGGED", from: "a", to: "b" }],
        rekeyNodes: [{ label: "Entity", from: "x", to: "y" }],
      });
      expect(await rows()).toEqual([]);
    });

    test("keeps a re-keyed node under its new id", async () => {
      await apply({ upsertNodes: [entity("old", { name: "Ada" })] });
      await apply({
        rekeyNodes: [{ label: "Entity", from: "old", to: "new" }],
        upsertNodes: [entity("new", { name: "Ada L." })],
      });
      expect((await rows()).map((row) => row.kind === "node" && row.id)).toEqual(["new"]);
      expect((await store.findEntities(["ada"], 5)).map((found) => found.name)).toEqual(["Ada L."]);
    });

    test("counts what it holds", async () => {
      await apply({ upsertNodes: sample.nodes, upsertRelationships: sample.relationships });
      expect(await store.counts()).toEqual({
        notes: 1,
        chunks: 2,
        entities: 2,
        facts: 1,
        mentions: 2,
        links: 0,
        tags: 2,
      });
      await apply({
        deleteRelationships: [{ kind: "relationship", type: "TAGGED", from: "n1", to: "book" }],
        deleteNodes: [{ kind: "node", label: "Tag", id: "book" }],
      });
      expect((await store.counts()).tags).toBe(1);
      await apply({ upsertNodes: sample.nodes, upsertRelationships: sample.relationships });
      await apply({
        upsertRelationships: sample.relationships,
        deleteNodes: [{ kind: "node", label: "Chunk", id: "c1" }],
      });
      const after = { notes: 1, chunks: 1, entities: 2, facts: 1, links: 0, tags: 2 };
      expect(await store.counts()).toEqual({ ...after, mentions: await mentionsAmong(rows()) });
    });

    test("finds chunks by words without accents, the best first, with their note", async () => {
      await apply({ upsertNodes: sample.nodes, upsertRelationships: sample.relationships });
      const found = await store.findChunks(["reuniao", "maquina"], 10);
      expect(found.map((chunk) => [chunk.id, chunk.path, chunk.headings])).toEqual([
        ["c2", "People/Ada.md", ["Later"]],
        ["c1", "People/Ada.md", []],
      ]);
      expect(found[0]?.score).toBeGreaterThan(found[1]?.score ?? 0);
      expect(await store.findChunks(["nowhere"], 10)).toEqual([]);
      expect(await store.findChunks([], 10)).toEqual([]);
    });

    test("finds words of unspaced scripts inside others", async () => {
      await apply({ upsertNodes: [chunk("c1", "昨日東京へ行った", 0)] });
      expect((await store.findChunks(["東", "京"], 10)).map((found) => found.id)).toEqual(["c1"]);
    });

    test("a search's words are only ever words", async () => {
      await apply({ upsertNodes: [chunk("c1", "plain", 0)] });
      for (const word of ['"', "plain OR", "NEAR(", "*", "col:plain", "-", "'; DROP TABLE node; --"]) {
        expect(Array.isArray(await store.findChunks([word], 5))).toBe(true);
      }
      expect(await rows()).toHaveLength(1);
    });

    test("finds entities by name and alias; without words, the most mentioned", async () => {
      await apply({ upsertNodes: sample.nodes });
      expect((await store.findEntities(["condessa"], 5)).map((found) => found.name)).toEqual(["Ada"]);
      expect((await store.findEntities([], 5)).map((found) => found.name)).toEqual(["Máquina", "Ada"]);
    });

    test("shows the facts and chunks around entities", async () => {
      await apply({ upsertNodes: sample.nodes, upsertRelationships: sample.relationships });
      const { facts, chunks } = await store.around(["e2"], 10);
      expect(facts).toEqual([
        {
          source: "Ada",
          type: "WROTE_ABOUT",
          target: "Máquina",
          evidence: "Ada sobre a Máquina",
          path: "People/Ada.md",
        },
      ]);
      expect(chunks.map((found) => found.id)).toEqual(["c1"]);
      expect(await store.around([], 10)).toEqual({ facts: [], chunks: [] });
    });

    test("keeps hostile text as text", async () => {
      const hostile = "`x`) DETACH DELETE n // \u0060 ' \" \\ \u202E \u{1F600} '; DROP TABLE node; --";
      await apply({
        upsertNodes: [note, entity(hostile, { name: hostile, aliases: [hostile] }), tag(hostile)],
        upsertRelationships: [relationship("TAGGED", "n1", hostile)],
      });
      const named = (await rows()).filter((row) => row.kind === "node" && row.id !== "n1");
      expect(named.map((row) => row.properties["name"])).toEqual([hostile, hostile]);
    });
  });
}

function entity(id: string, properties: NodeRow["properties"]): NodeRow {
  const all = { vault: "v", key: id, name: "", type: "Person", ...properties };
  return { kind: "node", labels: ["Entity", "Person"], id, properties: all, owner: id };
}

function chunk(id: string, text: string, position: number, headings: readonly string[] = []): NodeRow {
  const properties = { text, position, headings, contentHash: id };
  return { kind: "node", labels: ["Chunk"], id, properties, owner: "n1" };
}

function tag(name: string): NodeRow {
  return { kind: "node", labels: ["Tag"], id: name, properties: { name }, owner: `#${name}` };
}

function relationship(
  type: string,
  from: string,
  to: string,
  properties: RelationshipRow["properties"] = {},
): RelationshipRow {
  return { kind: "relationship", type, from, to, properties, owner: "n1" };
}

const note: NodeRow = {
  kind: "node",
  labels: ["Note"],
  id: "n1",
  properties: { vault: "v", path: "People/Ada.md", title: "Ada", stub: false },
  owner: "n1",
};

const sample: { readonly nodes: readonly NodeRow[]; readonly relationships: readonly RelationshipRow[] } = {
  nodes: [
    note,
    chunk("c1", "Ada sobre a Máquina", 0),
    chunk("c2", "Reunião sobre a reunião das máquinas; a máquina falhou", 1, ["Later"]),
    entity("e1", { name: "Ada", type: "Person", aliases: ["A Condessa"], mentionCount: 1 }),
    entity("e2", { name: "Máquina", type: "Person", aliases: [], mentionCount: 7 }),
    tag("book"),
    tag("person"),
  ],
  relationships: [
    relationship("DESCRIBES", "n1", "e1"),
    relationship("HAS_CHUNK", "n1", "c1", { position: 0 }),
    relationship("HAS_CHUNK", "n1", "c2", { position: 1 }),
    relationship("MENTIONS", "c1", "e1", { count: 1, quote: "Ada", method: "gazetteer", confidence: 0.8 }),
    relationship("MENTIONS", "c1", "e2", {
      count: 1,
      quote: "Máquina",
      method: "gazetteer",
      confidence: 0.8,
    }),
    relationship("NEXT_CHUNK", "c1", "c2", { position: 1 }),
    relationship("TAGGED", "n1", "book"),
    relationship("TAGGED", "n1", "person"),
    relationship("WROTE_ABOUT", "e1", "e2", {
      id: "f1",
      evidence: ["Ada sobre a Máquina"],
      chunkIds: ["c1"],
    }),
  ],
};

async function mentionsAmong(rows: Promise<Row[]>): Promise<number> {
  return (await rows).filter((row) => row.kind === "relationship" && row.type === "MENTIONS").length;
}

function withoutOwner({ owner: _owner, ...row }: Row): Omit<Row, "owner"> {
  return row;
}
