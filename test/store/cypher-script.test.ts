import { cpSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compareExports } from "../../src/store/compare-exports.ts";
import { cypherScript, schemaScript } from "../../src/store/cypher-script.ts";
import type { Row } from "../../src/knowledge/graph-rows.ts";
import { exportLine } from "../../src/store/export-jsonl.ts";
import { openNeo4jWorkspace } from "../../src/store/neo4j-workspace.ts";
import { statementsOf } from "../../src/store/statements.ts";
import { exampleNotes } from "../support/command.ts";
import { temporaryFolder, writeNotes } from "../support/folder.ts";
import { emptyGraph, exportOf, takeIn } from "../support/graph.ts";
import { hostileGraph } from "../support/hostile-graph.ts";
import { exportOfNeo4j, sorted } from "../support/neo4j-export.ts";
import { emptyNeo4j, hasNeo4j } from "../support/neo4j-server.ts";
import { runShell, runStatements } from "../support/neo4j-shell.ts";

describe.skipIf(!(await hasNeo4j()))("the statements of a run", () => {
  test("as a script for cypher-shell bring Neo4j along with a graph in a file, run after run", async () => {
    const folder = join(temporaryFolder(), "notes");
    cpSync(exampleNotes, folder, { recursive: true });
    const workspace = emptyGraph();
    const server = await emptyNeo4j();
    const follow = async (run: typeof runShell) => {
      let script = schemaScript;
      await takeIn(folder, workspace, {
        prune: true,
        onStatements: (statements) => (script += cypherScript(statements)),
      });
      await run(server, script);
      const held = await exportOfNeo4j(server.driver, server.database);
      expect(compareExports(await exportOf(workspace), held)).toEqual([]);
    };
    await follow(runShell);
    renameSync(join(folder, "Início.md"), join(folder, "Start.md"));
    rmSync(join(folder, "Books"), { recursive: true });
    writeNotes(folder, {
      "People/New.md": "---\ntype: person\naliases: ['; DETACH']\n---\n[[Start]] `'\\u0060",
    });
    await follow(runStatements);
    await workspace.close();
  });

  test("with hostile labels, types and texts write them as they are, by the driver and as a script", async () => {
    const rows = hostileGraph().map(asDerived);
    const patch = {
      deleteRelationships: [],
      rekeyNodes: [],
      upsertNodes: rows.filter((row) => row.kind === "node"),
      upsertRelationships: rows.filter((row) => row.kind === "relationship"),
      deleteNodes: [],
    };
    const expected = sorted(rows.map(exportLine));
    const server = await emptyNeo4j();
    await runStatements(server, schemaScript + cypherScript(statementsOf(patch, "together")));
    expect(sorted(await exportOfNeo4j(server.driver, server.database))).toEqual(expected);
    const statePath = () => join(temporaryFolder(), "state.sqlite");
    const workspace = await openNeo4jWorkspace(server, { statePath });
    // All rows once more, type by type, over the driver.
    await workspace.store.apply(patch);
    expect(sorted(await exportOf(workspace))).toEqual(expected);
    await workspace.close();
  });
});

/** A row with the properties that derive would give it: an entity's label is its type, and it has a vault and a key. */
function asDerived(row: Row): Row {
  if (row.kind === "relationship") {
    const { id = "", confidence = 0, evidence = [], models = [] } = row.properties;
    return { ...row, properties: row.type === "TAGGED" ? {} : { id, confidence, evidence, models } };
  }
  const [label, type = ""] = row.labels;
  if (label === "Tag") return row;
  if (label === "Note") return { ...row, properties: { vault: "v", path: "a.md", title: "", stub: false } };
  const { name = "", aliases = [], description = "", mentionCount = 0 } = row.properties;
  return { ...row, properties: { vault: "v", key: row.id, name, type, aliases, description, mentionCount } };
}
