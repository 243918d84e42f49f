import { cpSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compareExports } from "../../src/store/compare-exports.ts";
import { exampleNotes } from "../support/command.ts";
import { temporaryFolder, writeNotes } from "../support/folder.ts";
import { exportOfNeo4j, sorted } from "../support/neo4j-export.ts";
import { byHand, embeddedExport, lastChange, Machine } from "../support/neo4j-graph.ts";
import { emptyNeo4j, hasNeo4j } from "../support/neo4j-server.ts";

describe.skipIf(!(await hasNeo4j()))("notes in Neo4j", () => {
  test("make the graph that they make in a file, and a second run writes nothing", async () => {
    const server = await emptyNeo4j();
    const machine = new Machine(server);
    await machine.takeIn(exampleNotes);
    const lines = await embeddedExport(exampleNotes);
    expect(compareExports(await machine.export(), lines)).toEqual([]);
    await byHand(server, "MATCH (m:NotesGraphState) DETACH DELETE m");
    expect(compareExports(await exportOfNeo4j(server.driver, server.database), lines)).toEqual([]);
    await machine.takeIn(exampleNotes);
    const before = await lastChange(server);
    const { notes } = await machine.takeIn(exampleNotes);
    expect(notes).toMatchObject({ seen: notes.unchanged, new: 0, changed: 0 });
    expect(await lastChange(server)).toBe(before);
  });

  test("are known again when the state file is lost: nothing is written, nothing counted as new", async () => {
    const server = await emptyNeo4j({ keepsSchema: true });
    const machine = new Machine(server);
    const first = await machine.takeIn(exampleNotes);
    const exported = await machine.export();
    const before = await lastChange(server);
    machine.losesItsState();
    const { notes, chunks, graph } = await machine.takeIn(exampleNotes);
    expect(await lastChange(server)).toBe(before);
    expect(notes).toMatchObject({ new: 0, changed: 0, unchanged: first.notes.seen });
    expect(chunks).toMatchObject({ new: 0, removed: 0 });
    expect(graph).toEqual(first.graph);
    expect(sorted(await machine.export())).toEqual(sorted(exported));
  });

  test("that changed while there was no state are taken in; what they no longer say goes", async () => {
    const server = await emptyNeo4j({ keepsSchema: true });
    const folder = join(temporaryFolder(), "notes");
    cpSync(exampleNotes, folder, { recursive: true });
    const machine = new Machine(server);
    await machine.takeIn(folder);
    const [ledger] = await byHand(
      server,
      "MATCH (n:Note {title: 'The Lighthouse Ledger'}) RETURN n.id AS id",
    );
    machine.losesItsState();
    renameSync(join(folder, "Books/The Lighthouse Ledger.md"), join(folder, "Ledger of Light.md"));
    rmSync(join(folder, "People"), { recursive: true, force: true });
    writeNotes(folder, { "New.md": "Words about [[Ledger of Light]] #fresh" });
    const { notes } = await machine.takeIn(folder, { prune: true });
    expect(notes).toMatchObject({ renamed: 1, new: 1, changed: 0 });
    expect(compareExports(await machine.export(), await embeddedExport(folder))).toEqual([]);
    expect(await byHand(server, "MATCH (n:Note {title: 'Ledger of Light'}) RETURN n.id AS id")).toEqual([
      ledger,
    ]);
  });

  test("of a copy elsewhere, with a state of its own, are the same notes: nothing is written", async () => {
    const server = await emptyNeo4j({ keepsSchema: true });
    const [mine, yours] = [new Machine(server), new Machine(server)];
    await mine.takeIn(exampleNotes);
    const copy = join(temporaryFolder(), "elsewhere");
    cpSync(exampleNotes, copy, { recursive: true });
    const before = await lastChange(server);
    await yours.takeIn(copy);
    expect(await lastChange(server)).toBe(before);
    writeNotes(copy, { "Other.md": "[[Início]] again" });
    await yours.takeIn(copy);
    writeNotes(copy, { "Third.md": "[[Other]]" });
    // The first machine sees that another wrote, and its folder has the same notes by then.
    await mine.takeIn(copy);
    expect(compareExports(await mine.export(), await embeddedExport(copy))).toEqual([]);
    expect(await yours.takeIn(copy)).toMatchObject({ notes: { new: 0, changed: 0 } });
  });

  test("of another vault stay, whoever brings theirs in with an empty state", async () => {
    const server = await emptyNeo4j({ keepsSchema: true });
    const [mine, yours] = [new Machine(server), new Machine(server)];
    const others = temporaryFolder();
    writeNotes(others, { "a.md": "#shared [[b]] #own", "b.md": "---\naliases: [Bee]\n---\nSees a" });
    await mine.takeIn(exampleNotes, { vault: "mine" });
    await yours.takeIn(others, { vault: "yours" });
    writeNotes(others, { "a.md": "no tag, [[b]]" });
    await yours.takeIn(others, { vault: "yours" });
    const lines = [
      ...(await embeddedExport(exampleNotes, { vault: "mine" })),
      ...(await embeddedExport(others, { vault: "yours" })),
    ];
    expect(compareExports(await mine.export(), lines)).toEqual([]);
  });

  test("one note alone is taken in after the state was lost, and the rest is left as it is", async () => {
    const server = await emptyNeo4j({ keepsSchema: true });
    const folder = join(temporaryFolder(), "notes");
    cpSync(exampleNotes, folder, { recursive: true });
    writeNotes(folder, { ".obsidian/app.json": "{}" });
    const machine = new Machine(server);
    await machine.takeIn(folder);
    machine.losesItsState();
    writeNotes(folder, { "Início.md": "Now it says [[The Lighthouse Ledger]]." });
    await machine.takeIn(join(folder, "Início.md"));
    expect(compareExports(await machine.export(), await embeddedExport(folder))).toEqual([]);
  });

  test("of a wiped database are taken in again, although the state remembers them", async () => {
    const server = await emptyNeo4j({ keepsSchema: true });
    const machine = new Machine(server);
    await machine.takeIn(exampleNotes);
    await byHand(server, "MATCH (n) DETACH DELETE n");
    expect((await machine.takeIn(exampleNotes)).notes.new).toBeGreaterThan(20);
    expect(compareExports(await machine.export(), await embeddedExport(exampleNotes))).toEqual([]);
  });

  test("rows of ours that nobody declares go when the state is made anew", async () => {
    const server = await emptyNeo4j({ keepsSchema: true });
    const machine = new Machine(server);
    await machine.takeIn(exampleNotes);
    await byHand(
      server,
      `MATCH (n:Note {title: 'The Lighthouse Ledger'})-[:DESCRIBES]->(e:Entity)
       CREATE (g:Entity:Person {id: 'ghost', vault: n.vault, key: 'ghost', name: 'Ghost', type: 'Person', rawTypes: [], aliases: [], mentionCount: 0})
       CREATE (e)-[:HAUNTED_BY {id: 'f', evidence: ['boo'], chunkIds: [''], methods: ['model'], models: [''], statedOn: [''], confidence: 1.0, rawType: 'haunted by'}]->(g)
       CREATE (c:Chunk {id: 'lost', text: 'lost', position: 3, headings: [], contentHash: 'x', startOffset: 0, endOffset: 4})
       CREATE (c)-[:MENTIONS {id: 'MENTIONS:lost:ghost', count: 1, quote: 'lost', method: 'gazetteer', confidence: 0.8}]->(g)
       CREATE (n)-[:TAGGED {id: 'TAGGED:x:old'}]->(:Tag {name: 'old'})`,
    );
    machine.losesItsState();
    await machine.takeIn(exampleNotes);
    expect(compareExports(await machine.export(), await embeddedExport(exampleNotes))).toEqual([]);
  });
});
