import { existsSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { checkVersion } from "../../src/store/neo4j-connection.ts";
import { exampleNotes, expectSentence, run } from "../support/command.ts";
import { temporaryFolder } from "../support/folder.ts";
import { byHand } from "../support/neo4j-graph.ts";
import { emptyNeo4j, hasNeo4j } from "../support/neo4j-server.ts";

/** Runs every command that uses the graph; each must end within ten seconds, with a sentence, and make no file. */
async function expectRefused(
  env: Readonly<Record<string, string>>,
  ...parts: readonly string[]
): Promise<void> {
  const folder = temporaryFolder();
  for (const words of [
    ["ingest", exampleNotes],
    ["ingest", exampleNotes, "--dry-run"],
    ["ask", "Who?"],
    ["export"],
  ]) {
    const started = performance.now();
    const ended = await run(words, { in: folder, env });
    expect(performance.now() - started).toBeLessThan(10_000);
    expectSentence(ended, 2, ...parts);
    expect(existsSync(join(folder, ".neo4j-langgraph"))).toBe(false);
  }
}

test("a server that is not there is wrong usage, and so are an address of nothing and a web server", async () => {
  await expectRefused(
    { NEO4J_URI: "bolt://127.0.0.1:1", NEO4J_PASSWORD: "x" },
    "No Neo4j answers at bolt://127.0.0.1:1",
    "is it running",
  );
  const web = await listening((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
  await expectRefused({ NEO4J_URI: `neo4j://secret:word@127.0.0.1:${web}` }, `neo4j://127.0.0.1:${web}`);
  const folder = temporaryFolder();
  expectSentence(await run(["export", "--store", "bolt://"], { in: folder }), 2, "no address");
});

test("a server that takes the call and never answers is given up in time", async () => {
  const port = await listening(() => {});
  const started = performance.now();
  const folder = temporaryFolder();
  const ended = await run(["ingest", exampleNotes], {
    in: folder,
    env: { NEO4J_URI: `bolt://127.0.0.1:${port}` },
  });
  expect(performance.now() - started).toBeLessThan(11_000);
  expectSentence(ended, 2, "No Neo4j answers", "within 8 s");
  expect(existsSync(join(folder, ".neo4j-langgraph"))).toBe(false);
});

test("an old server is told from one that is new enough", () => {
  for (const agent of ["Neo4j/5.26.0", "Neo4j/5.27-aura", "Neo4j/2026.08.1"]) checkVersion(agent, "bolt://x");
  for (const agent of ["Neo4j/5.25.9", "Neo4j/4.4.30", "Neo4j/5.3.0", "Memgraph/2.1", ""]) {
    expect(() => checkVersion(agent, "bolt://x")).toThrow("needs Neo4j 5.26 or newer");
  }
});

describe.skipIf(!(await hasNeo4j()))("a server that is there", () => {
  test("and refuses the password, wants one, or lacks the database, is wrong usage; nothing is written", async () => {
    const server = await emptyNeo4j();
    const { uri, username, password } = server;
    await expectRefused(
      { NEO4J_URI: uri, NEO4J_USERNAME: username, NEO4J_PASSWORD: password, NEO4J_DATABASE: "nowhere" },
      '"nowhere"',
      "NEO4J_DATABASE",
    );
    const folder = temporaryFolder();
    const refused = await run(["ingest", exampleNotes], {
      in: folder,
      env: { NEO4J_URI: uri, NEO4J_USERNAME: username, NEO4J_PASSWORD: "wrong" },
    });
    expectSentence(refused, 2, "refuses user or password", "NEO4J_PASSWORD");
    expect(refused.stderr).not.toContain("wrong:");
    const asked = await run(["ingest", exampleNotes], { in: folder, env: { NEO4J_URI: uri } });
    expectSentence(asked, 2, "wants a password");
    expect(existsSync(join(folder, ".neo4j-langgraph"))).toBe(false);
    const empty = await run(["ask", "Who?"], {
      in: folder,
      env: { NEO4J_URI: uri, NEO4J_USERNAME: username, NEO4J_PASSWORD: password },
    });
    expectSentence(empty, 2, "There is no graph in the database");
    expect(await byHand(server, "MATCH (n) RETURN n")).toEqual([]);
  });

  test("and has an index of another kind under a name of ours says which to drop", async () => {
    const server = await emptyNeo4j();
    const { uri, username, password } = server;
    await byHand(
      server,
      "CREATE FULLTEXT INDEX chunk_text FOR (n:Chunk) ON EACH [n.text] OPTIONS {indexConfig: {`fulltext.analyzer`: 'english'}}",
    );
    const env = { NEO4J_URI: uri, NEO4J_USERNAME: username, NEO4J_PASSWORD: password };
    const folder = temporaryFolder();
    expectSentence(await run(["ingest", exampleNotes], { in: folder, env }), 2, "DROP INDEX chunk_text");
    await byHand(server, "DROP INDEX chunk_text");
    await byHand(server, "CREATE INDEX by_id FOR (n:Chunk) ON (n.id)");
    expectSentence(await run(["ingest", exampleNotes], { in: folder, env }), 2, "drop it");
    await byHand(server, "DROP INDEX by_id");
    expect(existsSync(join(folder, ".neo4j-langgraph"))).toBe(false);
  });
});

/** A server that does something with every connection; returns its port. */
async function listening(onConnection: (socket: Socket) => void): Promise<number> {
  const server: Server = createServer((socket) => {
    socket.on("error", () => {});
    onConnection(socket);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => {
    server.close();
  });
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
