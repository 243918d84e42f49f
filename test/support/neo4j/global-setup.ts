import { createServer, type Socket } from "node:net";
import type { TestProject } from "vitest/node";
import { installNeo4j, type Missing } from "../../../scripts/neo4j-server/install.ts";
import { type Neo4jAddress, type RunningNeo4j, startNeo4j } from "./start.ts";

/** What a test is told when it is its turn. */
export type Answer = Missing | (Neo4jAddress & { readonly shell?: Shell });

/** cypher-shell, as the command line that starts it. */
export type Shell = readonly [command: string, ...rest: string[]];

declare module "vitest" {
  export interface ProvidedContext {
    /** Loopback port where tests wait for their turn with the one server of this run. */
    neo4jDesk: number;
  }
}

/**
 * One Neo4j for all test files, started when the first of them asks. Community has one database, so tests take
 * turns: a connection that is answered has the database until it is closed, be it by a crash.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let server: Promise<{ answer: Answer; running?: RunningNeo4j }> | undefined;
  const waiting: Socket[] = [];
  let current: Socket | undefined;
  const next = async () => {
    if (current !== undefined) return;
    let socket = waiting.shift();
    while (socket?.destroyed === true) socket = waiting.shift();
    if (socket === undefined) return;
    current = socket;
    socket.once("close", () => {
      current = undefined;
      void next();
    });
    server ??= open();
    try {
      socket.write(`${JSON.stringify((await server).answer)}\n`);
    } catch (error) {
      socket.write(`${JSON.stringify({ missing: String(error) } satisfies Missing)}\n`);
    }
  };
  const desk = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    waiting.push(socket);
    void next();
  });
  await new Promise<void>((done) => desk.listen(0, "127.0.0.1", done));
  const address = desk.address();
  project.provide("neo4jDesk", typeof address === "object" && address !== null ? address.port : 0);
  return async () => {
    desk.close();
    current?.destroy();
    for (const socket of waiting) socket.destroy();
    await (await server?.catch(() => undefined))?.running?.stop();
  };
}

/** NEO4J_TEST_URI names a server to use instead; what is in NEO4J_URI is somebody's graph and not touched. */
async function open(): Promise<{ answer: Answer; running?: RunningNeo4j }> {
  const uri = process.env["NEO4J_TEST_URI"];
  if (uri !== undefined && uri !== "") {
    const username = process.env["NEO4J_TEST_USERNAME"] ?? "neo4j";
    const password = process.env["NEO4J_TEST_PASSWORD"] ?? "";
    return { answer: { uri, username, password, database: process.env["NEO4J_TEST_DATABASE"] ?? "neo4j" } };
  }
  const installed = await installNeo4j();
  if ("missing" in installed) return { answer: installed };
  const running = await startNeo4j(installed);
  const shell: Shell = [
    installed.java,
    "-XX:TieredStopAtLevel=1",
    "-cp",
    installed.classPath,
    "org.neo4j.shell.Main",
  ];
  return { answer: { ...running.address, shell }, running };
}
