import { field, textField } from "./field.ts";
import type { StructuredOutputMethodOptions } from "@langchain/core/language_models/base";
import { toJsonSchema } from "@langchain/core/utils/json_schema";
import { isSerializableSchema, type SerializableSchema } from "@langchain/core/utils/standard_schema";
import { isInteropZodSchema, type ZodV3Like, type ZodV4Like } from "@langchain/core/utils/types";

/** A zod schema, another standard schema that knows its JSON schema, or a JSON schema. */
export type OutputSchema<Output extends Record<string, unknown> = Record<string, unknown>> =
  | SerializableSchema<Output>
  | ZodV4Like<Output>
  | ZodV3Like<Output>
  // As LangChain's own types have it: `unknown` would refuse the classes of zod.
  // oxlint-disable-next-line typescript/no-explicit-any
  | Record<string, any>;

export type StructuredOptions = Pick<StructuredOutputMethodOptions<boolean>, "name" | "method" | "strict">;

/** An output wanted by a schema; each deployment is asked for it by its provider's best method. */
export class StructuredRequest {
  readonly schema: OutputSchema;
  readonly options: StructuredOptions;
  readonly jsonSchema: Record<string, unknown>;
  /** The caller wants the message too, and sees for himself what does not fit. */
  readonly includeRaw: boolean;

  constructor(schema: OutputSchema, options: StructuredOutputMethodOptions<boolean> = {}) {
    const { name, method, strict, includeRaw } = options;
    this.schema = schema;
    this.includeRaw = includeRaw === true;
    this.options = {
      ...(name !== undefined && { name }),
      ...(method !== undefined && { method }),
      ...(strict !== undefined && { strict }),
    };
    this.jsonSchema =
      isInteropZodSchema(schema) || isSerializableSchema(schema)
        ? (toJsonSchema(schema) as Record<string, unknown>)
        : (schema as Record<string, unknown>);
  }

  /** In traces and cache keys. */
  toJSON(): unknown {
    return { ...this.options, schema: this.jsonSchema };
  }
}

/**
 * OpenAI's `response_format` with a schema, as LangChain's agents bind it, in words that every provider is asked in;
 * undefined for any other.
 */
export function structuredFormat(format: unknown): StructuredRequest | undefined {
  const wanted = field(format, "json_schema");
  const schema = field(wanted, "schema");
  if (field(format, "type") !== "json_schema" || typeof schema !== "object" || schema === null)
    return undefined;
  const name = textField(wanted, "name");
  return new StructuredRequest(schema as Record<string, unknown>, {
    method: "jsonSchema",
    ...(name !== undefined && { name }),
  });
}
