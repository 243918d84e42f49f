import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadSettings } from "../../src/config/load.ts";
import { configReference } from "../../src/config/reference.ts";

const root = new URL("../../", import.meta.url);
const page = new URL("docs/configuration.md", root);

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "docs-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe("docs/configuration.md", () => {
  it("lists every key of the schema (UPDATE_DOCS=1 writes them)", () => {
    const text = readFileSync(page, "utf8");
    const current = /(<!-- reference:.*-->\n)[\s\S]*(<!-- end of reference -->)/;
    const wanted = text.replace(
      current,
      (_, start: string, end: string) => `${start}\n${configReference()}\n\n${end}`,
    );
    if (process.env.UPDATE_DOCS === "1") writeFileSync(page, wanted);
    expect(readFileSync(page, "utf8")).toBe(wanted);
  });

  it("has a meaning for each", () => expect(configReference()).not.toMatch(/\|\s+\|$/m));
});

describe("the example files", () => {
  it("work as they stand, without a word", () => {
    copyFileSync(new URL(".env.example", root), join(directory, ".env"));
    copyFileSync(new URL("litellm_config.example.yaml", root), join(directory, "litellm_config.yaml"));
    const settings = loadSettings({ directory, variables: {} });
    expect(settings.notices).toEqual([
      {
        kind: "reading",
        message: "the model prefix localai/ is read as an OpenAI-compatible endpoint whose key is optional.",
        place: { source: "litellm_config.yaml", line: 13, column: 14 },
      },
    ]);
    expect(settings.router.fallbacks).toEqual({ "gemini-flash": ["localai-llama"] });
  });

  it("of the environment alone give LocalAI, and Gemini when its key is filled in", () => {
    copyFileSync(new URL(".env.example", root), join(directory, ".env"));
    const labels = (variables: Record<string, string>) =>
      loadSettings({ directory, variables }).deployments.map(({ label }) => label);
    expect(labels({})).toEqual(["localai"]);
    expect(labels({ GOOGLE_API_KEY: "k" })).toEqual(["gemini", "localai"]);
  });
});
