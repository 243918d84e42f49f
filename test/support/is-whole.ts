import { DatabaseSync } from "node:sqlite";

/** Whether SQLite finds nothing wrong with a file: every page, every index, every word index. */
export function isWhole(file: string): boolean {
  const sqlite = new DatabaseSync(file);
  try {
    const [row, ...more] = sqlite.prepare("PRAGMA integrity_check").all();
    return row?.["integrity_check"] === "ok" && more.length === 0;
  } finally {
    sqlite.close();
  }
}
