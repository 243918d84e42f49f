import { exitCode } from "./exit.ts";
import type { Neo4jCommandOptions } from "./neo4j.ts";
import type { ServerAddress } from "./neo4j-server/home.ts";
import {
  removeServer,
  runningServer,
  serverFolder,
  startServer,
  stopServer,
} from "./neo4j-server/local-server.ts";
import { commandLine, print, remark } from "./output.ts";

/** Starts, stops or looks for the local server; returns the exit code. */
export async function runNeo4j({ stop, status, remove }: Neo4jCommandOptions): Promise<number> {
  if (remove === true) {
    await removeServer();
    print("The local Neo4j and its data are gone.");
  } else if (stop === true) {
    print((await stopServer()) ? "Stopped; the data stays." : "It was not running.");
  } else if (status === true) {
    const running = runningServer();
    if (running === undefined) print("It is not running.");
    else printAddress(running);
  } else {
    const address = await startServer(() => remark("Fetching Neo4j from Maven Central, 130 MB, once …"));
    printAddress(address);
  }
  return exitCode.done;
}

/** Lines for `.env`, and how to go on. */
function printAddress({ uri, username, password, database }: ServerAddress): void {
  print(
    `NEO4J_URI=${uri}\nNEO4J_USERNAME=${username}\nNEO4J_PASSWORD=${password}\nNEO4J_DATABASE=${database}`,
  );
  remark(
    [
      "",
      "Neo4j is running, for this machine only. With these lines in .env, every command uses it.",
      `Stop it:         ${commandLine("neo4j", "--stop")}`,
      `Its data stays in ${serverFolder()}`,
    ].join("\n"),
  );
}
