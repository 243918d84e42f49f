import { closeSync, openSync, writeSync } from "node:fs";
import { KnownError, UsageError } from "../src/errors.ts";
import { cypherScript, schemaScript } from "../src/store/cypher-script.ts";
import type { Statement } from "../src/store/statements.ts";
import type { IngestCommandOptions } from "./ingest.ts";

/** Where the statements of a run go as they are done, as a script for cypher-shell. */
export interface CypherSink {
  readonly write: (statements: readonly Statement[]) => void;
  readonly close: () => void;
}

/** The sink that was asked for, ready to be written to. Throws UsageError when it cannot be. */
export function openCypherSink(options: IngestCommandOptions): CypherSink | undefined {
  const { cypherOut, printCypher, json, watch } = options;
  if (cypherOut === undefined && printCypher !== true) return undefined;
  if (watch === true) {
    throw new UsageError(
      "CYPHER_WATCH",
      "--watch keeps no statements: leave out --cypher-out and --print-cypher.",
    );
  }
  if (printCypher === true && json === true) {
    throw new UsageError(
      "CYPHER_JSON",
      "--json and --print-cypher both want stdout: have the statements written to a file with --cypher-out FILE.",
    );
  }
  const file = cypherOut === undefined ? undefined : opened(cypherOut);
  let isBegun = false;
  return {
    write: (statements) => {
      const script = (isBegun ? "" : schemaScript) + cypherScript(statements);
      isBegun = true;
      if (file !== undefined) append(file, cypherOut ?? "", script);
      if (printCypher === true) process.stdout.write(script);
    },
    close: () => {
      if (file !== undefined) closeSync(file);
    },
  };
}

function opened(path: string): number {
  try {
    return openSync(path, "w", 0o600);
  } catch (error) {
    throw new UsageError(
      "OUT_UNUSABLE",
      `${path} cannot be written (${reasonOf(error)}): name another with --cypher-out.`,
      {
        cause: error,
        facts: { file: path },
      },
    );
  }
}

function append(file: number, path: string, text: string): void {
  try {
    writeSync(file, text);
  } catch (error) {
    throw new KnownError("CYPHER_OUT_FAILED", `${path} cannot be written: ${reasonOf(error)}.`, {
      cause: error,
      facts: { file: path },
    });
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
  return code === "EISDIR"
    ? "it is a folder"
    : code === "ENOENT"
      ? "its folder is not there"
      : (code ?? String(error));
}
