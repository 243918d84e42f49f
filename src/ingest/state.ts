import { StateSchema } from "@langchain/langgraph";
import * as z from "zod";
import type { Patch } from "../knowledge/patch.ts";
import type { DerivedFor } from "../store/state.ts";
import type { Statement } from "../store/statements.ts";
import type { NoteInWork } from "./note-in-work.ts";
import { noneRecorded, type RecordedCounts } from "./recorded-counts.ts";
import type { Failure, Warning } from "./result.ts";

/**
 * What travels through the ingest graph: notes on their way to contributions, then the patch that makes the
 * graph say so. Plain data, so that every step can be looked at. The big parts are checked where they are
 * made, not at every step.
 */
export const IngestState = new StateSchema({
  /** Note files to take in: paths, absolute or from the working directory. */
  files: z.array(z.string()).default(() => []),
  /** More batches follow: their words are recorded first, the graph is derived after the last. */
  moreToCome: z.boolean().default(false),
  notes: z.custom<readonly NoteInWork[]>().default(() => []),
  failures: z.custom<readonly Failure[]>().default(() => []),
  warnings: z.custom<readonly Warning[]>().default(() => []),
  recorded: z.custom<RecordedCounts>().default(() => noneRecorded),
  derived: z.custom<readonly DerivedFor[]>().default(() => []),
  patch: z.custom<Patch>().optional(),
  statements: z.custom<readonly Statement[]>().default(() => []),
});
