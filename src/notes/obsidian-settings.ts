import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** What a vault's own `.obsidian` folder says about which files are notes. */
export interface ObsidianSettings {
  readonly templateFolders: readonly string[];
  /** Obsidian's "Excluded files": path beginnings, or regular expressions between slashes. */
  readonly ignored: readonly string[];
}

/** The files that these settings stand in, from the vault's root. */
export const settingsFiles = [
  ".obsidian/app.json",
  ".obsidian/templates.json",
  ".obsidian/plugins/templater-obsidian/data.json",
] as const;

/** Reads the settings of a vault; a missing or broken file counts as empty. */
export async function readObsidianSettings(root: string): Promise<ObsidianSettings> {
  const [app, templates, templater] = await Promise.all(
    settingsFiles.map((file) => readJson(join(root, file))),
  );
  const folders = [templates?.["folder"], templater?.["templates_folder"]].filter(isText);
  const filters = app?.["userIgnoreFilters"];
  return {
    templateFolders: folders
      .map((folder) => folder.normalize("NFC").replaceAll(/^\/+|\/+$/g, ""))
      .filter((folder) => folder !== ""),
    ignored: Array.isArray(filters) ? filters.filter(isText) : [],
  };
}

/** Whether Obsidian leaves a path out of its search. */
export function isIgnoredByObsidian(path: string, ignored: readonly string[]): boolean {
  return ignored.some((filter) => {
    if (filter.startsWith("/") && filter.endsWith("/") && filter.length > 2)
      return matches(filter.slice(1, -1), path);
    return path.toLowerCase().startsWith(filter.normalize("NFC").toLowerCase());
  });
}

function matches(pattern: string, path: string): boolean {
  try {
    return new RegExp(pattern, "i").test(path);
  } catch {
    return false;
  }
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

async function readJson(file: string): Promise<Record<string, unknown> | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(file, "utf8"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
