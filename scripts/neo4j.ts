import type { Command } from "commander";
import { Option } from "commander";

export interface Neo4jCommandOptions {
  readonly stop?: boolean;
  readonly status?: boolean;
  readonly remove?: boolean;
}

export function addNeo4j(program: Command): void {
  program
    .command("neo4j")
    .description(
      "a Neo4j of your own for trials, on loopback: starts it and says how to connect (wants Java 17 and Maven)",
    )
    .addOption(new Option("--stop", "stop it; its data stays").conflicts(["status", "remove"]))
    .addOption(new Option("--status", "say whether it is running, and how to connect").conflicts("remove"))
    .option("--remove", "stop it and remove its data")
    .action(async (options: Neo4jCommandOptions) => {
      const { runNeo4j } = await import("./neo4j-run.ts");
      process.exitCode = await runNeo4j(options);
    });
}
