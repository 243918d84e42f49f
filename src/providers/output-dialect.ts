import { field } from "./provider-error.ts";
import { outputShape, type JsonSchema, type OutputShape } from "./output-shape.ts";

/**
 * `gemini`: the subset of `responseSchema` that every Gemini model takes. `openai`: strict mode's rules, which
 * LocalAI's grammar and llama.cpp's server follow as well (inlined, every property required, null for absent).
 */
export type OutputDialect = "gemini" | "openai";

/** A schema as one provider is told it, and the way back from its answer to the schema asked for. */
export interface DialectSchema {
  readonly schema: JsonSchema;
  /** Pairs become records again, nulls that stand for absent properties go, a wrapped root is unwrapped. */
  readonly restore: (answer: unknown) => unknown;
}

/** The provider's own form of a JSON schema; limits it cannot express are left to validation afterwards. */
export function dialectSchema(source: JsonSchema, dialect: OutputDialect): DialectSchema {
  const shape = outputShape(source);
  const print = dialect === "gemini" ? printGemini : printOpenAI;
  if (shape.kind === "object" && !shape.nullable) {
    return { schema: print(shape), restore: (answer) => restored(shape, answer) };
  }
  const root: OutputShape = {
    kind: "object",
    nullable: false,
    properties: [{ name: "value", shape, optional: false }],
  };
  return { schema: print(root), restore: (answer) => field(restored(root, answer), "value") };
}

/** A record as a list of pairs: neither strict mode nor Gemini knows open keys. */
function pairsOf(values: OutputShape): OutputShape {
  const key: OutputShape = { kind: "scalar", type: "string", nullable: false };
  return {
    kind: "object",
    nullable: false,
    properties: [
      { name: "key", shape: key, optional: false },
      { name: "value", shape: values, optional: false },
    ],
  };
}

function printGemini(shape: OutputShape): JsonSchema {
  const common = {
    ...(shape.description !== undefined && { description: shape.description }),
    ...(shape.nullable && { nullable: true }),
  };
  switch (shape.kind) {
    case "object":
      // An object without properties is refused.
      if (shape.properties.length === 0) return { type: "string", ...common };
      return {
        type: "object",
        properties: Object.fromEntries(shape.properties.map(({ name, shape }) => [name, printGemini(shape)])),
        required: shape.properties.filter(({ optional }) => !optional).map(({ name }) => name),
        propertyOrdering: shape.properties.map(({ name }) => name),
        ...common,
      };
    case "record":
      return { type: "array", items: printGemini(pairsOf(shape.values)), ...common };
    case "array":
      return { type: "array", items: printGemini(shape.items), ...common };
    case "union":
      return { anyOf: shape.options.map(printGemini), ...common };
    case "anything":
      return { type: "string", ...common };
    case "scalar":
      if (shape.choices === undefined) return { type: shape.type, ...common };
      // Only strings may have an enum.
      if (shape.type === "string") return { type: "string", enum: shape.choices, ...common };
      return { type: shape.type, ...common, description: oneOf(shape.choices, shape.description) };
  }
}

function oneOf(choices: readonly unknown[], description: string | undefined): string {
  const list = `One of: ${choices.map((choice) => JSON.stringify(choice)).join(", ")}.`;
  return description === undefined ? list : `${description} ${list}`;
}

function printOpenAI(shape: OutputShape): JsonSchema {
  const { description } = shape;
  const common = description === undefined ? {} : { description };
  const orNull = (schema: JsonSchema): JsonSchema =>
    shape.nullable ? { anyOf: [schema, { type: "null" }], ...common } : { ...schema, ...common };
  switch (shape.kind) {
    case "object":
      return orNull({
        type: "object",
        properties: Object.fromEntries(
          shape.properties.map(({ name, shape, optional }) => [
            name,
            printOpenAI({ ...shape, nullable: shape.nullable || optional }),
          ]),
        ),
        required: shape.properties.map(({ name }) => name),
        additionalProperties: false,
      });
    case "record":
      return orNull({ type: "array", items: printOpenAI(pairsOf(shape.values)) });
    case "array":
      return orNull({ type: "array", items: printOpenAI(shape.items) });
    case "union":
      return {
        anyOf: [...shape.options.map(printOpenAI), ...(shape.nullable ? [{ type: "null" }] : [])],
        ...common,
      };
    case "anything":
    case "scalar":
      return { ...printScalar(shape), ...common };
  }
}

function printScalar(shape: OutputShape & { kind: "scalar" | "anything" }): JsonSchema {
  const type = shape.kind === "scalar" ? shape.type : "string";
  const choices = shape.kind === "scalar" ? shape.choices : undefined;
  return {
    type: shape.nullable ? [type, "null"] : type,
    ...(choices !== undefined && { enum: shape.nullable ? [...choices, null] : choices }),
  };
}

function restored(shape: OutputShape, value: unknown): unknown {
  if (value === null || value === undefined) return value;
  switch (shape.kind) {
    case "object":
      return restoredObject(shape, value);
    case "record":
      if (!Array.isArray(value)) return value;
      return Object.fromEntries(
        value.map((pair) => [String(field(pair, "key")), restored(shape.values, field(pair, "value"))]),
      );
    case "array":
      return Array.isArray(value) ? value.map((item) => restored(shape.items, item)) : value;
    case "union":
      return restored(shape.options.find((option) => fits(option, value)) ?? anything, value);
    case "anything":
      return typeof value === "string" ? jsonOrText(value) : value;
    case "scalar":
      return value;
  }
}

const anything: OutputShape = { kind: "anything", nullable: true };

function restoredObject(shape: OutputShape & { kind: "object" }, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return shape.properties.length === 0 ? {} : value;
  const result: Record<string, unknown> = { ...value };
  for (const property of shape.properties) {
    const given = result[property.name];
    if (given === null && property.optional && !property.shape.nullable) delete result[property.name];
    else if (given !== undefined) result[property.name] = restored(property.shape, given);
  }
  return result;
}

function fits(shape: OutputShape, value: unknown): boolean {
  switch (shape.kind) {
    case "object":
      return (
        typeof value === "object" &&
        !Array.isArray(value) &&
        shape.properties.every(({ name, shape, optional }) => {
          const given = field(value, name);
          return given === undefined || given === null ? optional || shape.nullable : fits(shape, given);
        })
      );
    case "array":
    case "record":
      return Array.isArray(value);
    case "union":
      return shape.options.some((option) => fits(option, value));
    case "anything":
      return true;
    case "scalar":
      if (shape.choices !== undefined) return shape.choices.includes(value);
      return typeof value === (shape.type === "integer" ? "number" : shape.type);
  }
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
