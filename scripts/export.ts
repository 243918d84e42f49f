import type { Command } from "commander";

export function addExport(program: Command): void {
  program.command("export").description("the graph as a file");
}
