import { KnownError } from "../errors.ts";
import { field } from "./provider-error.ts";

export type JsonSchema = Readonly<Record<string, unknown>>;

/** What a JSON schema asks for, reduced to what every provider can be told. */
export type OutputShape = { readonly nullable: boolean; readonly description?: string } & (
  | { readonly kind: "object"; readonly properties: readonly OutputProperty[] }
  | { readonly kind: "record"; readonly values: OutputShape }
  | { readonly kind: "array"; readonly items: OutputShape }
  | { readonly kind: "scalar"; readonly type: ScalarType; readonly choices?: readonly unknown[] }
  | { readonly kind: "union"; readonly options: readonly OutputShape[] }
  | { readonly kind: "anything" }
);

export interface OutputProperty {
  readonly name: string;
  readonly shape: OutputShape;
  readonly optional: boolean;
}

type ScalarType = "string" | "number" | "integer" | "boolean";

/** Reads a JSON schema with its references inlined. Throws KnownError for one that contains itself. */
export function outputShape(root: JsonSchema): OutputShape {
  return read(root, { root, inside: [] });
}

interface Reading {
  readonly root: JsonSchema;
  /** References being read, to notice one that contains itself. */
  readonly inside: readonly string[];
}

function read(node: unknown, reading: Reading): OutputShape {
  const reference = field(node, "$ref");
  if (typeof reference === "string") {
    if (reading.inside.includes(reference)) {
      const message = `The output schema contains itself (${reference}), which no provider can be told: write its levels out.`;
      throw new KnownError("OUTPUT_SCHEMA_RECURSIVE", message, { facts: { reference } });
    }
    const target = resolve(reading.root, reference);
    return described(node, read(target, { ...reading, inside: [...reading.inside, reference] }));
  }
  const parts = field(node, "allOf");
  if (Array.isArray(parts)) return described(node, merged(parts.map((part) => read(part, reading))));
  const options = field(node, "anyOf") ?? field(node, "oneOf");
  if (Array.isArray(options)) return described(node, unionOf(options.map((option) => read(option, reading))));
  return described(node, readTyped(node, reading));
}

function readTyped(node: unknown, reading: Reading): OutputShape {
  const constant = field(node, "const");
  const choices = field(node, "enum") ?? (constant === undefined ? undefined : [constant]);
  if (Array.isArray(choices)) return choiceOf(choices);
  const type: unknown = field(node, "type") ?? impliedType(node);
  if (Array.isArray(type)) {
    return unionOf(type.map((one) => readTyped({ ...(node as object), type: one as unknown }, reading)));
  }
  switch (type) {
    case "null":
      return nothing;
    case "string":
    case "number":
    case "integer":
    case "boolean":
      return { kind: "scalar", type: type as ScalarType, nullable: false };
    case "array":
      return { kind: "array", items: itemsOf(node, reading), nullable: false };
    case "object":
      return readObject(node, reading);
    default:
      return { kind: "anything", nullable: false };
  }
}

function readObject(node: unknown, reading: Reading): OutputShape {
  const properties = Object.entries(field(node, "properties") ?? {});
  const others = field(node, "additionalProperties");
  if (properties.length === 0 && others !== false) {
    return { kind: "record", values: read(others === true ? {} : others, reading), nullable: false };
  }
  const required = field(node, "required");
  const isRequired = (name: string) => Array.isArray(required) && required.includes(name);
  return {
    kind: "object",
    nullable: false,
    properties: properties.map(([name, value]) => ({
      name,
      shape: read(value, reading),
      optional: !isRequired(name),
    })),
  };
}

function itemsOf(node: unknown, reading: Reading): OutputShape {
  const prefix = field(node, "prefixItems");
  if (Array.isArray(prefix)) return unionOf(prefix.map((item) => read(item, reading)));
  return read(field(node, "items"), reading);
}

function impliedType(node: unknown): string | undefined {
  if (field(node, "properties") !== undefined) return "object";
  return field(node, "items") === undefined ? undefined : "array";
}

/** Only ever an option of a union, where it becomes `nullable`. */
const nothing: OutputShape = { kind: "scalar", type: "string", choices: [], nullable: true };

function choiceOf(choices: readonly unknown[]): OutputShape {
  const values = choices.filter((choice) => choice !== null);
  if (values.length === 0) return nothing;
  const nullable = values.length < choices.length;
  const types = new Set(values.map((value) => typeof value));
  const [type] = types;
  const isScalar = type === "string" || type === "number" || type === "boolean";
  if (types.size !== 1 || !isScalar) return { kind: "anything", nullable };
  return { kind: "scalar", type, choices: values, nullable };
}

function unionOf(all: readonly OutputShape[]): OutputShape {
  const nullable = all.some((shape) => shape.nullable);
  const options = all.filter((shape) => shape !== nothing);
  const [first] = options;
  if (first === undefined) return nothing;
  if (options.length === 1) return { ...first, nullable };
  const choices = options.map((shape) =>
    shape.kind === "scalar" && shape.type === "string" ? shape.choices : undefined,
  );
  if (choices.every((list) => list !== undefined)) {
    return { kind: "scalar", type: "string", choices: [...new Set(choices.flat())], nullable };
  }
  return { kind: "union", options: options.map((shape) => ({ ...shape, nullable: false })), nullable };
}

function merged(parts: readonly OutputShape[]): OutputShape {
  const objects = parts.filter((part) => part.kind === "object");
  if (objects.length === 0) return parts[0] ?? { kind: "anything", nullable: false };
  const properties = new Map<string, OutputProperty>();
  for (const property of objects.flatMap((part) => part.properties)) properties.set(property.name, property);
  return { kind: "object", properties: [...properties.values()], nullable: false };
}

function described(node: unknown, shape: OutputShape): OutputShape {
  const description = field(node, "description");
  const isNullable = field(node, "nullable") === true && shape !== nothing;
  if (typeof description !== "string" && !isNullable) return shape;
  return {
    ...shape,
    ...(typeof description === "string" && { description }),
    nullable: shape.nullable || isNullable,
  };
}

function resolve(root: JsonSchema, reference: string): unknown {
  let current: unknown = root;
  for (const step of reference.split("/").slice(1)) {
    current = field(current, decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~"));
  }
  return current;
}
