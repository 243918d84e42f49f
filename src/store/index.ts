export { compareExports, type ExportDifference } from "./compare-exports.ts";
export { exportCypher } from "./export-cypher.ts";
export { exportGraphml } from "./export-graphml.ts";
export { exportJsonl, exportLine, type ExportLine } from "./export-jsonl.ts";
export { openEmbedded, type Workspace } from "./open.ts";
export type { ChunkFound, EntityFound, FactFound, GraphCounts, Store, Surroundings } from "./store.ts";
export type { NodeRow, RelationshipRow, Row } from "../knowledge/graph-rows.ts";
export type { Patch } from "../knowledge/patch.ts";
