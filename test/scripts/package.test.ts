import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkout, startFile } from "../support/command.ts";

const root = mkdtempSync(join(tmpdir(), "neo4j-langgraph-package-"));
const consumer = join(root, "consumer");
const installed = join(consumer, "node_modules/neo4j-langgraph");
const env = {
  ...process.env,
  PATH: `${join(process.execPath, "..")}:${process.env["PATH"] ?? ""}`,
  npm_config_offline: "true",
};

/** Packs a copy of the checkout, so that nobody's build is in the way, and installs the package beside its dependencies. */
beforeAll(() => {
  const copy = join(root, "checkout");
  for (const name of readdirSync(checkout)) {
    if (["node_modules", "dist", "test"].includes(name) || name.startsWith(".")) continue;
    cpSync(join(checkout, name), join(copy, name), { recursive: true });
  }
  symlinkSync(join(checkout, "node_modules"), join(copy, "node_modules"));
  execFileSync("npm", ["pack", "--pack-destination", root], { cwd: copy, env, stdio: "pipe" });
  const tarball = readdirSync(root).find((name) => name.endsWith(".tgz")) ?? "none";
  mkdirSync(join(consumer, "node_modules/.bin"), { recursive: true });
  writeFileSync(join(consumer, "package.json"), '{ "name": "consumer", "type": "module", "private": true }');
  if (process.env["SOAK"] !== undefined) {
    const online = { ...env, npm_config_offline: "false" };
    execFileSync("npm", ["install", join(root, tarball), "typescript@7", "@types/node@24"], {
      cwd: consumer,
      env: online,
      stdio: "pipe",
    });
    return;
  }
  // What npm would do, with the dependencies of this checkout.
  for (const name of readdirSync(join(checkout, "node_modules"))) {
    if (!name.startsWith("."))
      symlinkSync(join(checkout, "node_modules", name), join(consumer, "node_modules", name));
  }
  mkdirSync(installed);
  execFileSync("tar", ["-xzf", join(root, tarball), "-C", installed, "--strip-components=1"]);
  const { bin } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8")) as {
    bin: Record<string, string>;
  };
  for (const [name, file] of Object.entries(bin)) {
    execFileSync("chmod", ["+x", join(installed, file)]);
    symlinkSync(join("../neo4j-langgraph", file), join(consumer, "node_modules/.bin", name));
  }
}, 300_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const npx = (...words: readonly string[]) =>
  startFile("npx", ["--offline", "neo4j-langgraph", ...words], { in: consumer }).ended;

test("the package holds the build, the sample notes and no sources of its tests", () => {
  for (const file of [
    "dist/src/index.js",
    "dist/src/index.d.ts",
    "dist/scripts/cli.js",
    "bin/start.js",
    "examples/notes",
    "LICENSE",
  ])
    expect(existsSync(join(installed, file)), file).toBe(true);
  for (const file of ["scripts", "src", "test", "node_modules", "tsconfig.json"])
    expect(existsSync(join(installed, file)), file).toBe(false);
});

test("npx runs the package's command: help, version, its own sample notes, and what to type next", async () => {
  const { version } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8")) as {
    version: string;
  };
  expect(await npx("--version")).toMatchObject({ code: 0, stdout: `${version}\n` });
  expect((await npx("ingest", "--help")).stdout).toMatch(/^Usage: neo4j-langgraph ingest/);
  const ingested = await npx("ingest", "node_modules/neo4j-langgraph/examples/notes");
  expect(ingested.code, ingested.stderr).toBe(0);
  expect(ingested.stdout).toContain("Took in 26 notes");
  const next = /npx neo4j-langgraph ask "(.+)"/.exec(ingested.stdout)?.[1] ?? "none";
  const asked = await npx("ask", next);
  expect(asked.code, asked.stderr).toBe(0);
  expect(asked.stdout).toContain("Facts");
});

test("the package's modules can be imported, and its types hold in strict TypeScript", async () => {
  writeFileSync(
    join(consumer, "program.ts"),
    `import { ingest, openWorkspace, retrieve, KnownError, type IngestResult } from "neo4j-langgraph";
import { compareExports, exportLine, openEmbedded, type Row } from "neo4j-langgraph/store";
import * as routing from "neo4j-langgraph/routing";

const workspace = await openWorkspace("library.sqlite", { create: true });
const result: IngestResult = await ingest(["node_modules/neo4j-langgraph/examples/notes"], workspace, { now: () => new Date() });
// @ts-expect-error -- the types are there: a count is no text
const wrong: string = result.notes.seen;
const rows: Row[] = [];
for await (const row of workspace.store.rows()) rows.push(row);
const { facts } = await retrieve("Who wrote The Lighthouse Ledger?", workspace.store);
await workspace.close();
const again = openEmbedded("library.sqlite", { create: false });
const lines = rows.map(exportLine);
console.log(JSON.stringify({ seen: wrong, rows: rows.length, fact: facts[0]?.target, same: compareExports(lines, lines), vaults: again.knownVaults().length, error: KnownError.name, routing: Object.keys(routing).length > 0 }));
await again.close();
`,
  );
  const strict = [
    "--noEmit",
    "--strict",
    "--module",
    "nodenext",
    "--target",
    "es2024",
    "--types",
    "node",
    "--skipLibCheck",
    "program.ts",
  ];
  execFileSync(process.execPath, [join(consumer, "node_modules/typescript/bin/tsc"), ...strict], {
    cwd: consumer,
    env,
    stdio: "pipe",
    encoding: "utf8",
  });
  const ended = await startFile(process.execPath, ["program.ts"], { in: consumer }).ended;
  expect(ended.code, ended.stderr).toBe(0);
  expect(JSON.parse(ended.stdout)).toMatchObject({
    seen: 26,
    fact: "Edda Marsh",
    same: [],
    vaults: 1,
    error: "KnownError",
    routing: true,
  });
});
