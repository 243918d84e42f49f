import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { temporaryFolder } from "./folder.ts";
import type { TestNeo4j } from "./neo4j-server.ts";

/** The real cypher-shell in the poorest locale, where it reads ASCII; without one, as other programs do. */
export async function runShell(server: TestNeo4j, script: string): Promise<void> {
  if (server.shell === undefined) return runStatements(server, script);
  const file = join(temporaryFolder(), "graph.cypher");
  writeFileSync(file, script);
  const [command, ...rest] = server.shell;
  const { uri, username, password, database } = server;
  await promisify(execFile)(
    command,
    [...rest, "-a", uri, "-u", username, "-p", password, "-d", database, "-f", file],
    { env: { ...process.env, LC_ALL: "C" } },
  );
}

/** What any program can do: a statement ends where a line ends with a semicolon. */
export async function runStatements({ driver, database }: TestNeo4j, script: string): Promise<void> {
  for (const statement of script.split(";\n")) {
    if (statement !== "") await driver.executeQuery(statement, {}, { database });
  }
}
