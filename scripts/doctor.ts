import type { Command } from "commander";
import type { OutputOptions } from "./output.ts";

export interface DoctorCommandOptions extends OutputOptions {
  readonly config?: string;
  readonly envFile?: string;
  readonly store?: string;
  readonly state?: string;
  readonly port: string;
}

export function addDoctor(program: Command): void {
  program
    .command("doctor")
    .description("check configuration, keys, models, Neo4j, port, clock and disk, and say what to do")
    .option("--config <file>", "LiteLLM's YAML (default litellm_config.yaml, when it is there)")
    .option("--env-file <file>", "read the environment from this file (default .env, then .env.litellm)")
    .option("--store <where>", "the graph: a file, or a Neo4j URI (default as for every command)")
    .option("--state <file>", "state file of a graph in Neo4j")
    .option("--port <number>", "port that the proxy will listen on", "4000")
    .option("--json", "print the checks as JSON")
    .option("--quiet", "print problems only")
    .action(async (options: DoctorCommandOptions) => {
      const { runDoctor } = await import("./doctor-run.ts");
      process.exitCode = await runDoctor(options);
    });
}
