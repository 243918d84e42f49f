import { hash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { field } from "../providers/provider-error.ts";

/** Which job installs a model, for the next run to take up. */
export interface JobMemory {
  /** Undefined when there is none. */
  readonly recall: () => string | undefined;
  /** Never throws: without it the next run begins a job of its own, which finds what was fetched. */
  readonly keep: (job: string | undefined) => void;
}

/** Keeps a job's id in a small file of its own, for one model of one server. */
export function fileMemory(folder: string, place: string, model: string): JobMemory {
  const file = join(folder, `download-${hash("sha256", `${place}\n${model}`, "hex").slice(0, 16)}.json`);
  return {
    recall: () => {
      try {
        const job = field(JSON.parse(readFileSync(file, "utf8")), "job");
        return typeof job === "string" ? job : undefined;
      } catch {
        return undefined;
      }
    },
    keep: (job) => {
      try {
        if (job === undefined) return rmSync(file, { force: true });
        mkdirSync(folder, { recursive: true });
        writeFileSync(file, JSON.stringify({ place, model, job }), { mode: 0o600 });
      } catch {
        // A folder that cannot be written to costs a second look, and nothing else.
      }
    },
  };
}
