import type { Command } from "commander";

export function addAsk(program: Command): void {
  program.command("ask").argument("<question>").description("answer from the graph, with sources");
}
