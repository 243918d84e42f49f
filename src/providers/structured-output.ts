import type { AIMessage, BaseMessage } from "@langchain/core/messages";
import type { BaseLanguageModelInput } from "@langchain/core/language_models/base";
import { assembleStructuredOutputPipeline } from "@langchain/core/language_models/structured_output";
import { RunnableLambda, type Runnable } from "@langchain/core/runnables";
import { toJsonSchema, Validator } from "@langchain/core/utils/json_schema";
import { isSerializableSchema, type SerializableSchema } from "@langchain/core/utils/standard_schema";
import {
  interopSafeParseAsync,
  isInteropZodSchema,
  isZodSchemaV4,
  type InteropZodType,
} from "@langchain/core/utils/types";
import * as z from "zod";
import { dialectSchema, type OutputDialect } from "./output-dialect.ts";
import type { JsonSchema } from "./output-shape.ts";
import { field, ProviderError } from "./provider-error.ts";

/** A zod schema, any other standard schema that knows its JSON schema, or a JSON schema. */
export type OutputSchema = InteropZodType | SerializableSchema | JsonSchema;

/** A schema as a provider is sent it, and the reader of what comes back. */
export interface StructuredOutput {
  readonly name: string;
  /** In the provider's dialect. */
  readonly schema: JsonSchema;
  /** As asked for, for traces. */
  readonly source: JsonSchema;
  /** The validated value. Throws ProviderError `unfit`, whose `text` is the model's own words. */
  readonly read: (message: BaseMessage) => Promise<unknown>;
}

/** Prepares a schema for one provider; `deployment` names it in errors. */
export function structuredOutput(
  outputSchema: OutputSchema,
  options: { dialect: OutputDialect; deployment: string; name?: string | undefined },
): StructuredOutput {
  const source = jsonSchemaOf(outputSchema);
  const title = field(source, "title");
  const { schema, restore } = dialectSchema(source, options.dialect);
  return {
    name: options.name ?? (typeof title === "string" ? title : "extract"),
    schema,
    source,
    read: async (message) => {
      const text = textOf(message);
      const finishReason = finishReasonOf(message);
      const facts = { text, ...(finishReason !== undefined && { finishReason }) };
      const json = jsonIn(text);
      if (json === undefined) {
        const why = /^(length|MAX_TOKENS)$/.test(finishReason ?? "")
          ? "its answer was cut at the token limit and is no complete JSON."
          : "its answer is no JSON.";
        throw new ProviderError("unfit", `${options.deployment}: ${why}`, facts);
      }
      const checked = await validated(outputSchema, source, restore(json.value));
      if (checked.kind === "valid") return checked.value;
      const message_ = `${options.deployment}: its answer does not fit the schema: ${checked.problems}`;
      throw new ProviderError("unfit", message_, facts);
    },
  };
}

/** A model bound to a prepared schema, followed by its reader; `includeRaw` gives null for what does not fit. */
export function structuredPipeline<Output extends Record<string, unknown>>(
  model: Runnable<BaseLanguageModelInput>,
  output: StructuredOutput,
  includeRaw: boolean | undefined,
): Runnable<BaseLanguageModelInput, Output> {
  const reader = RunnableLambda.from((message: AIMessage) => output.read(message) as Promise<Output>);
  return assembleStructuredOutputPipeline<Output>(
    model as Parameters<typeof assembleStructuredOutputPipeline<Output>>[0],
    reader,
    includeRaw,
    "StructuredOutput",
  ) as Runnable<BaseLanguageModelInput, Output>;
}

function jsonSchemaOf(schema: OutputSchema): JsonSchema {
  // What the model writes is the input side of the schema: defaults are optional there.
  if (isZodSchemaV4(schema)) {
    // LangChain's guard knows zod 4's core only; ours is the same package.
    return z.toJSONSchema(schema as unknown as z.ZodType, { io: "input", unrepresentable: "any" });
  }
  if (isInteropZodSchema(schema) || isSerializableSchema(schema)) {
    // LangChain's type of a JSON schema has no index signature.
    return toJsonSchema(schema) as unknown as JsonSchema;
  }
  const parameters = field(schema, "parameters");
  // OpenAI's function form: { name, description, parameters }.
  return typeof parameters === "object" && parameters !== null && !field(schema, "type")
    ? { ...parameters, title: field(schema, "name") }
    : (schema as JsonSchema);
}

type Checked = { kind: "valid"; value: unknown } | { kind: "invalid"; problems: string };

async function validated(schema: OutputSchema, source: JsonSchema, value: unknown): Promise<Checked> {
  if (isInteropZodSchema(schema)) {
    const result = await interopSafeParseAsync(schema, value);
    if (result.success) return { kind: "valid", value: result.data };
    return { kind: "invalid", problems: issueList(result.error.issues) };
  }
  if (isSerializableSchema(schema)) {
    const result = await schema["~standard"].validate(value);
    if (!result.issues) return { kind: "valid", value: result.value };
    return { kind: "invalid", problems: result.issues.map((issue) => issue.message).join("; ") };
  }
  const result = new Validator(source as ConstructorParameters<typeof Validator>[0]).validate(value);
  if (result.valid) return { kind: "valid", value };
  return { kind: "invalid", problems: result.errors.map((error) => error.error).join("; ") };
}

function issueList(issues: readonly { path: readonly PropertyKey[]; message: string }[]): string {
  const line = (issue: (typeof issues)[number]) =>
    `${issue.path.map(String).join(".") || "the whole"}: ${issue.message}`;
  return issues.slice(0, 5).map(line).join("; ");
}

/** The answer's own text: no reasoning blocks, no tool calls. */
function textOf(message: BaseMessage): string {
  if (typeof message.content === "string") return message.content;
  return message.content
    .map((block) => (block.type === "text" && typeof block.text === "string" ? block.text : ""))
    .join("");
}

function finishReasonOf(message: BaseMessage): string | undefined {
  const metadata: unknown = message.response_metadata;
  const reason = field(metadata, "finish_reason") ?? field(metadata, "finishReason");
  return typeof reason === "string" ? reason : undefined;
}

/** The JSON in a model's text: alone, after its thoughts, in a code fence, or between other words. */
export function jsonIn(text: string): { readonly value: unknown } | undefined {
  const answer = text.replace(/^[\s\S]*<\/think(ing)?>/i, "").trim();
  const fenced = /```(?:json)?\s*([\s\S]*?)```/i.exec(answer)?.[1];
  const [start, end] = [answer.search(/[{[]/), Math.max(answer.lastIndexOf("}"), answer.lastIndexOf("]"))];
  const candidates = [answer, fenced, start >= 0 && end > start ? answer.slice(start, end + 1) : undefined];
  for (const candidate of candidates) {
    if (candidate === undefined) continue;
    try {
      return { value: JSON.parse(candidate) as unknown };
    } catch {
      // The next candidate may be one.
    }
  }
  return undefined;
}
