import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

/** What each area may import of ours; the table of ARCHITECTURE.md. */
const mayImport: Record<string, readonly string[]> = {
  errors: [],
  knowledge: ["errors"],
  config: ["errors"],
  providers: ["errors"],
  routing: ["errors"],
  proxy: ["errors", "routing", "providers"],
  "local-ai": ["errors", "providers"],
  doctor: ["errors", "config", "providers", "routing", "proxy", "local-ai", "store"],
  notes: ["errors"],
  extraction: ["errors", "knowledge", "notes"],
  store: ["errors", "knowledge"],
  ingest: ["errors", "knowledge", "notes", "extraction", "store"],
  ask: ["errors", "knowledge", "notes", "extraction", "store", "ingest"],
  explore: ["errors", "knowledge", "notes", "extraction", "store", "ingest", "ask"],
};

interface Source {
  readonly file: string;
  readonly area: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const sources: Source[] = readdirSync(join(root, "src"), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
  .map((entry) => {
    const path = join(entry.parentPath, entry.name);
    const text = readFileSync(path, "utf8");
    const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map((match) =>
      areaOf(resolve(dirname(path), match[1] ?? "")),
    );
    return { file: relative(root, path), area: areaOf(path), text, imports };
  });

test("every area imports only what the table of areas allows", () => {
  const broken = sources.flatMap(({ file, area, imports }) => {
    const allowed = mayImport[area];
    // Files of src itself (app, index and their kin) are the composition root: they may import anything.
    return allowed === undefined
      ? []
      : imports
          .filter((other) => other !== area && !allowed.includes(other))
          .map((other) => `${file} imports ${other}`);
  });
  expect(broken).toEqual([]);
});

test("the two halves never import each other", () => {
  const routing = new Set(["providers", "routing", "proxy", "local-ai"]);
  const knowledge = new Set(["notes", "knowledge", "extraction", "store", "ingest", "ask", "explore"]);
  const broken = sources.filter(
    ({ area, imports }) =>
      (routing.has(area) && imports.some((other) => knowledge.has(other))) ||
      (knowledge.has(area) && imports.some((other) => routing.has(other))),
  );
  expect(broken.map(({ file }) => file)).toEqual([]);
});

test("only the configuration reads the process's environment", () => {
  const readers = sources.filter(
    ({ area, text }) => area !== "config" && /process\.env\b/.test(withoutComments(text)),
  );
  expect(readers.map(({ file }) => file)).toEqual([]);
});

test("Cypher is written nowhere but in the store", () => {
  const cypher = /\b(?:MERGE \(|UNWIND \$|MATCH \(|DETACH DELETE)/;
  const writers = sources.filter(({ area, text }) => area !== "store" && cypher.test(withoutComments(text)));
  expect(writers.map(({ file }) => file)).toEqual([]);
});

test("no source file is longer than 350 lines", () => {
  const long = sources.filter(({ text }) => text.split("\n").length > 351);
  expect(long.map(({ file }) => file)).toEqual([]);
});

test("graphs and the areas' index files hold no logic", () => {
  const graphs = readdirSync(join(root, "graphs")).map((name) => join("graphs", name));
  const indexes = sources.filter(({ file }) => file.endsWith("/index.ts")).map(({ file }) => file);
  const withLogic = [...graphs, ...indexes].filter((file) =>
    /\b(?:if|for|while|switch)\s*\(/.test(withoutComments(readFileSync(join(root, file), "utf8"))),
  );
  expect(withLogic).toEqual([]);
});

function areaOf(path: string): string {
  const [first = ""] = relative(join(root, "src"), path).split("/");
  return first.replace(/\.ts$/, "");
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[^]*?\*\//g, "").replaceAll(/(^|\s)\/\/.*$/gm, "");
}
