import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareExports } from "../../src/store/compare-exports.ts";
import { problemsOf } from "../support/check-graph.ts";
import { temporaryFolder, writeNotes } from "../support/folder.ts";
import { embeddedExport, Machine } from "../support/neo4j-graph.ts";
import { emptyNeo4j, hasNeo4j } from "../support/neo4j-server.ts";
import { afterSteps, type Notes, startingNotes, step } from "../support/random-history.ts";

const isSoak = process.env["SOAK"] !== undefined;
/** Vaults to compare with as well, when somebody has a folder of some. */
const vaultsFolder = isSoak ? process.env["SOAK_VAULTS"] : undefined;
const realVaults =
  vaultsFolder === undefined
    ? []
    : readdirSync(vaultsFolder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => join(entry.parentPath, entry.name));

describe.skipIf(!(await hasNeo4j()))("a graph in Neo4j", () => {
  test(
    "is that of a file after any history, whichever machine takes it in and whatever state was lost",
    { timeout: 900_000 },
    async () => {
      const who = fc.constantFrom("mine" as const, "mine" as const, "yours" as const, "nobody's" as const);
      const round = fc.tuple(who, fc.array(step, { minLength: 1, maxLength: 3 }));
      const history = fc.tuple(startingNotes, fc.array(round, { minLength: 4, maxLength: 4 }));
      const server = await emptyNeo4j({ keepsSchema: true });
      let vaults = 0;
      await fc.assert(
        fc.asyncProperty(history, async ([start, rounds]) => {
          const folder = join(temporaryFolder(), "notes");
          const machines = {
            mine: new Machine(server),
            yours: new Machine(server),
            "nobody's": new Machine(server),
          };
          // One after the other in one database, which each leaves empty.
          const vault = `vault${vaults++}`;
          const folders: Notes[] = [start];
          const check = async (machine: Machine) => {
            await machine.takeIn(folder, { prune: true, vault });
            const lines = await machine.export();
            expect(problemsOf(lines)).toEqual([]);
            expect(compareExports(lines, await embeddedExport(folder, { vault }))).toEqual([]);
          };
          lay(folder, start);
          await check(machines.mine);
          for (const [name, steps] of rounds) {
            const next = afterSteps(folders, steps);
            folders.push(next);
            lay(folder, next);
            if (name === "nobody's") machines[name].losesItsState();
            await check(machines[name]);
          }
          rmSync(folder, { recursive: true, force: true });
          lay(folder, new Map([["Empty.md", ""]]));
          await check(machines.mine);
          rmSync(join(folder, "Empty.md"));
          await machines.mine.takeIn(folder, { prune: true, vault });
          expect(await machines.mine.export()).toEqual([]);
        }),
        {
          numRuns: isSoak ? 20 : 1,
          seed: isSoak ? Date.now() : 3,
          endOnFailure: process.env["SHRINK"] === undefined,
        },
      );
    },
  );

  test.for(realVaults)("is that of a file for the notes in %s", { timeout: 900_000 }, async (folder) => {
    const machine = new Machine(await emptyNeo4j());
    await machine.takeIn(folder);
    expect(compareExports(await machine.export(), await embeddedExport(folder))).toEqual([]);
  });
});

/** Makes a folder hold just these notes. */
function lay(folder: string, notes: Notes): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeNotes(folder, Object.fromEntries(notes));
}
