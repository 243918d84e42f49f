import { field } from "./provider-error.ts";

/** What Google documents for `responseJsonSchema` and `parametersJsonSchema`; the rest is left to validation. */
const plainKeywords = [
  "$id",
  "$anchor",
  "title",
  "description",
  "type",
  "enum",
  "minItems",
  "maxItems",
  "minimum",
  "maximum",
  "required",
  "propertyOrdering",
] as const;
/** Formats that Gemini knows; any other is refused. */
const formats = ["date-time", "date", "time", "int32", "int64", "float", "double"];
const listsOfSchemas = ["anyOf", "prefixItems"] as const;
const mapsOfSchemas = ["properties", "$defs"] as const;

/** A JSON schema in the keywords Gemini knows, saying the same wherever they can. */
export function geminiJsonSchema(schema: unknown): unknown {
  return cleaned(schema, 0);
}

const maxDepth = 64;

function cleaned(schema: unknown, depth: number): unknown {
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) return schema;
  // Deeper than any model is told, and than a stack should be trusted with.
  if (depth > maxDepth) return {};
  const next = (value: unknown) => cleaned(value, depth + 1);
  const reference = field(schema, "$ref");
  const result: Record<string, unknown> = {};
  if (typeof reference === "string") {
    // Beside a reference only `$` keywords may stand.
    result.$ref = reference.replace(/^#\/definitions\//, "#/$defs/");
  } else {
    for (const keyword of plainKeywords) copy(schema, keyword, result);
    for (const keyword of listsOfSchemas) {
      const list = field(schema, keyword);
      if (Array.isArray(list)) result[keyword] = list.map(next);
    }
    copyMap(field(schema, "properties"), "properties", result, next);
    const items = field(schema, "items");
    if (Array.isArray(items)) result.prefixItems = items.map(next);
    else if (typeof items === "object") result.items = next(items);
    const others = field(schema, "additionalProperties");
    if (others !== undefined) result.additionalProperties = next(others);
    readAlternatives(schema, result, next);
    readBounds(schema, result);
    const format = field(schema, "format");
    if (formats.some((one) => one === format)) result.format = format;
    for (const part of listIn(schema, "allOf")) merge(result, next(part));
    if (field(schema, "nullable") === true) allowNull(result);
    readChoices(result);
  }
  copyMap(field(schema, "$defs") ?? field(schema, "definitions"), "$defs", result, next);
  return result;
}

/** Other words for what Gemini knows: a choice of one, and one of several. */
function readAlternatives(
  schema: object,
  result: Record<string, unknown>,
  next: (value: unknown) => unknown,
): void {
  const constant = field(schema, "const");
  if (constant !== undefined && result.enum === undefined) result.enum = [constant];
  const choices = listIn(schema, "oneOf");
  if (choices.length > 0 && result.anyOf === undefined) result.anyOf = choices.map(next);
}

/** An exclusive bound of a whole number is the next one; of any other number it is left to validation. */
function readBounds(schema: object, result: Record<string, unknown>): void {
  if (result.type !== "integer") return;
  const [above, below] = [field(schema, "exclusiveMinimum"), field(schema, "exclusiveMaximum")];
  if (typeof above === "number" && result.minimum === undefined) result.minimum = Math.floor(above) + 1;
  if (typeof below === "number" && result.maximum === undefined) result.maximum = Math.ceil(below) - 1;
}

function merge(result: Record<string, unknown>, part: unknown): void {
  if (typeof part !== "object" || part === null) return;
  for (const [key, value] of Object.entries(part)) {
    const own = result[key];
    if (own === undefined) result[key] = value;
    else if (mapsOfSchemas.some((name) => name === key)) result[key] = { ...own, ...(value as object) };
    else if (key === "required" && Array.isArray(own) && Array.isArray(value))
      result[key] = [...new Set<unknown>([...own, ...value])];
  }
}

function allowNull(result: Record<string, unknown>): void {
  const { type } = result;
  if (typeof type === "string" && type !== "null") result.type = [type, "null"];
}

/** A choice of null is said by the type: a list of choices holds texts and numbers. */
function readChoices(result: Record<string, unknown>): void {
  const { enum: choices } = result;
  if (!Array.isArray(choices) || !choices.includes(null)) return;
  const others = choices.filter((choice: unknown) => choice !== null);
  delete result.enum;
  if (others.length === 0) result.type = "null";
  else if (result.type === undefined) result.anyOf = [{ enum: others }, { type: "null" }];
  else {
    result.enum = others;
    allowNull(result);
  }
}

function copy(schema: object, keyword: string, result: Record<string, unknown>): void {
  const value = field(schema, keyword);
  if (value !== undefined) result[keyword] = value;
}

function copyMap(
  map: unknown,
  name: string,
  result: Record<string, unknown>,
  next: (value: unknown) => unknown,
): void {
  if (typeof map !== "object" || map === null || Array.isArray(map)) return;
  result[name] = Object.fromEntries(
    Object.entries(map).map(([key, value]) => [key, value === true ? {} : next(value)]),
  );
}

function listIn(schema: object, keyword: string): readonly unknown[] {
  const list = field(schema, keyword);
  return Array.isArray(list) ? list : [];
}
