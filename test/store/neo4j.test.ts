import { join } from "node:path";
import { describe } from "vitest";
import { openNeo4jWorkspace } from "../../src/store/neo4j-workspace.ts";
import { describeStore } from "../contracts/store.ts";
import { temporaryFolder } from "../support/folder.ts";
import { emptyNeo4j, hasNeo4j } from "../support/neo4j-server.ts";

describe.skipIf(!(await hasNeo4j()))("with a Neo4j server", () => {
  describeStore("Neo4j", async () => {
    const server = await emptyNeo4j({ keepsSchema: true });
    const folder = temporaryFolder();
    return (await openNeo4jWorkspace(server, { statePath: () => join(folder, "state.sqlite") })).store;
  });
});
