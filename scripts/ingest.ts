import { type Command, Option } from "commander";
import type { OutputOptions } from "./output.ts";

export interface IngestCommandOptions extends OutputOptions {
  readonly store?: string;
  readonly state?: string;
  readonly envFile?: string;
  readonly printCypher?: boolean;
  readonly cypherOut?: string;
  readonly vault?: string;
  readonly exclude: string[];
  readonly prune?: boolean;
  readonly rehash?: boolean;
  readonly dryRun?: boolean;
  readonly offline?: boolean;
  readonly wait?: boolean;
  readonly watch?: boolean;
}

export function addIngest(program: Command): void {
  program
    .command("ingest")
    .argument("<path...>", "folders of notes, or notes")
    .description("take notes into the graph: what is new, changed, moved or gone since the last time")
    .option("--store <where>", "the graph: a file (default .neo4j-langgraph/graph.sqlite), or a Neo4j server")
    .option("--state <file>", "state of a graph in Neo4j (default: .neo4j-langgraph/state-….sqlite)")
    .option("--env-file <file>", "read the environment from this file")
    .option("--vault <name>", "what the vault is called (default: its folder's name)")
    .option(
      "--exclude <glob>",
      "leave these paths out; can be repeated",
      (glob: string, all: string[]) => [...all, glob],
      [],
    )
    .option("--offline", "ask no model (this version asks none yet)")
    .option("--dry-run", "show what would change, and change nothing")
    .option("--prune", "delete notes from the graph even when most of a vault is gone")
    .option("--rehash", "read every file, whatever its size and time say")
    .option("--wait", "when another run is bringing notes in, wait for its end")
    .addOption(
      new Option("--watch", "go on and take in changes as they are saved, until Ctrl-C").conflicts([
        "dryRun",
        "printCypher",
        "cypherOut",
      ]),
    )
    .option("--print-cypher", "print the statements for Neo4j instead of a summary")
    .option("--cypher-out <file>", "write the statements for Neo4j to this file, for cypher-shell")
    .option("--json", "print the result as JSON; with --watch a line for each run")
    .option("--quiet", "print no progress and no remarks")
    .option("--verbose", "list everything that was left out")
    .action(async (paths: string[], options: IngestCommandOptions) => {
      const { runIngest } = await import("./ingest-run.ts");
      process.exitCode = await runIngest(paths, options);
    });
}
