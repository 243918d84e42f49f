import type { Command } from "commander";
import type { OutputOptions } from "./output.ts";

export interface AskCommandOptions extends OutputOptions {
  readonly store?: string;
  readonly envFile?: string;
  readonly evidence?: boolean;
}

export function addAsk(program: Command): void {
  program
    .command("ask")
    .argument("<question...>", "in your own words, in quotes")
    .description("what the notes say about a question, with note, heading and quote")
    .option("--evidence", "no model: only what was found")
    .option("--store <where>", "the graph: a file (default .neo4j-langgraph/graph.sqlite), or a Neo4j server")
    .option("--env-file <file>", "read the environment from this file")
    .option("--json", "print the result as JSON")
    .option("--quiet", "print no remarks")
    .option("--verbose", "print more places and facts")
    .action(async (words: string[], options: AskCommandOptions) => {
      const { runAsk } = await import("./ask-run.ts");
      process.exitCode = await runAsk(words.join(" "), options);
    });
}
