import { UsageError } from "../errors.ts";
import type { ConfigPath, ConfigSource } from "./config-source.ts";
import type { Environment } from "./environment.ts";
import { warnUnknownKeys } from "./known-keys.ts";
import { placeText, type Notices } from "./notice.ts";
import { configSchema, type Config } from "./schema.ts";

/** A checked configuration: values in their types, references resolved. */
export interface ReadConfig {
  readonly config: Config;
  readonly source: ConfigSource;
  /** `os.environ/NAME` at this path: the name, whether it is set or not. */
  readonly variableAt: (path: ConfigPath) => string | undefined;
}

const reference = /^os\.environ\/(.+)$/;

/** Resolves and checks a configuration. Throws UsageError that lists every value that cannot be used, with its place. */
export function readConfig(source: ConfigSource, environment: Environment, notices: Notices): ReadConfig {
  if (
    source.data !== null &&
    source.data !== undefined &&
    (typeof source.data !== "object" || Array.isArray(source.data))
  ) {
    throw invalid([
      `${placeText(source.placeOf([]))}: a configuration is a map of model_list, router_settings and so on.`,
    ]);
  }
  const variables = new Map<string, string>();
  const problems: string[] = [];
  const own = ownVariables(source.data);
  const resolve = (value: unknown, path: ConfigPath): unknown => {
    if (Array.isArray(value)) return value.map((item, index) => resolve(item, [...path, index]));
    if (typeof value === "object" && value !== null) {
      const entries = Object.entries(value).map(
        ([key, item]) => [key, resolve(item, [...path, key])] as const,
      );
      // An empty value in YAML is null: as good as absent.
      return Object.fromEntries(entries.filter(([, item]) => item !== undefined && item !== null));
    }
    const name = typeof value === "string" ? reference.exec(value.trim())?.[1] : undefined;
    if (name === undefined) return value;
    variables.set(path.join("."), name);
    const found = environment.get(name)?.value ?? own[name];
    // A missing key is no error: its deployment says so when it is asked, and the others answer.
    const isOptional = path.at(-1) === "api_key" || environment.mentions(name);
    if (found === undefined && !isOptional) {
      problems.push(
        `${placeText(source.placeOf(path))}: ${pathText(path)} names the environment variable ${name}, which is not set.`,
      );
    }
    return found;
  };
  const resolved = resolve(source.data ?? {}, []);
  if (problems.length > 0) throw invalid(problems);
  const result = configSchema.safeParse(resolved);
  if (!result.success) {
    throw invalid(
      result.error.issues.map((issue) => {
        const path = issue.path.map((step) => (typeof step === "number" ? step : String(step)));
        return `${placeText(source.placeOf(path))}: ${pathText(path)}: ${valueAt(resolved, path) === undefined ? "it is missing." : sentence(issue.message)}`;
      }),
    );
  }
  warnUnknownKeys(source, notices);
  return { config: result.data, source, variableAt: (path) => variables.get(path.join(".")) };
}

/** LiteLLM's `environment_variables` of the file, weaker than any real one. */
function ownVariables(data: unknown): Record<string, string | undefined> {
  const own = (data as { environment_variables?: unknown } | null)?.environment_variables;
  if (typeof own !== "object" || own === null) return {};
  const plain = Object.entries(own).filter(([, value]) =>
    ["string", "number", "boolean"].includes(typeof value),
  );
  return Object.fromEntries(plain.map(([name, value]) => [name, String(value)]));
}

function valueAt(data: unknown, path: ConfigPath): unknown {
  let current = data;
  for (const step of path) current = (current as Record<string, unknown> | null | undefined)?.[step];
  return current;
}

function sentence(message: string): string {
  return /[.!]$/.test(message) ? message : `${message}.`;
}

/** `model_list[0].litellm_params.model`. */
export function pathText(path: ConfigPath): string {
  return path.reduce<string>(
    (text, step) => (typeof step === "number" ? `${text}[${step}]` : text === "" ? step : `${text}.${step}`),
    "",
  );
}

function invalid(problems: readonly string[]): UsageError {
  return new UsageError("CONFIG_INVALID", problems.join("\n"), { facts: { problems } });
}

/** One value that the schema alone cannot judge, with its place. */
export function invalidValue(source: ConfigSource, path: ConfigPath, problem: string): UsageError {
  return invalid([`${placeText(source.placeOf(path))}: ${pathText(path)}: ${problem}`]);
}
