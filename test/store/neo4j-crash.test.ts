import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import neo4j, { type Driver } from "neo4j-driver";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { configure, makeHome, type Neo4jHome } from "../../scripts/neo4j-server/home.ts";
import { type Installation, installNeo4j } from "../../scripts/neo4j-server/install.ts";
import { compareExports } from "../../src/store/compare-exports.ts";
import type { ExportLine } from "../../src/store/export-jsonl.ts";
import { generateVault } from "../bench/generate-vault.ts";
import { exampleNotes, expectSentence, exported, ingestJson, run, start } from "../support/command.ts";
import { temporaryFolder } from "../support/folder.ts";
import { embeddedExport } from "../support/neo4j-graph.ts";
import { hasNeo4j } from "../support/neo4j-server.ts";
import { type RunningNeo4j, startNeo4j } from "../support/neo4j/start.ts";

const isSoak = process.env["SOAK"] !== undefined;
const shape = { sections: 3, wordsInSection: 40, linksInNote: 3, mentionsInNote: 3, seed: 5 };

describe.skipIf(!(await hasNeo4j()) || process.env["NEO4J_TEST_URI"] !== undefined)(
  "with a server of its own",
  () => {
    const root = mkdtempSync(join(tmpdir(), "neo4j-langgraph-test-"));
    const notes = join(root, "notes");
    let installed: Installation;
    let home: Neo4jHome;
    let server: RunningNeo4j;
    let driver: Driver;
    let undisturbed: readonly ExportLine[];
    let env: Readonly<Record<string, string>>;

    beforeAll(async () => {
      const found = await installNeo4j();
      if ("missing" in found) throw new Error(found.missing);
      installed = found;
      generateVault(notes, { ...shape, notes: isSoak ? 1_000 : 200 });
      undisturbed = await embeddedExport(notes, { vault: "notes" });
      home = await makeHome(join(root, "server"));
      server = await startNeo4j(installed, home);
      const { uri, username, password } = server.address;
      env = { NEO4J_URI: uri, NEO4J_USERNAME: username, NEO4J_PASSWORD: password };
      driver = neo4j.driver(uri, neo4j.auth.basic(username, password));
    });
    afterAll(async () => {
      await driver?.close();
      await server?.stop();
      rmSync(root, { recursive: true, force: true });
    });

    const count = async () => {
      const { records } = await driver.executeQuery("MATCH (n) RETURN count(n) AS count");
      return Number(records[0]?.get("count"));
    };
    /** Resolves when a run has written this part of the graph's nodes. */
    const hasWritten = async (part: number) => {
      const wanted = part * undisturbed.filter((line) => line.kind === "node").length;
      while ((await count()) < wanted) await sleep(5);
    };
    const empty = () => driver.executeQuery("MATCH (n) DETACH DELETE n");

    test(
      "a run that is killed while it writes goes on when it is started again, to the graph of an undisturbed one",
      { timeout: 600_000 },
      async () => {
        await empty();
        const folder = temporaryFolder();
        let kills = 0;
        for (let round = 0; round < (isSoak ? 10 : 1); round++) {
          const running = start(["ingest", notes, "--quiet"], { in: folder, env });
          await Promise.race([hasWritten(0.24 + (round % 5) * 0.15), running.ended]);
          // At any moment of a patch: before, between and after its statements.
          await sleep(round * 7);
          running.child.kill("SIGKILL");
          if ((await running.ended).signal === "SIGKILL") kills += 1;
          if (round % 5 === 4) await empty();
        }
        expect(kills).toBeGreaterThanOrEqual(isSoak ? 8 : 1);
        await ingestJson([notes], { in: folder, env });
        expect(compareExports(await exported({ in: folder, env }), undisturbed)).toEqual([]);
      },
    );

    test(
      "a server that is killed and started again in the middle of a run costs nothing but time",
      { timeout: 600_000 },
      async () => {
        for (let round = 0; round < (isSoak ? 5 : 1); round++) {
          await empty();
          const folder = temporaryFolder();
          const running = start(["ingest", notes, "--quiet"], { in: folder, env });
          await Promise.race([hasWritten(0.2 + 0.15 * round), running.ended]);
          await server.stop();
          server = await startNeo4j(installed, home);
          const ended = await running.ended;
          if (ended.code !== 0) expectSentence(ended, 1, "lost", "goes on from there");
          await ingestJson([notes], { in: folder, env });
          expect(compareExports(await exported({ in: folder, env }), undisturbed)).toEqual([]);
        }
      },
    );

    test(
      "a server that stays away ends the run with a sentence, and the next run goes on",
      { timeout: 300_000 },
      async () => {
        if (!isSoak) return;
        await empty();
        const folder = temporaryFolder();
        const running = start(["ingest", notes, "--quiet"], { in: folder, env });
        await Promise.race([hasWritten(0.3), running.ended]);
        await server.stop();
        expectSentence(await running.ended, 1, "lost", "goes on from there");
        expectSentence(await run(["ingest", notes], { in: folder, env }), 2, "No Neo4j answers");
        server = await startNeo4j(installed, home);
        await ingestJson([notes], { in: folder, env });
        expect(compareExports(await exported({ in: folder, env }), undisturbed)).toEqual([]);
      },
    );

    test(
      "a database that is read-only is wrong usage, before a note is read; it can still be asked and copied",
      { timeout: 120_000 },
      async () => {
        await server.stop();
        configure(home, ["server.databases.read_only=neo4j"]);
        server = await startNeo4j(installed, home);
        const folder = temporaryFolder();
        expectSentence(
          await run(["ingest", exampleNotes], { in: folder, env }),
          2,
          "read-only",
          "NEO4J_DATABASE",
        );
        expect(existsSync(join(folder, ".neo4j-langgraph"))).toBe(false);
        expect((await run(["ask", "Who?"], { in: folder, env })).code).toBe(0);
        expect(
          (await run(["copy", "--from", env["NEO4J_URI"] ?? "", "--to", "copy.sqlite"], { in: folder, env }))
            .code,
        ).toBe(0);
        expect(compareExports(await exported({ in: folder }, "--store", "copy.sqlite"), undisturbed)).toEqual(
          [],
        );
      },
    );
  },
);
