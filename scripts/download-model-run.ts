import { cancelDownload, downloadModel } from "../src/app-download-model.ts";
import { loadSettings, noticeText, readEnvironment } from "../src/config/index.ts";
import { downloadBar } from "./download-bar.ts";
import type { DownloadCommandOptions } from "./download-model.ts";
import { exitCode } from "./exit.ts";
import { untilInterrupted } from "./interrupt.ts";
import { commandLine, plain, print, remark } from "./output.ts";

/** Has LocalAI install a model and prints what came of it; returns the exit code. */
export async function runDownloadModel(
  name: string | undefined,
  options: DownloadCommandOptions,
): Promise<number> {
  const { config, envFile, as, modelsFolder } = options;
  const environment = readEnvironment(envFile === undefined ? {} : { envFile });
  const settings = loadSettings({ environment, ...(config !== undefined && { config }) });
  if (options.verbose === true) for (const notice of settings.notices) remark(noticeText(notice), options);
  if (options.cancel === true) {
    const cancelled = await cancelDownload(settings, environment, { name, as });
    if (options.json === true) print(JSON.stringify({ cancelled }, null, 2));
    else
      print(cancelled ? "Cancelled; what was fetched stays with LocalAI." : "There was nothing to cancel.");
    return exitCode.done;
  }
  const started = performance.now();
  const bar = downloadBar(options);
  const downloaded = await untilInterrupted((signal) =>
    downloadModel(settings, environment, {
      name,
      as,
      modelsFolder,
      signal,
      onProgress: bar.show,
      onWord: (message) => {
        bar.stop();
        remark(plain(message), options);
      },
    }),
  ).finally(bar.stop);
  const { model, entry, wasThere, server, sizeBytes, answered, isConfigured } = downloaded;
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  if (options.json === true) {
    const result = {
      model,
      entry: entry ?? null,
      installed: !wasThere,
      answered,
      server,
      sizeBytes: sizeBytes ?? null,
      seconds,
    };
    print(JSON.stringify(result, null, 2));
    return exitCode.done;
  }
  const how = answered ? "and answers" : "and cannot be asked for a word";
  print(wasThere ? `${model} is there already ${how}.` : `${model} is installed ${how}, after ${seconds} s.`);
  if (answered && !isConfigured) {
    remark(
      `No deployment of the configuration asks for it; to have it asked: model: localai/${model}, or LOCALAI_MODEL=${model}.`,
      options,
    );
  } else if (answered) remark(`Try it: ${commandLine("route", "Hello")}`, options);
  return exitCode.done;
}
