import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Command, CommanderError } from "commander";
import { report, watchOutput } from "./exit.ts";
import { addAsk } from "./ask.ts";
import { addCopy } from "./copy.ts";
import { addDoctor } from "./doctor.ts";
import { addDownloadModel } from "./download-model.ts";
import { addExport } from "./export.ts";
import { addIngest } from "./ingest.ts";
import { addNeo4j } from "./neo4j.ts";
import { addProxy } from "./proxy.ts";
import { addRoute } from "./route.ts";
import { addStudio } from "./studio.ts";

/** One line a command; each file declares its options and loads its work only when it runs. */
const commands = [
  addIngest,
  addAsk,
  addExport,
  addCopy,
  addNeo4j,
  addRoute,
  addProxy,
  addDoctor,
  addDownloadModel,
  addStudio,
];

export async function main(argv: readonly string[]): Promise<void> {
  watchOutput();
  const program = new Command("neo4j-langgraph")
    .description("A folder of notes as a knowledge graph, read by language models through a routing graph.")
    .version(version(), "--version", "print the version")
    .helpOption("-h, --help", "print this help")
    .configureOutput({ outputError: (text, write) => write(usageSentence(text)) })
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

/** "error: unknown option '--x'" as a sentence that says what to try. */
function usageSentence(text: string): string {
  const said = text
    .trim()
    .replace(/^error: /, "")
    .replaceAll("\n", " ")
    .replace(/\.$/, "");
  return `${said.charAt(0).toUpperCase()}${said.slice(1)}: run it with --help for what there is.\n`;
}

/** The package's version; the package finds itself by its name, as a checkout and installed. */
function version(): string {
  const file = fileURLToPath(import.meta.resolve("neo4j-langgraph/package.json"));
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
