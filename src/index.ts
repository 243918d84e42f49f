export { defaultStorePath, openWorkspace } from "./app.ts";
export { retrieve, type Answer, type Evidence } from "./ask/retrieve.ts";
export { InterruptedError, KnownError, UsageError } from "./errors.ts";
export type { IngestOptions, Progress } from "./ingest/options.ts";
export { ingest } from "./ingest/run.ts";
export type { Failure, IngestResult, Warning } from "./ingest/result.ts";
