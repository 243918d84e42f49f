import type { Command } from "commander";

export interface StudioOptions {
  readonly port: string;
  readonly reload: boolean;
}

export function addStudio(program: Command): void {
  program
    .command("studio")
    .description("LangGraph's local server with the routing and the ingest graph, on this machine only")
    .option("--port <number>", "port to listen on", "2024")
    .option("--no-reload", "do not start again when a source file changes")
    .action(async (options: StudioOptions) => {
      const { runStudio } = await import("./studio-run.ts");
      process.exitCode = await runStudio(options);
    });
}
