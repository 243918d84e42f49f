import { geminiJsonSchema } from "./gemini-translator-schema.ts";
import type { ChatCompletionRequest } from "./gemini-translator-openai.ts";
import { field } from "./provider-error.ts";

export interface TranslatedTools {
  readonly tools?: readonly Record<string, unknown>[];
  readonly toolConfig?: Record<string, unknown>;
  /** Names of parameters that Gemini has nothing for. */
  readonly unsupported: readonly string[];
}

/** Google's own tools, sent as they stand. */
const nativeTools = [
  "googleSearch",
  "google_search",
  "urlContext",
  "url_context",
  "codeExecution",
  "googleMaps",
];

/** OpenAI's tools and the choice among them, those of the older `functions` included. */
export function geminiTools(body: ChatCompletionRequest): TranslatedTools {
  const asked = listOf(body.tools).concat(
    listOf(body.functions).map((one) => ({ type: "function", function: one })),
  );
  const declarations = asked.flatMap((tool) => declarationOf(tool) ?? []);
  const native = asked.filter((tool) => nativeTools.some((name) => field(tool, name) !== undefined));
  const unsupported = [
    ...(asked.length > declarations.length + native.length ? ["tools"] : []),
    ...(body.parallel_tool_calls === false && declarations.length > 1 ? ["parallel_tool_calls"] : []),
  ];
  const tools = [
    ...(declarations.length > 0 ? [{ functionDeclarations: declarations }] : []),
    ...(native as Record<string, unknown>[]),
    ...(typeof body.web_search_options === "object" && body.web_search_options !== null
      ? [{ googleSearch: {} }]
      : []),
  ];
  if (tools.length === 0) return { unsupported };
  const calling = declarations.length > 0 ? callingConfig(body.tool_choice ?? body.function_call) : undefined;
  return {
    tools,
    ...(calling !== undefined && { toolConfig: { functionCallingConfig: calling } }),
    unsupported,
  };
}

function declarationOf(tool: unknown): Record<string, unknown> | undefined {
  const declared = field(tool, "function");
  const name = field(declared, "name");
  if (field(tool, "type") !== "function" || typeof name !== "string") return undefined;
  const [description, parameters] = [field(declared, "description"), field(declared, "parameters")];
  return {
    name,
    ...(typeof description === "string" && { description }),
    ...(isFilled(parameters) && { parametersJsonSchema: geminiJsonSchema(parameters) }),
  };
}

/** A function without parameters is declared without a schema: Gemini refuses an object without properties. */
function isFilled(parameters: unknown): boolean {
  const properties = field(parameters, "properties");
  if (typeof parameters !== "object" || parameters === null) return false;
  const isEmpty =
    typeof properties === "object" && properties !== null && Object.keys(properties).length === 0;
  return !isEmpty && Object.keys(parameters).length > 0;
}

function callingConfig(choice: unknown): Record<string, unknown> | undefined {
  if (typeof choice === "string") {
    return Object.hasOwn(callingModes, choice) ? callingModes[choice] : undefined;
  }
  const name = field(field(choice, "function"), "name") ?? field(choice, "name");
  if (typeof name === "string") return { mode: "ANY", allowedFunctionNames: [name] };
  const allowed = field(choice, "allowed_tools");
  const names = listOf(field(allowed, "tools")).map((tool) => field(field(tool, "function"), "name"));
  if (names.length === 0) return undefined;
  return { mode: field(allowed, "mode") === "required" ? "ANY" : "VALIDATED", allowedFunctionNames: names };
}

const callingModes: Readonly<Record<string, Record<string, unknown>>> = {
  none: { mode: "NONE" },
  auto: { mode: "AUTO" },
  required: { mode: "ANY" },
};

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}
