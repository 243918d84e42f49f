import picomatch from "picomatch";
import { isIgnoredByObsidian, type ObsidianSettings } from "./obsidian-settings.ts";

/** What the names of notes end in. */
export const noteEnding = /\.(?:md|markdown|txt)$/i;

const alwaysLeftOut = new Set(["node_modules"]);

/** Which paths in a vault are not looked at, whatever they hold: by their own name, by Obsidian, by the user. */
export function leavesOut(settings: ObsidianSettings, exclude: readonly string[]): (path: string) => boolean {
  const isExcluded = excluder(exclude);
  return (path) => {
    const name = nameOf(path);
    return (
      name.startsWith(".") ||
      alwaysLeftOut.has(name) ||
      isExcluded(path, name) ||
      isIgnoredByObsidian(path, settings.ignored)
    );
  };
}

/** Whether a path is meant by one of the patterns: as a whole, as a folder, or by its last name. */
function excluder(patterns: readonly string[]): (path: string, name: string) => boolean {
  if (patterns.length === 0) return () => false;
  const isExcluded = picomatch(
    patterns.map((pattern) => pattern.normalize("NFC").replace(/^\.?\/+/, "")),
    { dot: true, nocase: process.platform === "win32" },
  );
  return (path, name) => [path, `${path}/`, name, `${name}/`].some((form) => isExcluded(form));
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
