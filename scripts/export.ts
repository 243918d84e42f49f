import { type Command, Option } from "commander";
import type { OutputOptions } from "./output.ts";

const formats = ["jsonl", "cypher", "graphml"] as const;

export interface ExportCommandOptions extends OutputOptions {
  readonly store?: string;
  readonly envFile?: string;
  readonly format: (typeof formats)[number];
  readonly out?: string;
}

export function addExport(program: Command): void {
  program
    .command("export")
    .description("the graph as a file that other programs read")
    .addOption(
      new Option("--format <format>", "JSON lines, a script for cypher-shell, or GraphML")
        .choices(formats)
        .default("jsonl"),
    )
    .option("--out <file>", "write to this file (default: stdout)")
    .option("--store <where>", "the graph: a file (default .neo4j-langgraph/graph.sqlite), or a Neo4j server")
    .option("--env-file <file>", "read the environment from this file")
    .option("--quiet", "print no remarks")
    .action(async (options: ExportCommandOptions) => {
      const { runExport } = await import("./export-run.ts");
      process.exitCode = await runExport(options);
    });
}
