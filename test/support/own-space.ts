import { spawnSync } from "node:child_process";
import { type Ended, program, type Running, startFile } from "./command.ts";

/** Whether this user may have a space of its own, whose mounts and limits are nobody else's. */
export const hasOwnSpace = spawnSync("unshare", ["-rm", "sh", "-c", "mount -t tmpfs none /mnt"]).status === 0;

if (!hasOwnSpace)
  console.warn(
    "Tests of full disks, read-only folders and system limits are skipped: `unshare -rm` may not mount here.",
  );

/** Starts a shell script as root of a space of its own; `ours` in it is the program, `exec $OURS` becomes it. */
export function startInOwnSpace(folder: string, script: string): Running {
  const ours = `OURS='${process.execPath} ${program}'; ours() { $OURS "$@"; }`;
  return startFile("unshare", ["-rm", "sh", "-c", `${ours}\n${script}`], { in: folder });
}

/** Runs it to its end. */
export function runInOwnSpace(folder: string, script: string): Promise<Ended> {
  return startInOwnSpace(folder, script).ended;
}
