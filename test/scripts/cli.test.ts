import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  checkout,
  type Ended,
  exampleNotes,
  expectSentence,
  prepare,
  program,
  run,
  startFile,
} from "../support/command.ts";
import { temporaryFolder } from "../support/folder.ts";

const commands = ["ingest", "ask", "export", "route"];
const isEmpty = (folder: string) => execFileSync("ls", ["-A", folder], { encoding: "utf8" }) === "";

test.each([["the program", []], ...commands.map((command) => [command, [command]] as const)] as const)(
  "--help of %s is there within 300 ms, the start of the process included",
  async (_name, command) => {
    const folder = temporaryFolder();
    const quickest = async (measured: () => Promise<Ended>) => {
      const times: number[] = [];
      for (let round = 0; round < 5; round++) {
        const started = performance.now();
        expect(await measured()).toMatchObject({ code: 0, stderr: "" });
        times.push(performance.now() - started);
      }
      return Math.min(...times);
    };
    const bare = await quickest(() => startFile(process.execPath, ["--eval", "0"], { in: folder }).ended);
    const help = await quickest(() => run([...command, "--help"], { in: folder }));
    // Five starts of an empty program is where a machine is too busy with other things to tell.
    expect(help).toBeLessThan(Math.max(300, 5 * bare));
    const { stdout } = await run([...command, "--help"], { in: folder });
    expect(stdout).toMatch(/^Usage: neo4j-langgraph/);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  },
);

test("--version prints the package's version", async () => {
  const { version } = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8")) as { version: string };
  expect(await run(["--version"], { in: temporaryFolder() })).toMatchObject({
    code: 0,
    stdout: `${version}\n`,
    stderr: "",
  });
});

describe("wrong usage ends with exit code 2 and one sentence, and nothing is created:", () => {
  test.each([
    ["an unknown command", ["ingst"], "'ingst' (Did you mean ingest?)"],
    ["an unknown option", ["ingest", exampleNotes, "--nope"], "'--nope'"],
    ["an option without its value", ["ingest", exampleNotes, "--vault"], "--vault <name>"],
    ["no path", ["ingest"], "'path'"],
    ["no question", ["ask"], "'question'"],
    ["an empty question", ["ask", " "], "question is empty"],
    ["an unknown format", ["export", "--format", "xml"], "jsonl"],
    ["a missing path", ["ingest", "no/such/notes"], "There is no no/such/notes"],
    ["a missing path beside one that is there", ["ingest", exampleNotes, "missing"], "There is no missing"],
    ["a path that is no note", ["ingest", program], "is no note"],
    ["a missing graph for ask", ["ask", "Who?"], "run `ingest` first"],
    ["a missing graph for export", ["export"], "run `ingest` first"],
    ["an empty place", ["ingest", exampleNotes, "--store", ""], "--store"],
    ["a graph in memory", ["ingest", exampleNotes, "--store", ":memory:"], ":memory:"],
    [
      "an unknown kind of server",
      ["ask", "Who?", "--store", "http://localhost:7474"],
      "http://localhost:7474",
    ],
  ])("%s", async (_name, words, part) => {
    const folder = temporaryFolder();
    expectSentence(await run(words, { in: folder }), 2, part);
    expect(isEmpty(folder)).toBe(true);
  });
});

test("a missing environment file is wrong usage (a Node that was not told -- looks for it before the program does)", async () => {
  const folder = temporaryFolder();
  const words = ["--", program, "ingest", exampleNotes, "--env-file", "none.env"];
  expectSentence(await startFile(process.execPath, words, { in: folder }).ended, 2, "none.env", "not exist");
  expect(isEmpty(folder)).toBe(true);
});

test("without a command it prints what there is, and ends with exit code 2", async () => {
  const ended = await run([], { in: temporaryFolder() });
  expect(ended).toMatchObject({ code: 2, stdout: "" });
  for (const command of commands) expect(ended.stderr).toContain(`  ${command} `);
});

describe("a Neo4j of the configuration is never silently replaced by a file:", () => {
  test.each([
    ["NEO4J_URI in the environment", "bolt://localhost:1", "bolt://localhost:1"],
    [
      "with a password in it, which is not shown",
      "neo4j+s://neo4j:secret@db.example.org",
      "//db.example.org",
    ],
    ["that is no address", "localhost:7687", "NEO4J_URI"],
  ])("%s", async (_name, uri, part) => {
    for (const words of [["ingest", exampleNotes], ["ask", "Who?"], ["export"]]) {
      const folder = temporaryFolder();
      const ended = await run(words, { in: folder, env: { NEO4J_URI: uri } });
      expectSentence(ended, 2, part);
      expect(ended.stderr).not.toContain("secret");
      expect(isEmpty(folder)).toBe(true);
    }
  });

  test("NEO4J_URI in .env counts as well, and --store comes before both", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, ".env"), "NEO4J_URI=neo4j://from-the-file\n");
    expectSentence(await run(["export"], { in: folder }), 2, "neo4j://from-the-file");
    expectSentence(await run(["export", "--store", "g.sqlite"], { in: folder }), 2, "no graph at g.sqlite");
  });
});

/** A Node on this machine that is too old for the package. */
const oldNode = ["/usr/bin/node", "/usr/local/bin/node", ...(process.env["PATH"] ?? "").split(":")]
  .map((place) => (place.endsWith("/node") ? place : join(place, "node")))
  .find((file) => {
    if (!existsSync(file)) return false;
    const [major = 0, minor = 0] = execFileSync(file, ["-p", "process.versions.node"], { encoding: "utf8" })
      .split(".")
      .map(Number);
    return major < 22 || (major === 22 && minor < 18);
  });

test.skipIf(oldNode === undefined)(
  `a Node older than 22.18 gets one sentence from every command (${oldNode ?? "none is installed here"})`,
  async () => {
    for (const words of [[], ["--help"], ...commands.map((command) => [command, "x"])]) {
      const folder = temporaryFolder();
      expectSentence(await run(words, { in: folder, node: oldNode ?? "" }), 2, "22.18", "npm ci");
      expect(isEmpty(folder)).toBe(true);
    }
  },
);

test("a Node that says it is too old gets the sentence before anything else is loaded", async () => {
  const folder = temporaryFolder();
  const pretend = join(folder, "pretend.cjs");
  writeFileSync(
    pretend,
    'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "22.17.1" } });',
  );
  const ended = await startFile(process.execPath, ["--require", pretend, program, "ask", "x"], { in: folder })
    .ended;
  expectSentence(ended, 2, "22.18");
});

test("a reader that has enough ends a command quietly", async () => {
  const folder = temporaryFolder();
  await prepare(folder, exampleNotes);
  for (const words of ["export", "ask Who --quiet", `ingest ${exampleNotes} --quiet --rehash`]) {
    const shell = `set -o pipefail; node ${program} ${words} | head -c 10; echo " \${PIPESTATUS[0]}"`;
    const ended = await startFile("bash", ["-c", shell], { in: folder }).ended;
    expect(ended.stderr).toBe("");
    expect(ended.stdout).toMatch(/ 0\n$/);
  }
});

test.skipIf(!existsSync("/dev/full"))(
  "results that cannot be written are an error, said in one sentence",
  async () => {
    const folder = temporaryFolder();
    await prepare(folder, exampleNotes);
    for (const words of ["export", "ask Who --quiet --json"]) {
      const ended = await startFile("sh", ["-c", `exec node ${program} ${words} > /dev/full`], { in: folder })
        .ended;
      expectSentence(ended, 1, "cannot be written", "no space left");
    }
  },
);

test("colours are for terminals, and NO_COLOR takes them away there too", async () => {
  const folder = temporaryFolder();
  const styled = "\u001B[";
  const piped = await run(["ingest", exampleNotes], { in: folder, env: { NO_COLOR: "" } });
  expect(piped.stdout + piped.stderr).not.toContain(styled);
  const onTerminal = async (variables: string) =>
    (
      await startFile(
        "script",
        ["-qec", `env -u NO_COLOR ${variables} node ${program} ask Niamh`, "/dev/null"],
        { in: folder },
      ).ended
    ).stdout;
  if (!existsSync("/usr/bin/script")) return;
  expect(await onTerminal("TERM=xterm-256color")).toContain(styled);
  expect(await onTerminal("TERM=xterm-256color NO_COLOR=1")).not.toContain(styled);
});

test("progress is drawn on a terminal only", async () => {
  const folder = temporaryFolder();
  const piped = await run(["ingest", exampleNotes], { in: folder });
  expect(piped.stderr).not.toMatch(/Reading notes|Writing graph/);
  if (!existsSync("/usr/bin/script")) return;
  const command = `node ${program} ingest ${exampleNotes} --store other.sqlite`;
  const drawn = await startFile("script", ["-qec", command, "/dev/null"], {
    in: folder,
    env: { TERM: "xterm" },
  }).ended;
  expect(drawn.stdout).toMatch(/Reading notes .*notes.*left/);
  const quiet = await startFile("script", ["-qec", `${command} --rehash --quiet`, "/dev/null"], {
    in: folder,
    env: { TERM: "xterm" },
  }).ended;
  expect(quiet.stdout).not.toMatch(/Reading notes|Writing graph/);
});

test("control characters in names and notes never reach a terminal", async () => {
  const folder = temporaryFolder();
  const name = "Evil \u001B[2J\u009Bred\u202E";
  writeFileSync(join(folder, `${name}.md`), "---\na: b: c\n---\nEvil says \u001B]0;title\u0007 hello\n");
  writeFileSync(join(folder, "Other.md"), `See [[${name}]].\n`);
  const ended = await run(["ingest", "."], { in: folder });
  const asked = await run(["ask", "Evil"], { in: folder });
  expect(ended.stderr).toContain("front matter");
  expect(asked.stdout).toContain("hello");
  for (const text of [ended.stdout, ended.stderr, asked.stdout, asked.stderr]) {
    // oxlint-disable-next-line eslint/no-control-regex -- they are what must not be there
    expect(text).not.toMatch(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202E]/);
  }
});
