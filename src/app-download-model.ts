import { existsSync, statfsSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type DeploymentSettings, type Environment, loadSettings, type Settings } from "./config/index.ts";
import { InterruptedError, UsageError } from "./errors.ts";
import { type LocalAiServer, placeOf } from "./local-ai/ask-local-ai.ts";
import type { JobProgress, Waiting } from "./local-ai/follow-job.ts";
import { cancelInstall, type Installed, installModel, type Room } from "./local-ai/install-model.ts";
import { fileMemory } from "./local-ai/job-memory.ts";

export interface DownloadOptions {
  /** Default the model of the configured LocalAI. */
  readonly name?: string | undefined;
  /** What it shall answer to; default as the configuration calls it. */
  readonly as?: string | undefined;
  /** LocalAI's folder of models, as this machine sees it: lets its free space be told. */
  readonly modelsFolder?: string | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: JobProgress) => void;
  readonly onWord: (message: string) => void;
  readonly waiting?: Partial<Waiting> | undefined;
}

/** A LocalAI and the models that the configuration has on it. */
export interface ConfiguredLocalAi {
  readonly server: LocalAiServer;
  readonly models: readonly string[];
}

/** What came of it, and whether a configured deployment asks for it. */
export interface Downloaded extends Installed {
  readonly server: string;
  readonly isConfigured: boolean;
}

/** Has the configured LocalAI install a model. Throws InterruptedError when stopped: LocalAI goes on alone. */
export async function downloadModel(
  settings: Settings,
  environment: Environment,
  options: DownloadOptions,
): Promise<Downloaded> {
  const { signal } = options;
  const { server, models } = localAiOf(settings, environment, options.name);
  const wanted = (options.name ?? models[0] ?? "").trim();
  if (wanted === "" || options.as?.trim() === "")
    throw new UsageError("NO_MODEL", "The model's name is empty: give one such as llama3.2:3b.");
  const folder = options.modelsFolder ?? environment.get("LOCALAI_MODELS_PATH")?.value;
  if (options.modelsFolder !== undefined && !existsSync(options.modelsFolder)) {
    throw new UsageError(
      "NO_FOLDER",
      `There is no folder ${options.modelsFolder}: give the one where LocalAI keeps its models.`,
    );
  }
  try {
    const installed = await installModel(server, {
      ...options,
      wanted,
      configured: models,
      memoryOf: (model) => fileMemory(stateFolder(settings), placeOf(server), model),
      room: () => roomFor(server, folder),
      waiting: { ...machineTime, ...options.waiting },
    });
    return { ...installed, server: placeOf(server), isConfigured: models.includes(installed.model) };
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new InterruptedError(
      "Interrupted: LocalAI goes on by itself. Run the same command to watch it again, with --cancel to end it.",
    );
  }
}

/** Ends what an interrupted run left to LocalAI; false when there is nothing. */
export async function cancelDownload(
  settings: Settings,
  environment: Environment,
  { name, as }: Pick<DownloadOptions, "name" | "as">,
): Promise<boolean> {
  const { server, models } = localAiOf(settings, environment, name);
  const names = [as, name?.replace(/^localai\//i, ""), ...models].filter((one) => one !== undefined);
  for (const model of new Set(names)) {
    if (await cancelInstall(server, fileMemory(stateFolder(settings), placeOf(server), model))) return true;
  }
  return false;
}

/** The LocalAI that has the named model in the configuration, else the first; without any the environment's, else the built-in. */
export function localAiOf(settings: Settings, environment: Environment, name?: string): ConfiguredLocalAi {
  const plain = name?.replace(/^localai\//i, "");
  const own = localAis(settings);
  const all =
    own.length > 0 ? own : localAis(loadSettings({ config: {}, environment: pinnedToLocalAi(environment) }));
  const chosen = all.find(({ model }) => model === plain) ?? all[0];
  if (chosen === undefined) {
    throw new UsageError(
      "NO_LOCALAI",
      "There is no LocalAI in the configuration: set LOCALAI_BASE_URL, such as http://localhost:8080/v1.",
    );
  }
  const { baseUrl, apiKey, apiKeyVariable } = chosen;
  const there = all.filter((one) => placeOf(one) === placeOf(chosen));
  return { server: { baseUrl, apiKey, apiKeyVariable }, models: there.map(({ model }) => model) };
}

function localAis({ deployments }: Settings): readonly DeploymentSettings[] {
  return deployments.filter(({ label, model }) => label === "localai" && !model.includes("*"));
}

/** Whichever provider is chosen for prompts, this is about LocalAI. */
function pinnedToLocalAi(environment: Environment): Environment {
  const source = "download-model";
  const get: Environment["get"] = (name) =>
    name === "LLM_PROVIDER" ? { value: "localai", source } : environment.get(name);
  return {
    ...environment,
    get,
    all: (name) => (name === "LLM_PROVIDER" ? [{ value: "localai", source }] : environment.all(name)),
  };
}

function stateFolder({ ledgerFile }: Settings): string {
  return join(dirname(ledgerFile), "downloads");
}

/** Of LocalAI's folder when it is here, else of this machine when LocalAI runs on it. */
function roomFor({ baseUrl }: LocalAiServer, folder: string | undefined): Room | undefined {
  const known = folder === undefined ? undefined : freeBytes(folder);
  if (known !== undefined) return { freeBytes: known, isCertain: true };
  const isHere = /^(?:localhost|127\.[\d.]+|\[::1\])$/.test(new URL(baseUrl).hostname);
  const nearby = isHere ? freeBytes(homedir()) : undefined;
  return nearby === undefined ? undefined : { freeBytes: nearby, isCertain: false };
}

function freeBytes(folder: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    // LocalAI's own path, of another machine.
    return undefined;
  }
}

const machineTime: Waiting = {
  pollMs: 1_000,
  patienceMs: 300_000,
  nowMs: () => performance.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
};
