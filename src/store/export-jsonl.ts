import { relationshipId, type Properties, type Row } from "../knowledge/graph-rows.ts";

/** One line of `export --format jsonl`. */
export type ExportLine =
  | {
      readonly kind: "node";
      readonly labels: readonly string[];
      readonly id: string;
      readonly properties: Properties;
    }
  | {
      readonly kind: "relationship";
      readonly type: string;
      readonly from: string;
      readonly to: string;
      readonly properties: Properties;
    };

/** A row as other programs read it: every relationship carries its id among its properties. */
export function exportLine(row: Row): ExportLine {
  if (row.kind === "node") {
    return { kind: "node", labels: row.labels, id: row.id, properties: row.properties };
  }
  const { type, from, to, properties } = row;
  return { kind: "relationship", type, from, to, properties: { id: relationshipId(row), ...properties } };
}

/** The graph as JSON lines, in the rows' order. */
export async function* exportJsonl(rows: AsyncIterable<Row>): AsyncIterable<string> {
  for await (const row of rows) yield `${JSON.stringify(exportLine(row))}\n`;
}
