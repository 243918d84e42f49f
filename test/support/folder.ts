import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

/** A folder that is gone when the test is over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "neo4j-langgraph-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes notes, by path in the folder. */
export function writeNotes(folder: string, notes: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [path, text] of Object.entries(notes)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** Makes a note unreadable for every user, root too: it is more than Node reads at once, and takes no room. */
export function makeUnreadable(file: string): void {
  truncateSync(file, 3 * 1024 ** 3);
}
