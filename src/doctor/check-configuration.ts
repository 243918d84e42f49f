import {
  type Environment,
  loadSettings,
  noticeText,
  readEnvironment,
  type Settings,
} from "../config/index.ts";
import { KnownError } from "../errors.ts";
import { capital, type Check, problem, well } from "./check.ts";

export interface ReadConfiguration {
  readonly checks: readonly Check[];
  /** Undefined when it cannot be used. */
  readonly settings?: Settings;
  readonly environment?: Environment;
}

const check = "configuration";

/** Reads the configuration as every command does. */
export function checkConfiguration(options: { config?: string; envFile?: string }): ReadConfiguration {
  const { config, envFile } = options;
  let environment: Environment | undefined;
  try {
    environment = readEnvironment(envFile === undefined ? {} : { envFile });
    const settings = loadSettings({ environment, ...(config !== undefined && { config }) });
    const warnings = settings.notices.filter(({ kind }) => kind === "warning");
    return {
      settings,
      environment,
      checks: [
        well(check, describe(settings)),
        ...warnings.map((notice) => well("setting", noticeText(notice))),
      ],
    };
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
    const fix = "Correct what the message names (docs/configuration.md has every key), then run this again.";
    return {
      ...(environment && { environment }),
      checks: [problem(check, error.message.replaceAll("\n", " "), fix)],
    };
  }
}

function describe({ file, deployments, isConfigured }: Settings): string {
  const models = deployments.map(({ id, label, model }) => `${id} (${label}/${model})`).join(", ");
  const from =
    file ??
    (isConfigured ? "no litellm_config.yaml, the environment says" : "nothing is configured, built in is");
  return `${from}: ${models === "" ? "no model" : models}`;
}

/** Where a prompt's way through the router can be read. */
export function checkLog({ logLevel, file }: Settings, command: string): Check {
  const verbose = logLevel === "debug";
  const place = file ?? "litellm_config.yaml";
  return verbose
    ? well("routing log", "the proxy logs every attempt and decision (set_verbose or debug)")
    : well(
        "routing log",
        "the proxy logs requests, cooldowns and fallbacks",
        `To see every attempt: ${command}, or litellm_settings.set_verbose: true in ${place}.`,
      );
}

const leastMs = 5_000;
const shortMs = 60_000;
const usualMs = 120_000;

/** A model on one's own machine takes longer than one in the cloud, the first time above all. */
export function checkTimeouts({ deployments, router }: Settings): Check[] {
  return deployments.flatMap(({ id, label, timeouts }) => {
    const limitMs = timeouts?.attemptMs ?? router.timeoutMs;
    const isOwn = label === "localai";
    const check = `time limit of ${id}`;
    const detail = `${limitMs / 1_000} s for one attempt`;
    if (limitMs > 0 && limitMs < (isOwn ? shortMs : leastMs)) {
      const fix = `${capital(raise(label))}.`;
      return [problem(check, `${detail} is short: "Timeout" comes before the answer does`, fix)];
    }
    if (!isOwn) return [];
    const isTight = limitMs > 0 && limitMs < usualMs;
    return [
      well(check, detail, isTight ? `On "Timeout after ${limitMs / 1_000} seconds", ${raise(label)}.` : null),
    ];
  });
}

/** How a time limit is raised. */
export function raise(label: string): string {
  const variable = label === "localai" ? "LOCALAI_TIMEOUT" : "LITELLM_TIMEOUT";
  return `raise it: router_settings.timeout: 120 in the configuration, or ${variable}=120 where that says none`;
}
