import type { GraphCounts } from "../store/store.ts";

/** A note that could not be read; what was known of it is kept. */
export interface Failure {
  readonly path: string;
  readonly kind: "unreadable";
  readonly message: string;
}

/** Something that a person may want to mend in a note; nothing is lost by it. */
export interface Warning {
  readonly path: string;
  readonly message: string;
}

/** What calls to models cost, in total and by deployment. */
export interface ModelUse {
  readonly calls: number;
  readonly cacheHits: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number;
  readonly byDeployment: Readonly<
    Record<string, { attempts: number; ok: number; failures: Record<string, number> }>
  >;
}

/** The plan of a dry run: what models would be asked, and what that takes under the known limits. */
export interface IngestPlan {
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number;
  readonly seconds: number;
  readonly byDeployment: Readonly<Record<string, unknown>>;
}

/** What `ingest --json` prints. */
export interface IngestResult {
  readonly notes: {
    seen: number;
    new: number;
    changed: number;
    renamed: number;
    deleted: number;
    unchanged: number;
    failed: number;
  };
  readonly chunks: { total: number; new: number; removed: number; pending: number };
  readonly graph: GraphCounts;
  readonly model: ModelUse;
  readonly dropped: { entities: number; facts: number };
  readonly failures: readonly Failure[];
  readonly warnings: readonly Warning[];
  readonly skipped: readonly { path: string; reason: string }[];
  readonly plan?: IngestPlan;
  readonly seconds: number;
}

/** No model was asked. */
export const noModelUse: ModelUse = {
  calls: 0,
  cacheHits: 0,
  inputTokens: 0,
  outputTokens: 0,
  costUsd: 0,
  byDeployment: {},
};
