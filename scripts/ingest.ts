import type { Command } from "commander";

export function addIngest(program: Command): void {
  program.command("ingest").argument("<path...>").description("folders or files into the graph");
}
