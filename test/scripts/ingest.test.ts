import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { exampleNotes, expectSentence, ingestJson, prepare, run, startFile } from "../support/command.ts";
import { makeUnreadable, temporaryFolder, writeNotes } from "../support/folder.ts";

/** Everything in a folder, with what the file system says of it. */
function look(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .toSorted()
    .map((path) => {
      const { size, mtimeMs } = statSync(join(folder, path));
      return `${path} ${size} ${mtimeMs}`;
    });
}

describe("ingest --json", () => {
  test("is one document of the shape that other programs rely on", async () => {
    const folder = temporaryFolder();
    const ended = await run(["ingest", exampleNotes, "--json", "--offline"], { in: folder });
    expect(ended.code).toBe(0);
    const count = expect.any(Number) as number;
    expect(JSON.parse(ended.stdout)).toEqual({
      notes: { seen: 26, new: 26, changed: 0, renamed: 0, deleted: 0, unchanged: 0, failed: 0 },
      chunks: { total: count, new: count, removed: 0, pending: 0 },
      graph: {
        notes: count,
        chunks: count,
        entities: count,
        facts: count,
        mentions: count,
        links: count,
        tags: count,
      },
      model: { calls: 0, cacheHits: 0, inputTokens: 0, outputTokens: 0, costUsd: 0, byDeployment: {} },
      dropped: { entities: 0, facts: 0 },
      failures: [],
      warnings: [{ path: "Trips/Nazaré com a avó.md", message: expect.any(String) as string }],
      skipped: [],
      seconds: count,
    });
  });

  test("holds the failures too, with exit code 3 and a list on stderr even with --quiet", async () => {
    const folder = temporaryFolder();
    writeNotes(folder, { "notes/a.md": "A", "notes/b.md": "B" });
    makeUnreadable(join(folder, "notes/b.md"));
    const ended = await run(["ingest", "notes", "--json", "--quiet"], { in: folder });
    expect(ended.code).toBe(3);
    expect(JSON.parse(ended.stdout)).toMatchObject({
      notes: { seen: 2, new: 1, failed: 1 },
      failures: [{ path: "b.md", kind: "unreadable", message: expect.any(String) as string }],
    });
    expect(ended.stderr).toContain("b.md: ");
    expect(ended.stderr).not.toContain("\n    at ");
  });

  test("is there when nothing at all could be read, with exit code 1", async () => {
    const folder = temporaryFolder();
    writeNotes(folder, { "notes/b.md": "B" });
    makeUnreadable(join(folder, "notes/b.md"));
    const result = await ingestJson(["notes"], { in: folder, code: 1 });
    expect(result).toMatchObject({ notes: { seen: 1, failed: 1 }, failures: [{ path: "b.md" }] });
  });

  test("prints nothing on stdout when the run was refused", async () => {
    const folder = temporaryFolder();
    expectSentence(await run(["ingest", "missing", "--json"], { in: folder }), 2, "missing");
  });
});

test("an empty folder is no error, and the person is told what a note is", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "notes"));
  const ended = await run(["ingest", "notes"], { in: folder });
  expect(ended).toMatchObject({ code: 0 });
  expect(ended.stdout).toContain("No notes were found");
  expect(ended.stderr).toContain(".md, .markdown or .txt");
});

test("drawings, links in a circle, pipes and hidden folders are left out with exit code 0", async () => {
  const folder = temporaryFolder();
  const notes = join(folder, "notes");
  writeNotes(notes, {
    "a.md": "A",
    "board.canvas": "{}",
    "sketch.excalidraw.md": "drawing",
    ".trash/old.md": "old",
    "node_modules/x/readme.md": "x",
    "picture.png": "x",
  });
  symlinkSync("loop.md", join(notes, "loop.md"));
  symlinkSync("..", join(notes, "up"));
  execFileSync("mkfifo", [join(notes, "pipe.md")]);
  symlinkSync("pipe.md", join(notes, "to-pipe.md"));
  const result = await ingestJson(["notes"], { in: folder });
  expect(result.notes).toMatchObject({ seen: 1, new: 1, failed: 0 });
  expect(result.skipped.map(({ path }) => path)).toEqual([
    "board.canvas",
    "loop.md",
    "pipe.md",
    "sketch.excalidraw.md",
    "to-pipe.md",
    "up",
  ]);
  expectSentence(await run(["ingest", "notes/pipe.md"], { in: folder }), 2, "is no note");
  expectSentence(await run(["ingest", "notes/loop.md"], { in: folder }), 2, "loop.md");
});

test("a folder that may not be read is listed, its notes are kept (as another user than root)", async () => {
  const folder = temporaryFolder();
  writeNotes(folder, { "notes/a.md": "A", "notes/closed/b.md": "B" });
  await prepare(folder, "notes");
  execFileSync("chmod", ["-R", "a+rwX", folder]);
  execFileSync("chmod", ["000", join(folder, "notes/closed")]);
  try {
    if (process.getuid?.() === 0) return;
    const result = await ingestJson(["notes"], { in: folder, code: 3 });
    expect(result.failures.map(({ path }) => path)).toEqual(["closed"]);
    expect(result.notes.deleted).toBe(0);
  } finally {
    execFileSync("chmod", ["755", join(folder, "notes/closed")]);
  }
});

describe("a place that cannot hold a graph is wrong usage, and what is there stays as it is:", () => {
  test("a folder", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "g"));
    for (const words of [
      ["ingest", exampleNotes],
      ["ingest", exampleNotes, "--dry-run"],
      ["ask", "x"],
      ["export"],
    ])
      expectSentence(await run([...words, "--store", "g"], { in: folder }), 2, "it is a folder");
    expect(look(folder)).toHaveLength(1);
  });

  test("a file that is no database", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "letter.txt"), "Dear Ada, ".repeat(500));
    const before = look(folder);
    for (const words of [["ingest", exampleNotes], ["ask", "x"], ["export"]])
      expectSentence(await run([...words, "--store", "letter.txt"], { in: folder }), 2, "letter.txt");
    expect(look(folder)).toEqual(before);
  });

  test.each([0, 1, 57])("a database of something else, with version %i of its own", async (version) => {
    const folder = temporaryFolder();
    const file = join(folder, "photos.db");
    const other = new DatabaseSync(file);
    other.exec(`CREATE TABLE photo (id); PRAGMA user_version=${version}`);
    other.close();
    const before = readFileSync(file);
    for (const words of [["ingest", exampleNotes], ["ask", "x"], ["export"]])
      expectSentence(await run([...words, "--store", file], { in: folder }), 2, "something else");
    expect(readFileSync(file)).toEqual(before);
    expect(readdirSync(folder)).toEqual(["photos.db"]);
  });

  test.each([
    ["newer", 99],
    ["older", 1],
  ])("a graph of a %s version", async (age, version) => {
    const folder = temporaryFolder();
    await prepare(folder, exampleNotes);
    const other = new DatabaseSync(join(folder, ".neo4j-langgraph/graph.sqlite"));
    other.exec(`PRAGMA user_version=${version}`);
    other.close();
    for (const words of [
      ["ingest", exampleNotes],
      ["ask", "x"],
    ])
      expectSentence(await run(words, { in: folder }), 2, age);
  });

  test.each(["/proc/no/graph.sqlite", "/dev/null/graph.sqlite"])("%s", async (place) => {
    const folder = temporaryFolder();
    expectSentence(await run(["ingest", exampleNotes, "--store", place], { in: folder }), 2, place);
  });

  test("an empty file is no graph to ask, and one to ingest into", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "g.sqlite"), "");
    expectSentence(await run(["ask", "x", "--store", "g.sqlite"], { in: folder }), 2, "no graph at g.sqlite");
    expect(statSync(join(folder, "g.sqlite")).size).toBe(0);
    await ingestJson([exampleNotes, "--store", "g.sqlite"], { in: folder });
  });
});

test("a damaged graph is told in one sentence", async () => {
  const folder = temporaryFolder();
  await prepare(folder, exampleNotes);
  const file = join(folder, ".neo4j-langgraph/graph.sqlite");
  const bytes = readFileSync(file);
  bytes.fill(0x5a, 8 * 4096, bytes.length);
  writeFileSync(file, bytes);
  const ended = await run(["export"], { in: folder });
  expect(ended.code).toBe(1);
  expect(ended.stderr).toMatch(/^[^\n]*is damaged[^\n]*\n$/);
});

describe("ingest --dry-run", () => {
  test("creates no file when there is no graph", async () => {
    const folder = temporaryFolder();
    const result = await ingestJson([exampleNotes, "--dry-run"], { in: folder });
    expect(result.notes).toMatchObject({ seen: 26, new: 26 });
    expect(result.plan).toEqual({
      calls: 0,
      inputTokens: 0,
      outputTokens: 0,
      costUsd: 0,
      seconds: 0,
      byDeployment: {},
    });
    expect(readdirSync(folder)).toEqual([]);
    const said = await run(["ingest", exampleNotes, "--dry-run"], { in: folder });
    expect(said.stdout).toMatch(/^Would take in 26 notes/);
    expect(said.stdout).not.toContain("Ask it something");
  });

  test("says what would change in a graph, which stays as it is to the byte", async () => {
    const folder = temporaryFolder();
    writeNotes(folder, { "notes/a.md": "A", "notes/b.md": "B", "notes/c.md": "C c c" });
    await prepare(folder, "notes");
    writeNotes(folder, { "notes/a.md": "A changed", "notes/d.md": "New" });
    execFileSync("rm", [join(folder, "notes/b.md")]);
    execFileSync("mv", [join(folder, "notes/c.md"), join(folder, "notes/moved.md")]);
    const store = join(folder, ".neo4j-langgraph");
    const [before, bytes] = [look(store), readFileSync(join(store, "graph.sqlite"))];
    const counts = { seen: 3, new: 1, changed: 1, renamed: 1, deleted: 1, unchanged: 0, failed: 0 };
    expect((await ingestJson(["notes", "--dry-run"], { in: folder })).notes).toEqual(counts);
    expect(look(store)).toEqual(before);
    expect(readFileSync(join(store, "graph.sqlite"))).toEqual(bytes);
    expect((await ingestJson(["notes"], { in: folder })).notes).toEqual(counts);
  });

  test("leaves nothing in the folder for temporary files", async () => {
    const folder = temporaryFolder();
    const temporary = join(folder, "tmp");
    mkdirSync(temporary);
    await prepare(folder, exampleNotes);
    await ingestJson([exampleNotes, "--dry-run"], { in: folder, env: { TMPDIR: temporary } });
    expect(readdirSync(temporary)).toEqual([]);
  });
});

test("--quiet leaves the result and the failures, --verbose lists all that was left out", async () => {
  const folder = temporaryFolder();
  writeNotes(
    join(folder, "notes"),
    Object.fromEntries([
      ["a.md", "A"],
      ...Array.from({ length: 15 }, (_, index) => [`drawing-${index}.canvas`, "{}"]),
    ]),
  );
  const quiet = await run(["ingest", "notes", "--quiet"], { in: folder });
  expect(quiet).toMatchObject({ code: 0, stderr: "" });
  expect(quiet.stdout).toContain("Took in 1 note ");
  const usual = await run(["ingest", "notes"], { in: folder });
  expect(usual.stderr).toContain("… and 5 more");
  const verbose = await run(["ingest", "notes", "--verbose"], { in: folder });
  expect(verbose.stderr.match(/drawing-\d+/g)).toHaveLength(15);
});

test("the next command that the summary prints, run as it stands, prints evidence with the fact's two names", async () => {
  const folder = temporaryFolder();
  const { stdout } = await run(["ingest", exampleNotes], { in: folder });
  const command = /Ask it something\n {2}(.+)\n/.exec(stdout)?.[1] ?? "none";
  const [, source = "none", target = "none"] = /A fact\n {2}(.+) —\w+→ (.+)\n/.exec(stdout) ?? [];
  const asked = await startFile("sh", ["-c", command], { in: folder }).ended;
  expect(asked.code).toBe(0);
  const [evidence = "", facts = ""] = asked.stdout.split("\nFacts\n");
  const places = evidence.split(/^(?=\d+\. )/m);
  expect(places.filter((place) => place.includes(source) && place.includes(target))).not.toEqual([]);
  expect(facts).toContain(target);
});

test("the summary fits a terminal of 80 columns, whatever the names are", async () => {
  const folder = temporaryFolder();
  const long = "A very long name of a note that somebody wrote with far too many words in it";
  writeNotes(join(folder, "notes"), {
    [`${long}.md`]: `---\naliases: ["${long} once more", "東京タワーの長い別名がここにあります"]\n---\n`,
    "東京タワー.md": "---\naliases: [塔]\n---\n",
    "b.md": `See [[${long}]] and [[東京タワー]].`,
  });
  const { stdout } = await run(["ingest", "notes"], { in: folder });
  expect(stdout).toContain("A very long name");
  // Two columns for a character of Japanese.
  const columns = (line: string) => [...line].length + (line.match(/[\u3000-\u9fff]/g) ?? []).length;
  const lines = stdout.split("\n").filter((line) => !line.includes("neo4j-langgraph.js"));
  expect(lines.filter((line) => columns(line) > 80)).toEqual([]);
});
