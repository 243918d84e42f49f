import type { Command } from "commander";
import type { OutputOptions } from "./output.ts";

export interface RouteCommandOptions extends OutputOptions {
  readonly config?: string;
  readonly envFile?: string;
  readonly ledger?: string;
  readonly model?: string;
  readonly localOnly?: boolean;
  readonly simulate: readonly string[];
}

export function addRoute(program: Command): void {
  program
    .command("route")
    .argument("<prompt>", "what to ask")
    .description("one prompt through the router, with every attempt and decision")
    .option(
      "--simulate <deployment=failure>",
      "plant a failure: 429, quota, timeout, refused, 500, malformed, blocked; may be given again",
      (word: string, words: readonly string[]) => [...words, word],
      [] as readonly string[],
    )
    .option("--model <name>", "model group to ask for (default the first)")
    .option("--local-only", "ask no model outside this machine or network")
    .option("--config <file>", "LiteLLM's YAML (default litellm_config.yaml, when it is there)")
    .option("--env-file <file>", "read the environment from this file (default .env, then .env.litellm)")
    .option("--ledger <file>", "where limits and spent quotas are remembered")
    .option("--json", "print the result as JSON")
    .option("--quiet", "print no remarks")
    .option("--verbose", "print the providers' own words too")
    .action(async (prompt: string, options: RouteCommandOptions) => {
      const { runRoute } = await import("./route-run.ts");
      process.exitCode = await runRoute(prompt, options);
    });
}
