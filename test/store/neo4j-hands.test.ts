import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compareExports } from "../../src/store/compare-exports.ts";
import { temporaryFolder, writeNotes } from "../support/folder.ts";
import { byHand, embeddedExport, Machine } from "../support/neo4j-graph.ts";
import { emptyNeo4j, hasNeo4j } from "../support/neo4j-server.ts";

const notes = {
  "Ada.md":
    "---\ntype: person\naliases: [Countess]\nworks_at: '[[Engine House]]'\n---\n# Life\n\nAda wrote to [[Bob]].\n\n# Work\n\nAda worked. #math",
  "Bob.md": "Bob knew Ada and [[Nobody yet]].",
  "Engine House.md": "A house full of engines.",
};

/** Everything a person can attach: labels, properties, relationships in both directions, nodes of their own. */
const attach = `
CREATE (mine:Favourite {id: 'mine', text: 'my own'})
CREATE (own:Note {title: 'a note of my own, under your label'}), (:Entity {name: 'mine too'}), (:Tag {name: 'unused'})
WITH mine
MATCH (n:Note {path: 'Ada.md'})-[:HAS_CHUNK]->(c:Chunk {position: 0}), (e:Entity {key: 'ada'}), (t:Tag {name: 'math'}), (s:Note {path: 'Nobody yet'})
SET n:Starred, n.rating = 5, c.reviewed = true, e.birthday = date('1815-12-10'), e:Heroine, t.colour = 'red', s.todo = 'write it'
CREATE (mine)-[:LIKES]->(n), (mine)-[:LIKES]->(c), (mine)-[:LIKES {why: 'brave'}]->(e), (t)-[:LIKES]->(mine), (e)-[:ADMIRES]->(n)`;

/** What of it is there: by the user's own marks, whatever the nodes are called now. */
const attached = `
MATCH (mine:Favourite) OPTIONAL MATCH (mine)-[r]-(x)
WITH mine, r, x ORDER BY [l IN ['Note', 'Chunk', 'Entity', 'Tag'] WHERE l IN labels(x)][0], type(r)
RETURN mine.text AS mine, collect([type(r), properties(r), [l IN ['Note', 'Chunk', 'Entity', 'Tag'] WHERE l IN labels(x)][0],
  x.rating, x.reviewed, toString(x.birthday), x.colour, x:Starred, x:Heroine]) AS links,
  count { (:Entity)-[:ADMIRES]->(:Note) } AS admires, count { (s:Note) WHERE s.todo = 'write it' } AS todo,
  count { (o:Note) WHERE o.title STARTS WITH 'a note of my own' AND size(keys(o)) = 1 } AS own,
  count { (o:Entity) WHERE o.name = 'mine too' AND size(keys(o)) = 1 } AS ownEntity, count { (:Tag {name: 'unused'}) } AS ownTag`;

describe.skipIf(!(await hasNeo4j()))("what a user added by hand", () => {
  test("survives edits, renames, deletions and returns of everything around it, and is in no export", async () => {
    const server = await emptyNeo4j({ keepsSchema: true });
    const folder = join(temporaryFolder(), "notes");
    writeNotes(folder, notes);
    const machine = new Machine(server);
    await machine.takeIn(folder);
    await byHand(server, attach);
    const before = await byHand(server, attached);
    expect(before[0]).toMatchObject({ admires: expect.anything() as unknown, mine: "my own" });
    const same = async () => {
      await machine.takeIn(folder, { prune: true });
      expect(await byHand(server, attached)).toEqual(before);
      expect(compareExports(await machine.export(), await embeddedExport(folder))).toEqual([]);
    };
    await same();
    const edited = notes["Ada.md"].replace("wrote to", "often wrote to");
    writeNotes(folder, { "Ada.md": edited });
    await same();
    writeNotes(folder, { "People/Countess Ada.md": edited });
    rmSync(join(folder, "Ada.md"));
    await same();
    rmSync(join(folder, "Bob.md"));
    rmSync(join(folder, "People"), { recursive: true });
    await same();
    const kept = await byHand(
      server,
      "MATCH (n) WHERE n.stub AND (n:Starred OR n.reviewed OR n:Heroine OR n.colour = 'red' OR n.todo IS NOT NULL) RETURN n.text AS text, count { (n)-[r]-() WHERE r.id IS NOT NULL } AS ours",
    );
    expect(kept).toHaveLength(5);
    expect(new Set(kept.map((row) => row["text"]))).toEqual(new Set([null]));
    machine.losesItsState();
    await same();
    writeNotes(folder, { "Bob.md": notes["Bob.md"], "People/Countess Ada.md": edited });
    await same();
    expect(
      await byHand(server, "MATCH (n:Starred) RETURN n.path AS path, n.rating AS rating, n.stub AS stub"),
    ).toMatchObject([{ path: "People/Countess Ada.md", stub: false }]);
  });

  test("keeps a node of ours only as long as it is there", async () => {
    const server = await emptyNeo4j({ keepsSchema: true });
    const folder = join(temporaryFolder(), "notes");
    writeNotes(folder, notes);
    const machine = new Machine(server);
    await machine.takeIn(folder);
    await byHand(server, attach);
    rmSync(folder, { recursive: true });
    writeNotes(folder, {});
    writeNotes(folder, { "Other.md": "other" });
    await machine.takeIn(folder, { prune: true });
    const left = async () => byHand(server, "MATCH (n:KeptStub) RETURN count(n) AS count");
    expect(Number((await left())[0]?.["count"])).toBe(5);
    await byHand(server, "MATCH (n:Favourite) DETACH DELETE n");
    await byHand(
      server,
      "MATCH (n:KeptStub) REMOVE n.rating, n.reviewed, n.birthday, n.colour, n:Starred, n:Heroine",
    );
    await byHand(server, "MATCH (:KeptStub)-[r]-(:KeptStub) DELETE r");
    await machine.takeIn(folder);
    // The stub with a reminder stays; nothing of the user's is left on the others.
    expect(Number((await left())[0]?.["count"])).toBe(1);
  });
});
