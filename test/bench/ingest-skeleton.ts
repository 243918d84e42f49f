// The least that takes notes in: a Markdown parser, links by their titles and SQLite with full text, on one thread.
// Knows nothing of chunks, names, entities or changes. `node test/bench/ingest-skeleton.ts FOLDER DATABASE`
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { parser } from "@lezer/markdown";

const [folder = "", database = ""] = process.argv.slice(2);
const sqlite = new DatabaseSync(database);
sqlite.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -262144;
  CREATE TABLE note (path TEXT PRIMARY KEY, title TEXT, text TEXT); CREATE INDEX note_title ON note (title);
  CREATE TABLE link (source TEXT, target TEXT); CREATE VIRTUAL TABLE words USING fts5(text, content='');`);
const addNote = sqlite.prepare("INSERT INTO note VALUES (?, ?, ?)");
const addLink = sqlite.prepare("INSERT INTO link VALUES (?, ?)");
const addWords = sqlite.prepare("INSERT INTO words (text) VALUES (?)");
sqlite.exec("BEGIN");
for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const path = join(entry.parentPath, entry.name);
  const text = readFileSync(path, "utf8");
  parser.parse(text).iterate({ enter: () => true });
  addNote.run(path, entry.name.replace(/\.md$/, ""), text);
  addWords.run(text);
  for (const [, target = ""] of text.matchAll(/\[\[([^\]|#]+)/g)) addLink.run(path, target);
}
sqlite.exec(`UPDATE link SET target = (SELECT path FROM note WHERE title = link.target) WHERE true; COMMIT;`);
sqlite.close();
