import type { Command } from "commander";
import type { OutputOptions } from "./output.ts";

export interface CopyCommandOptions extends OutputOptions {
  readonly from: string;
  readonly to: string;
  readonly state?: string;
  readonly envFile?: string;
}

export function addCopy(program: Command): void {
  program
    .command("copy")
    .description("one graph into another place: from a file to a Neo4j server, or back")
    .requiredOption("--from <where>", "the graph: a file, or a Neo4j server")
    .requiredOption("--to <where>", "a new file, or a Neo4j server with an empty database")
    .option(
      "--state <file>",
      "state of the copy when it is in Neo4j (default: .neo4j-langgraph/state-….sqlite)",
    )
    .option("--env-file <file>", "read the environment from this file")
    .option("--json", "print what was copied as JSON")
    .option("--quiet", "print nothing but errors")
    .action(async (options: CopyCommandOptions) => {
      const { runCopy } = await import("./copy-run.ts");
      process.exitCode = await runCopy(options);
    });
}
