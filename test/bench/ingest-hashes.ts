// Reads and hashes all files of a folder: the least that finds out whether any has changed.
// `node test/bench/ingest-hashes.ts FOLDER`
import { hash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const hashes = readdirSync(process.argv[2] ?? "", { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => hash("sha256", readFileSync(join(entry.parentPath, entry.name))));
console.log(hashes.length);
