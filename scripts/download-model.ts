import type { Command } from "commander";
import type { OutputOptions } from "./output.ts";

export interface DownloadCommandOptions extends OutputOptions {
  readonly as?: string;
  readonly cancel?: boolean;
  readonly config?: string;
  readonly envFile?: string;
  readonly modelsFolder?: string;
}

export function addDownloadModel(program: Command): void {
  program
    .command("download-model")
    .argument(
      "[name]",
      "a model of LocalAI's gallery, or as Ollama has it: llama3.2:3b (default the configured one)",
    )
    .description("have LocalAI install a model, and wait until it answers")
    .option("--as <name>", "what it shall answer to (default as the configuration calls it)")
    .option("--cancel", "end what an interrupted run left to LocalAI")
    .option(
      "--models-folder <path>",
      "where LocalAI keeps its models, to look for room first (default LOCALAI_MODELS_PATH)",
    )
    .option("--config <file>", "LiteLLM's YAML (default litellm_config.yaml, when it is there)")
    .option("--env-file <file>", "read the environment from this file (default .env, then .env.litellm)")
    .option("--json", "print the result as JSON")
    .option("--quiet", "print no remarks and no progress")
    .option("--verbose", "print what the configuration was read as, too")
    .action(async (name: string | undefined, options: DownloadCommandOptions) => {
      const { runDownloadModel } = await import("./download-model-run.ts");
      process.exitCode = await runDownloadModel(name, options);
    });
}
