import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readEnvironment, storeEnvironment } from "../../src/config/environment.ts";
import { UsageError } from "../../src/errors.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "environment-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const write = (name: string, text: string) => writeFileSync(join(directory, name), text);

describe("the environment", () => {
  it("takes the process first, then .env, then .env.litellm", () => {
    write(".env", "A=dotenv\nB=dotenv\n");
    write(".env.litellm", "A=litellm\nB=litellm\nC=litellm\n");
    const environment = readEnvironment({ directory, variables: { A: "process" } });
    expect(environment.get("A")).toEqual({ value: "process", source: "the environment" });
    expect(environment.get("B")).toEqual({ value: "dotenv", source: ".env" });
    expect(environment.get("C")).toEqual({ value: "litellm", source: ".env.litellm" });
    expect(environment.all("A").map((entry) => entry.value)).toEqual(["process", "dotenv", "litellm"]);
  });

  it("lets a value left empty in a file give way, and one emptied in the shell switch it off", () => {
    write(".env", "KEY=\nOTHER=\n");
    write(".env.litellm", "KEY=filled\nOTHER=filled\n");
    const environment = readEnvironment({ directory, variables: { OTHER: "" } });
    expect(environment.get("KEY")?.value).toBe("filled");
    expect(environment.get("OTHER")).toBeUndefined();
    expect(environment.mentions("OTHER")).toBe(true);
    expect(environment.mentions("toString")).toBe(false);
  });

  it("reads quotes, comments, a byte order mark and Windows line ends", () => {
    write(".env", '\uFEFF# a comment\r\nA="two words" # why\r\nexport B=plain\r\nC=x # note\r\n');
    const environment = readEnvironment({ directory, variables: {} });
    expect(["A", "B", "C"].map((name) => environment.get(name)?.value)).toEqual(["two words", "plain", "x"]);
  });

  it("reads only the named file, and says when it does not exist", () => {
    write(".env", "A=dotenv");
    write("mine.env", "A=mine");
    expect(readEnvironment({ directory, envFile: "mine.env", variables: {} }).get("A")?.value).toBe("mine");
    const missing = () => readEnvironment({ directory, envFile: "no.env", variables: {} });
    expect(missing).toThrow(UsageError);
    expect(missing).toThrow("The environment file no.env cannot be read: it does not exist.");
  });

  it("tells where the graph is kept", () => {
    write(".env", "NEO4J_URI=bolt://localhost:7687\nNEO4J_PASSWORD=secret");
    expect(storeEnvironment(readEnvironment({ directory, variables: {} }))).toEqual({
      uri: "bolt://localhost:7687",
      password: "secret",
    });
    expect(
      storeEnvironment(readEnvironment({ directory, envFile: ".env", variables: { NEO4J_URI: "" } })),
    ).toEqual({
      password: "secret",
    });
  });
});
