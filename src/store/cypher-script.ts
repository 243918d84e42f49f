import type { PropertyValue } from "../knowledge/graph-rows.ts";
import { cypherString } from "./cypher-literal.ts";
import { mapEntry, packed, separatorsFor, valueExpression } from "./cypher-rows.ts";
import { neo4jSchema } from "./neo4j-schema.ts";
import type { Statement, StatementProperties, StatementRow } from "./statements.ts";

/** Bound of one statement of a script, in characters of its rows. */
const mostCharacters = 250_000;
const rowsParameter = "UNWIND $rows AS row\n";

/** What a script begins with: constraints and indexes, made where they are not there. */
export const schemaScript = neo4jSchema.map((statement) => `${statement};\n`).join("");

/**
 * Statements as text that cypher-shell runs: their rows stand in it instead of a parameter. A row is one string, which
 * the server takes apart, for the reason given in cypher-rows.ts.
 */
export function cypherScript(statements: readonly Statement[]): string {
  return statements
    .flatMap(({ text, rows }) => {
      const body = text.startsWith(rowsParameter) ? text.slice(rowsParameter.length) : text;
      const shapes = Map.groupBy(rows.map(shaped), ({ expression }) => expression);
      return [...shapes].flatMap(([expression, ofShape]) =>
        bounded(ofShape.map(({ values }) => values)).map((batch) => scriptStatement(expression, batch, body)),
      );
    })
    .join("");
}

interface Shaped {
  /** The map that the server makes of the values. */
  readonly expression: string;
  readonly values: readonly PropertyValue[];
}

function shaped(row: StatementRow): Shaped {
  const values: PropertyValue[] = [];
  const map = (entries: readonly [string, PropertyValue | StatementProperties | null][]): string =>
    `{${entries.map(([name, value]) => mapEntry(name, expressionOf(name, value))).join(", ")}}`;
  const expressionOf = (name: string, value: PropertyValue | StatementProperties | null): string => {
    if (value === null) return "null";
    if (isMap(value)) return map(Object.entries(value));
    values.push(value);
    return valueExpression(name, value, `value[${values.length - 1}]`);
  };
  return { expression: map(Object.entries(row)), values };
}

function isMap(value: PropertyValue | StatementProperties): value is StatementProperties {
  return typeof value === "object" && !Array.isArray(value);
}

function scriptStatement(
  expression: string,
  rows: readonly (readonly PropertyValue[])[],
  body: string,
): string {
  const separators = separatorsFor(rows.flat());
  const lines = rows.map((values) => cypherString(packed(values, separators)));
  return [
    `WITH ${cypherString(separators.field)} AS field, ${cypherString(separators.item)} AS item`,
    `UNWIND [\n${lines.join(",\n")}\n] AS line`,
    "WITH split(line, field) AS value, item",
    `WITH ${expression} AS row`,
    `${body};\n`,
  ].join("\n");
}

function bounded(rows: readonly (readonly PropertyValue[])[]): (readonly PropertyValue[])[][] {
  const batches: (readonly PropertyValue[])[][] = [];
  let characters = Infinity;
  for (const row of rows) {
    const length = row.reduce<number>((sum, value) => sum + String(value).length, 0);
    if (characters + length > mostCharacters) {
      batches.push([]);
      characters = 0;
    }
    batches.at(-1)?.push(row);
    characters += length;
  }
  return batches;
}
