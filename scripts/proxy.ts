import type { Command } from "commander";
import type { OutputOptions } from "./output.ts";

export interface ProxyCommandOptions extends OutputOptions {
  readonly config?: string;
  readonly envFile?: string;
  readonly ledger?: string;
  readonly host: string;
  readonly port: string;
  readonly grace: string;
  readonly allowTestHooks?: boolean;
  readonly simulate: readonly string[];
}

export function addProxy(program: Command): void {
  program
    .command("proxy")
    .description("an OpenAI-compatible server over all your models, until it is stopped")
    .option("--host <address>", "address to listen at; beyond loopback only with a master key", "127.0.0.1")
    .option("--port <number>", "port to listen on", "4000")
    .option("--config <file>", "LiteLLM's YAML (default litellm_config.yaml, when it is there)")
    .option("--env-file <file>", "read the environment from this file (default .env, then .env.litellm)")
    .option("--ledger <file>", "where limits and spent quotas are remembered")
    .option("--grace <seconds>", "how long answers under way may take after a stop", "30")
    .option("--allow-test-hooks", "let requests plant failures (mock_testing_fallbacks and its kin)")
    .option(
      "--simulate <deployment=failure>",
      "plant a failure: 429, quota, timeout, refused, 500, malformed, blocked; may be given again",
      (word: string, words: readonly string[]) => [...words, word],
      [] as readonly string[],
    )
    .option("--json", "log one JSON object a line")
    .option("--quiet", "log nothing")
    .option("--verbose", "log every attempt of a route and what was decided")
    .action(async (options: ProxyCommandOptions) => {
      const { runProxy } = await import("./proxy-run.ts");
      process.exitCode = await runProxy(options);
    });
}
