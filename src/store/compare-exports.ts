import { endLabels, type PropertyValue } from "../knowledge/graph-rows.ts";
import type { ExportLine } from "./export-jsonl.ts";

/** Where two exports differ: a natural key, and what each has there. */
export interface ExportDifference {
  readonly key: string;
  readonly left: string | undefined;
  readonly right: string | undefined;
}

/**
 * Compares two exports by what they say: notes by vault and path, chunks by note and position, entities by
 * vault and key, tags by name, relationships by their ends. Ids and times (names ending in `At`) do not count.
 */
export function compareExports(left: Iterable<ExportLine>, right: Iterable<ExportLine>): ExportDifference[] {
  const before = byNaturalKey([...left]);
  const after = byNaturalKey([...right]);
  return [...new Set([...before.keys(), ...after.keys()])]
    .toSorted()
    .flatMap((key) =>
      before.get(key) === after.get(key) ? [] : [{ key, left: before.get(key), right: after.get(key) }],
    );
}

function byNaturalKey(lines: readonly ExportLine[]): Map<string, string> {
  const keys = naturalKeys(lines);
  const keyOf = (id: string) => keys.get(id) ?? `unknown ${id}`;
  const found = new Map<string, string>();
  for (const line of lines) {
    const key =
      line.kind === "node"
        ? keyOf(idOf(line))
        : `(${keyOf(endOf(line, "from"))}) -${line.type}-> (${keyOf(endOf(line, "to"))})`;
    const content = JSON.stringify([line.kind === "node" ? line.labels : [], comparable(line, keyOf)]);
    // Two rows of one natural key are a difference to one such row.
    found.set(key, found.has(key) ? `${found.get(key)} and ${content}` : content);
  }
  return found;
}

function comparable(line: ExportLine, keyOf: (id: string) => string): [string, PropertyValue][] {
  return Object.entries(line.properties)
    .filter(([name]) => name !== "id" && !name.endsWith("At"))
    .map(([name, value]): [string, PropertyValue] =>
      name === "chunkIds" && Array.isArray(value)
        ? [name, value.map((id) => (id === "" ? "" : keyOf(`Chunk ${String(id)}`)))]
        : [name, value],
    )
    .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

function naturalKeys(lines: readonly ExportLine[]): Map<string, string> {
  const keys = new Map<string, string>();
  const positions = new Map<string, number>();
  for (const line of lines) {
    if (line.kind !== "node") continue;
    const { vault, path, key, name, position } = line.properties;
    const [label] = line.labels;
    if (label === "Note") keys.set(idOf(line), `Note ${String(vault)} ${String(path)}`);
    if (label === "Entity") keys.set(idOf(line), `Entity ${String(vault)} ${String(key)}`);
    if (label === "Tag") keys.set(idOf(line), `Tag ${String(name)}`);
    if (label === "Chunk") positions.set(line.id, Number(position));
  }
  for (const line of lines) {
    if (line.kind !== "relationship" || line.type !== "HAS_CHUNK") continue;
    keys.set(
      `Chunk ${line.to}`,
      `Chunk ${keys.get(`Note ${line.from}`) ?? line.from} ${positions.get(line.to) ?? "?"}`,
    );
  }
  return keys;
}

function idOf(line: ExportLine & { kind: "node" }): string {
  return `${line.labels[0]} ${line.id}`;
}

function endOf(line: ExportLine & { kind: "relationship" }, end: "from" | "to"): string {
  const [from, to] = endLabels(line.type);
  return end === "from" ? `${from} ${line.from}` : `${to} ${line.to}`;
}
