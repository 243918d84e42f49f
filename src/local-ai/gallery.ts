import { field } from "../providers/provider-error.ts";
import { askLocalAi, type LocalAiServer } from "./ask-local-ai.ts";
import { LocalAiError } from "./local-ai-error.ts";
import { bytesIn } from "./byte-size.ts";
import { type JobState, jobState } from "./job-state.ts";

/** A model that LocalAI can install. */
export interface GalleryEntry {
  readonly name: string;
  /** Name of the gallery it stands in. */
  readonly gallery: string;
  readonly tags: readonly string[];
  /** Names of the files it consists of. */
  readonly files: readonly string[];
  readonly sizeBytes?: number;
}

/** The first time LocalAI fetches the list from the network. */
const listTimeoutMs = 120_000;

/** All that can be installed. Throws LocalAiError. */
export async function galleryEntries(server: LocalAiServer, signal?: AbortSignal): Promise<GalleryEntry[]> {
  const list = await askLocalAi(server, { path: "/models/available", timeoutMs: listTimeoutMs, signal });
  return (Array.isArray(list) ? list : []).flatMap((entry: unknown) => {
    const name = text(field(entry, "name"));
    if (name === undefined) return [];
    const sizeBytes = bytesIn(text(field(entry, "size")));
    return [
      {
        name,
        gallery: text(field(field(entry, "gallery"), "name")) ?? "",
        tags: texts(field(entry, "tags")),
        files: texts(listed(field(entry, "files")).map((file) => field(file, "filename"))),
        ...(sizeBytes !== undefined && { sizeBytes }),
      },
    ];
  });
}

/** The name by which LocalAI finds an entry. */
export function entryId({ gallery, name }: GalleryEntry): string {
  return gallery === "" ? name : `${gallery}@${name}`;
}

export interface ApplyRequest {
  readonly id: string;
  /** What the model shall answer to. */
  readonly name: string;
  /** The one of several builds; only newer servers know of them. */
  readonly variant?: string | undefined;
}

/**
 * Has a model installed and returns the job's id. Before v4.8 it answers when every job before this one is done, which
 * can be hours: without a time limit.
 */
export async function applyModel(
  server: LocalAiServer,
  { id, name, variant }: ApplyRequest,
  signal?: AbortSignal,
): Promise<string> {
  const body = { id, name, ...(variant !== undefined && { variant }) };
  const answer = await askLocalAi(server, { path: "/models/apply", body, timeoutMs: Infinity, signal });
  return text(field(answer, "uuid")) ?? "";
}

/** How a job stands. Throws LocalAiError. */
export async function readJob(server: LocalAiServer, job: string, signal?: AbortSignal): Promise<JobState> {
  try {
    return jobState(await askLocalAi(server, { path: `/models/jobs/${encodeURIComponent(job)}`, signal }));
  } catch (error) {
    const isUnknown = error instanceof LocalAiError && /could not find any status/i.test(error.said);
    if (isUnknown) return { kind: "unknown" };
    throw error;
  }
}

/** What LocalAI is busy with, in its words; undefined when with nothing. */
export async function jobInTheWay(server: LocalAiServer, signal?: AbortSignal): Promise<string | undefined> {
  const jobs = await askLocalAi(server, { path: "/models/jobs", signal });
  for (const status of Object.values((jobs ?? {}) as Record<string, unknown>)) {
    const state = jobState(status);
    if (state.kind === "running") return state.message;
  }
  return undefined;
}

/** Ends a job; false when it had ended already. */
export async function cancelJob(server: LocalAiServer, job: string, signal?: AbortSignal): Promise<boolean> {
  const path = `/api/operations/${encodeURIComponent(job)}/cancel`;
  try {
    return field(await askLocalAi(server, { path, method: "POST", signal }), "success") === true;
  } catch (error) {
    if (error instanceof LocalAiError && error.reason === "refused") return false;
    throw error;
  }
}

/** Bytes that an entry takes, as far as LocalAI can tell without fetching it. */
export async function sizeOf(
  server: LocalAiServer,
  entry: GalleryEntry,
  signal?: AbortSignal,
): Promise<number | undefined> {
  if (entry.sizeBytes !== undefined) return entry.sizeBytes;
  const path = `/api/models/estimate/${encodeURIComponent(entryId(entry))}`;
  const answer = await unlessMissing(askLocalAi(server, { path, timeoutMs: 15_000, signal }));
  const bytes = field(answer, "sizeBytes");
  return typeof bytes === "number" && bytes > 0 ? bytes : undefined;
}

/** Whether an entry stands for several builds of which LocalAI would choose one. */
export async function hasVariants(
  server: LocalAiServer,
  entry: GalleryEntry,
  signal?: AbortSignal,
): Promise<boolean> {
  const path = `/api/models/variants/${encodeURIComponent(entryId(entry))}`;
  const answer = await unlessMissing(askLocalAi(server, { path, timeoutMs: 15_000, signal }));
  return listed(field(answer, "variants")).some(
    (variant) => text(field(variant, "model"))?.toLowerCase() === entry.name.toLowerCase(),
  );
}

/** Older servers do not know of it, and it is for admins: nothing depends on it. */
async function unlessMissing(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof LocalAiError) return undefined;
    throw error;
  }
}

function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function texts(value: unknown): string[] {
  return listed(value).filter((one) => typeof one === "string");
}
