import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseEnv } from "node:util";
import { UsageError } from "../errors.ts";

/** One variable and the place it was read from ("the environment", or a file's name). */
export interface EnvironmentValue {
  readonly value: string;
  readonly source: string;
}

/** The variables a command sees: the process's own first, then `.env`, then `.env.litellm`. */
export interface Environment {
  /** The value that counts, without surrounding space; undefined when unset or empty. */
  get(name: string): EnvironmentValue | undefined;
  /** True when some place names the variable at all, even with an empty value. */
  mentions(name: string): boolean;
  /** Every place that sets the variable to a non-empty value, strongest first. */
  all(name: string): readonly EnvironmentValue[];
}

export interface EnvironmentOptions {
  /** Folder in which `.env` and `.env.litellm` are looked for; default the working directory. */
  readonly directory?: string;
  /** Read this file instead of the two default ones; it must exist. */
  readonly envFile?: string;
  /** The process's own variables; default `process.env`. */
  readonly variables?: Readonly<Record<string, string | undefined>>;
}

interface Layer {
  readonly source: string;
  readonly values: Readonly<Record<string, string | undefined>>;
  /** A variable emptied in the shell is switched off; one left empty in a file is only not filled in. */
  readonly emptyCounts: boolean;
}

const defaultFiles = [".env", ".env.litellm"];

/** Reads the environment and its files. Throws UsageError when a named file cannot be read. */
export function readEnvironment(options: EnvironmentOptions = {}): Environment {
  const directory = options.directory ?? process.cwd();
  const layers: Layer[] = [
    { source: "the environment", values: options.variables ?? process.env, emptyCounts: true },
  ];
  for (const file of options.envFile === undefined ? defaultFiles : [options.envFile]) {
    const values = readEnvFile(resolve(directory, file), file, options.envFile !== undefined);
    if (values !== undefined) layers.push({ source: file, values, emptyCounts: false });
  }
  return environmentOf(layers);
}

/** An environment of exactly these variables, for programs that hold their own. */
export function environmentFrom(
  variables: Readonly<Record<string, string | undefined>>,
  source = "the environment",
): Environment {
  return environmentOf([{ source, values: variables, emptyCounts: true }]);
}

function environmentOf(layers: readonly Layer[]): Environment {
  const all = (name: string): EnvironmentValue[] => {
    const found: EnvironmentValue[] = [];
    for (const layer of layers) {
      const value = own(layer.values, name)?.trim();
      if (value) found.push({ value, source: layer.source });
      else if (value === "" && layer.emptyCounts) break;
    }
    return found;
  };
  return {
    all,
    get: (name) => all(name)[0],
    mentions: (name) => layers.some((layer) => own(layer.values, name) !== undefined),
  };
}

function own(values: Layer["values"], name: string): string | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

function readEnvFile(
  path: string,
  name: string,
  required: boolean,
): Record<string, string | undefined> | undefined {
  try {
    return parseEnv(readFileSync(path, "utf8").replace(/^\uFEFF/, ""));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (!required && code === "ENOENT") return undefined;
    const reason = code === "ENOENT" ? "it does not exist" : String(code ?? error);
    throw new UsageError("ENV_FILE_UNREADABLE", `The environment file ${name} cannot be read: ${reason}.`, {
      cause: error,
      facts: { path },
    });
  }
}

/** Where the graph is kept, as the environment says. */
export interface StoreEnvironment {
  /** `NEO4J_URI`: makes Neo4j the default store. */
  readonly uri?: string;
  readonly username?: string;
  readonly password?: string;
  readonly database?: string;
}

/** The Neo4j settings of the environment; an empty object when there are none. */
export function storeEnvironment(environment: Environment = readEnvironment()): StoreEnvironment {
  const uri = environment.get("NEO4J_URI")?.value;
  const username = environment.get("NEO4J_USERNAME")?.value;
  const password = environment.get("NEO4J_PASSWORD")?.value;
  const database = environment.get("NEO4J_DATABASE")?.value;
  return {
    ...(uri !== undefined && { uri }),
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(database !== undefined && { database }),
  };
}
