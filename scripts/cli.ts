import { Command, CommanderError } from "commander";
import { report } from "./exit.ts";
import { addAsk } from "./ask.ts";
import { addExport } from "./export.ts";
import { addIngest } from "./ingest.ts";
import { addRoute } from "./route.ts";

/** One line a command; each file declares its options and loads its work only when it runs. */
const commands = [addIngest, addAsk, addExport, addRoute];

export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command("neo4j-langgraph")
    .description("A folder of notes as a knowledge graph, read by language models through a routing graph.")
    .showHelpAfterError("(run with --help for the options)")
    .exitOverride();
  for (const add of commands) add(program);
  try {
    await program.parseAsync(argv);
  } catch (error) {
    process.exitCode = error instanceof CommanderError ? usageExitCode(error) : report(error);
  }
}

/** Commander has printed its sentence already; help and version are no error. */
function usageExitCode(error: CommanderError): number {
  return error.exitCode === 0 ? 0 : 2;
}
