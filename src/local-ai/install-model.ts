import { KnownError, UsageError } from "../errors.ts";
import { type LocalAiServer, placeOf } from "./ask-local-ai.ts";
import { sizeText } from "./byte-size.ts";
import { type Following, followJob, type JobEnd, throughAbsence } from "./follow-job.ts";
import {
  applyModel,
  cancelJob,
  entryId,
  type GalleryEntry,
  hasVariants,
  jobInTheWay,
  sizeOf,
} from "./gallery.ts";
import type { JobMemory } from "./job-memory.ts";
import { jobProblem } from "./job-problem.ts";
import { LocalAiError } from "./local-ai-error.ts";
import { servedModels, useOf } from "./served-models.ts";
import { untilItAnswers, untilServed } from "./until-it-answers.ts";
import { wantedEntry } from "./wanted-entry.ts";

export interface InstallOptions extends Following {
  /** A gallery's name, or one as Ollama has it. */
  readonly wanted: string;
  /** What the model shall answer to; default as the configuration calls it, else as it was asked for. */
  readonly as?: string | undefined;
  /** Models that the configuration has on this server. */
  readonly configured: readonly string[];
  readonly memoryOf: (model: string) => JobMemory;
  /** Room on LocalAI's disk; undefined when that cannot be seen from here. */
  readonly room: () => Room | undefined;
}

export interface Room {
  readonly freeBytes: number;
  /** It is where LocalAI keeps its models; else a disk of the machine that it runs on. */
  readonly isCertain: boolean;
}

/** What came of it. */
export interface Installed {
  /** What the model answers to. */
  readonly model: string;
  /** The gallery's entry; undefined for a model that was there already. */
  readonly entry: string | undefined;
  readonly wasThere: boolean;
  readonly sizeBytes: number | undefined;
  /** Whether it was asked and answered; false for what cannot be asked, such as a voice. */
  readonly answered: boolean;
}

/** Applied so often before what goes wrong is said to be the end. */
const mostJobs = 4;

/** Has LocalAI install a model and returns when it answers. */
export async function installModel(server: LocalAiServer, options: InstallOptions): Promise<Installed> {
  const { wanted, signal, configured } = options;
  const served = await atStart(servedModels(server, signal));
  const asked = wanted.replace(/^localai\//i, "");
  const isThere = served.includes(options.as ?? asked);
  const found = isThere ? undefined : await atStart(wantedEntry(server, asked, configured, signal));
  const model = options.as ?? found?.model ?? asked;
  const use = useOf(found?.entry.name ?? model, found?.entry.tags);
  if (found === undefined || served.includes(model)) {
    options.memoryOf(model).keep(undefined);
    const answered = await untilItAnswers(server, model, use, options);
    return { model, entry: undefined, wasThere: true, sizeBytes: undefined, answered };
  }
  const { entry } = found;
  const sizeBytes = await sizeOf(server, entry, signal);
  options.onWord(whatIsFetched(entry, model, sizeBytes, options.room()));
  assertRoom(model, sizeBytes, options.room());
  await fetched(server, entry, model, options);
  await untilServed(server, model, options);
  const answered = await untilItAnswers(server, model, use, options);
  return { model, entry: entryId(entry), wasThere: false, sizeBytes, answered };
}

/** Before anything was begun, a server that cannot be used is a matter of the configuration. */
async function atStart<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof LocalAiError) || error.reason === "refused") throw error;
    throw new UsageError(error.code, error.message, { cause: error, facts: error.facts });
  }
}

/** Ends the job of an earlier run; false when there is none under way. */
export async function cancelInstall(
  server: LocalAiServer,
  memory: JobMemory,
  signal?: AbortSignal,
): Promise<boolean> {
  const job = memory.recall();
  if (job === undefined) return false;
  const isCancelled = await cancelJob(server, job, signal);
  memory.keep(undefined);
  return isCancelled;
}

function whatIsFetched(
  entry: GalleryEntry,
  model: string,
  sizeBytes: number | undefined,
  room: Room | undefined,
): string {
  const name = entry.name === model ? model : `${entry.name} as ${model}`;
  const size = sizeBytes === undefined ? "its size is not known beforehand" : sizeText(sizeBytes);
  if (room === undefined) return `LocalAI installs ${name}: ${size}.`;
  const free = `${sizeText(room.freeBytes)} free ${room.isCertain ? "there" : "on this machine"}`;
  const isTight = !room.isCertain && (sizeBytes ?? 0) > room.freeBytes;
  return `LocalAI installs ${name}: ${size}, ${free}${isTight ? ", which may be too little" : ""}.`;
}

function assertRoom(model: string, neededBytes: number | undefined, room: Room | undefined): void {
  if (neededBytes === undefined || room?.isCertain !== true || neededBytes <= room.freeBytes) return;
  const { freeBytes } = room;
  throw new KnownError(
    "LOCALAI_DISK_FULL",
    `${model} needs ${sizeText(neededBytes)} and there are ${sizeText(freeBytes)} free where LocalAI keeps its models: make room, or take a smaller one.`,
    { facts: { model, neededBytes, freeBytes } },
  );
}

/** Takes up the job of an earlier run, or has one made; and another when LocalAI was started anew meanwhile. */
async function fetched(
  server: LocalAiServer,
  entry: GalleryEntry,
  model: string,
  options: InstallOptions,
): Promise<void> {
  const memory = options.memoryOf(model);
  // The gallery's name stands for that build, not for the largest of its kin that fits the machine.
  const variant = (await hasVariants(server, entry, options.signal)) ? entry.name : undefined;
  let known = memory.recall();
  for (let jobs = 1; ; jobs += 1) {
    const isTakenUp = known !== undefined;
    const job = known ?? (await begun(server, { id: entryId(entry), name: model, variant }, options));
    known = undefined;
    memory.keep(job);
    const end = await followed(server, job, model, options);
    memory.keep(undefined);
    if (end.kind === "done") return;
    // An earlier run's job may be long past: whatever became of it, a new one is the answer.
    if (isTakenUp) continue;
    const { error, mayPass } = problemOf(end, model);
    if (!mayPass || jobs >= mostJobs) throw error;
    options.onWord(
      end.kind === "lost"
        ? "LocalAI was started anew: asking for the model again."
        : `${error.message} Trying again.`,
    );
    await options.waiting.sleep(options.waiting.pollMs * 3 ** jobs, options.signal);
  }
}

function problemOf(end: Exclude<JobEnd, { kind: "done" }>, model: string) {
  if (end.kind === "failed") return jobProblem(model, end.reason);
  const error =
    end.kind === "cancelled"
      ? new KnownError(
          "DOWNLOAD_CANCELLED",
          `The installation of ${model} was cancelled in LocalAI: run this again to go on.`,
        )
      : new KnownError(
          "LOCALAI_RESTARTS",
          `LocalAI was started anew again and again while it installed ${model}: look at its log, then run this again.`,
        );
  return { error, mayPass: end.kind === "lost" };
}

/** Has a job made; says so when LocalAI is busy with another, which can take as long as that one does. */
async function begun(
  server: LocalAiServer,
  request: Parameters<typeof applyModel>[1],
  options: InstallOptions,
): Promise<string> {
  const { waiting, signal, onWord } = options;
  const timer = setTimeout(() => {
    jobInTheWay(server, signal).then(
      (message) =>
        message !== undefined && onWord(`LocalAI does something else first (${message}): waiting.`),
      () => {},
    );
  }, waiting.pollMs * 3);
  try {
    const job = await throughAbsence(() => applyModel(server, request, signal), options);
    if (job !== "") return job;
    throw new KnownError(
      "LOCALAI_MALFORMED",
      `LocalAI at ${placeOf(server)} did not say which job installs ${request.name}: look at its log.`,
    );
  } finally {
    clearTimeout(timer);
  }
}

async function followed(
  server: LocalAiServer,
  job: string,
  model: string,
  options: InstallOptions,
): Promise<JobEnd> {
  let isChecked = false;
  const onProgress: Following["onProgress"] = (progress) => {
    if (!isChecked && progress.totalBytes !== undefined) {
      isChecked = true;
      assertRoom(model, progress.totalBytes - (progress.currentBytes ?? 0), options.room());
    }
    options.onProgress(progress);
  };
  try {
    return await followJob(server, job, { ...options, onProgress });
  } catch (error) {
    if (error instanceof KnownError && error.code === "LOCALAI_DISK_FULL")
      await cancelJob(server, job).catch(() => {});
    throw error;
  }
}
