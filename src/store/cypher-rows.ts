import { isRealProperty, type PropertyValue } from "../knowledge/graph-rows.ts";
import { cypherName } from "./cypher-literal.ts";

/*
 * Neo4j takes about a tenth of a millisecond to read each literal of a statement, whatever its length. So a row is
 * one string, which the server splits: measured at 10,000 rows a second, against 500 for rows that are maps.
 */

/** What a row's values are joined by; neither occurs in any of them. */
export interface Separators {
  readonly field: string;
  readonly item: string;
}

/**
 * Separators for some values: as many tildes as it takes before a tab or a bar. The last character differs from
 * those before it, so that no end of one value and start of the next can look like a separator.
 */
export function separatorsFor(values: Iterable<PropertyValue>): Separators {
  const all = [...values];
  const texts = all.flatMap((value) => (typeof value === "object" ? value.map(String) : [String(value)]));
  const items = all.flatMap((value) => (typeof value === "object" ? value.map(String) : []));
  for (let tildes = ""; ; tildes += "~") {
    const [field, item] = [`${tildes}\t`, `${tildes}|`];
    if (!texts.some((text) => text.includes(field)) && !items.some((text) => text.includes(item))) {
      return { field, item };
    }
  }
}

/** A row as one text. Each item of a list has its separator before it: no item and one empty item differ. */
export function packed(values: readonly PropertyValue[], { field, item }: Separators): string {
  return values
    .map((value) =>
      typeof value === "object" ? value.map((part) => item + String(part)).join("") : String(value),
    )
    .join(field);
}

/** The Cypher map that makes properties of what stands in the list `value` from `first` on. */
export function propertiesExpression(properties: readonly [string, PropertyValue][], first: number): string {
  const entries = properties.map(([name, value], index) =>
    mapEntry(name, valueExpression(name, value, `value[${first + index}]`)),
  );
  return `{${entries.join(", ")}}`;
}

export function mapEntry(name: string, expression: string): string {
  return `${propertyKey(name)}: ${expression}`;
}

/** The Cypher that makes a value like this one of the text that the expression `text` has. */
export function valueExpression(name: string, value: PropertyValue, text: string): string {
  if (typeof value === "string") return text;
  if (typeof value === "boolean") return `toBoolean(${text})`;
  if (typeof value === "number") {
    return Number.isSafeInteger(value) && !isRealProperty(name) ? `toInteger(${text})` : `toFloat(${text})`;
  }
  const items = listExpression(text);
  return typeof value[0] === "boolean" ? `[part IN ${items} | toBoolean(part)]` : items;
}

export function listExpression(text: string): string {
  return `tail(split(${text}, item))`;
}

function propertyKey(name: string): string {
  return /^[a-z][A-Za-z]*$/.test(name) ? name : cypherName(name);
}
