import { execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { accountKey, createMemoryLedger, openLedger, type Ledger } from "../../src/routing/index.ts";
import { gemini } from "./scenes.ts";

const child = fileURLToPath(new URL("ledger-child.ts", import.meta.url));
const run = promisify(execFile);
const failure = { kind: "quota_exhausted", rule: "test", message: "spent" } as const;

let folder = "";
let file = "";
const warnings: string[] = [];
const open = () => openLedger(file, { now: Date.now, warn: (message) => warnings.push(message) });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ledger-"));
  file = join(folder, "state", "ledger.sqlite");
  warnings.length = 0;
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const ask = async (...more: string[]) =>
  (await run(process.execPath, [child, file, "ask", ...more])).stdout.trim();

describe.each([
  ["in memory", async (): Promise<Ledger> => createMemoryLedger()],
  ["in a file", open],
])("a ledger %s", (_, make) => {
  it("adds up what is used in each window", async () => {
    const ledger = await make();
    ledger.add("key", "day", { requests: 1 });
    ledger.add("key", "day", { inputTokens: 10, outputTokens: 5, costUsd: 0.25 });
    ledger.add("key", "other day", { requests: 7 });
    expect(ledger.used("key", "day")).toEqual({
      requests: 1,
      inputTokens: 10,
      outputTokens: 5,
      costUsd: 0.25,
    });
    expect(ledger.used("other key", "day").requests).toBe(0);
    ledger.close();
  });

  it("extends a cooldown and never shortens it, until it is lifted", async () => {
    const ledger = await make();
    ledger.noteCooldown("key", { untilMs: 2_000, failure });
    ledger.noteCooldown("key", { untilMs: 1_000, failure });
    expect(ledger.cooldown("key")?.untilMs).toBe(2_000);
    ledger.noteCooldown("key", { untilMs: 3_000, failure });
    expect(ledger.cooldown("key")?.untilMs).toBe(3_000);
    ledger.noteCooldown("key", undefined);
    expect(ledger.cooldown("key")).toBeUndefined();
    ledger.close();
  });

  it("keeps the newest limit that a provider has stated", async () => {
    const ledger = await make();
    const limit = { unit: "requests", period: "minute" } as const;
    ledger.noteLimit("key", { ...limit, value: 2, seenAtMs: 1 });
    ledger.noteLimit("key", { ...limit, value: 5, seenAtMs: 2 });
    expect(ledger.statedLimits("key")).toEqual([{ ...limit, value: 5, seenAtMs: 2 }]);
    ledger.close();
  });
});

describe("the file", () => {
  it("is what the next process begins with", async () => {
    const first = await open();
    first.add("key", "day", { requests: 3, costUsd: 1.5 });
    const untilMs = Date.now() + 60_000;
    first.noteCooldown("key", { untilMs, failure });
    first.noteLimit("key", { unit: "tokens", period: "day", value: 9, seenAtMs: 1 });
    first.close();
    const second = await open();
    expect(second.used("key", "day")).toMatchObject({ requests: 3, costUsd: 1.5 });
    expect(second.cooldown("key")).toEqual({ untilMs, failure });
    expect(second.statedLimits("key")).toHaveLength(1);
    second.close();
    expect(warnings).toEqual([]);
  });

  it("shows running processes each other's entries and sums them without loss", async () => {
    const [one, other] = [await open(), await open()];
    for (let count = 0; count < 50; count += 1) {
      one.add("key", "day", { requests: 1 });
      other.add("key", "day", { requests: 2 });
      (count % 2 === 0 ? one : other).sync();
    }
    one.noteCooldown("key", { untilMs: Date.now() + 60_000, failure });
    for (const ledger of [one, other, one, other]) ledger.sync();
    expect(one.used("key", "day").requests).toBe(150);
    expect(other.used("key", "day").requests).toBe(150);
    expect(other.cooldown("key")).toBeDefined();
    other.noteCooldown("key", undefined);
    other.sync();
    one.sync();
    expect(one.cooldown("key")).toBeUndefined();
    one.close();
    other.close();
  });

  it("takes in another's entries by itself within a second or so", async () => {
    const [one, other] = [await open(), await open()];
    one.add("key", "day", { requests: 1 });
    const startedAtMs = Date.now();
    while (other.used("key", "day").requests === 0 && Date.now() - startedAtMs < 10_000) {
      await new Promise((resolve) => {
        setTimeout(resolve, 20);
      });
    }
    expect(Date.now() - startedAtMs).toBeLessThan(2_500);
    one.close();
    other.close();
  });

  it("names no key", () => {
    const key = accountKey(
      gemini({ apiKey: "AIza-very-secret", baseUrl: "https://user:pass@host.test/v1/" }),
    );
    expect(key).toMatch(/^https:\/\/host\.test\/v1 gemini-2\.5-flash [\w-]{16}$/);
    expect(accountKey(gemini({ apiKey: "other" }))).not.toBe(accountKey(gemini({ apiKey: "another" })));
  });
});

describe("a daily quota that Gemini has declared spent", () => {
  it("is not asked again by the next process, nor by the one after it", async () => {
    expect(await ask()).toBe("gemini-flash localai-llama");
    expect(await ask()).toBe("localai-llama");
    expect(await ask()).toBe("localai-llama");
  });

  it("is forgotten when it was only planted", async () => {
    expect(await ask("simulated")).toBe("gemini-flash localai-llama");
    expect(await ask()).toBe("gemini-flash localai-llama");
  });
});

describe("a process killed while it writes", () => {
  const rounds = process.env["SOAK"] === undefined ? 5 : 50;

  it(`has lost nothing that was written, ${rounds} times`, async () => {
    let written = 0;
    for (let round = 0; round < rounds; round += 1) {
      written += await killedAfter(20 + round * 3);
      const ledger = await open();
      const { requests, costUsd } = ledger.used("key", "day");
      // It may have written one that it had no time to speak of.
      expect(requests - written).toBeGreaterThanOrEqual(0);
      expect(requests - written).toBeLessThanOrEqual(1);
      expect(costUsd).toBe(requests * 0.5);
      written = requests;
      ledger.close();
    }
    expect(warnings).toEqual([]);
  }, 120_000);

  /** Kills it -9 after it has said so many numbers, and returns the last one. */
  function killedAfter(numbers: number): Promise<number> {
    const { promise, resolve } = Promise.withResolvers<number>();
    const running = spawn(process.execPath, [child, file, "count"], { stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    running.stdout.on("data", (data) => {
      text += String(data);
      if (text.split("\n").length > numbers) running.kill("SIGKILL");
    });
    running.on("close", () => resolve(Number(text.trimEnd().split("\n").at(-1))));
    return promise;
  }
});

describe("a file that cannot be used", () => {
  it.each([
    ["is no database", () => writeFileSync(file, "this is no database, only text".repeat(100))],
    ["was made by a newer version", () => new DatabaseSync(file).exec("PRAGMA user_version = 99")],
    ["lies where nothing can be made", () => (file = "/dev/null/ledger.sqlite")],
  ])("is a warning when it %s, and routing goes on in memory", async (_, spoil) => {
    mkdirSync(join(folder, "state"));
    spoil();
    const ledger = await open();
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain("kept in memory only");
    ledger.add("key", "day", { requests: 1 });
    ledger.sync();
    expect(ledger.used("key", "day").requests).toBe(1);
    ledger.close();
  });

  it("is a warning when it breaks later, and nothing counted is lost to this process", async () => {
    const ledger = await open();
    ledger.add("key", "day", { requests: 1 });
    ledger.sync();
    new DatabaseSync(file).exec("DROP TABLE counters");
    ledger.add("key", "day", { requests: 1 });
    ledger.sync();
    ledger.add("key", "day", { requests: 1 });
    expect(warnings).toHaveLength(1);
    expect(ledger.used("key", "day").requests).toBe(3);
    ledger.close();
  });

  it("waits for another's long transaction without a word", async () => {
    const ledger = await open();
    const other = new DatabaseSync(file);
    other.exec("BEGIN IMMEDIATE");
    ledger.add("key", "day", { requests: 2 });
    ledger.sync();
    expect(ledger.used("key", "day").requests).toBe(2);
    other.exec("COMMIT");
    other.close();
    ledger.sync();
    ledger.close();
    expect(warnings).toEqual([]);
    expect((await open()).used("key", "day").requests).toBe(2);
  });
});
