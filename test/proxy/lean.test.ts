import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { expect, test } from "vitest";
import { checkout } from "../support/command.ts";

/** Packages that a file loads when it runs, through all files of ours that it imports; types are gone by then. */
function packagesOf(file: string, seen = new Set<string>(), packages = new Set<string>()): Set<string> {
  if (seen.has(file)) return packages;
  seen.add(file);
  const source = readFileSync(file, "utf8");
  for (const [statement, from = ""] of source.matchAll(/^(?:import|export)\b[^;]*?from "([^"]+)";/gm)) {
    if (/^(?:import|export) type\b/.test(statement)) continue;
    if (!from.startsWith(".")) packages.add(from);
    else if (existsSync(resolve(dirname(file), from)))
      packagesOf(resolve(dirname(file), from), seen, packages);
  }
  return packages;
}

test("the proxy starts without LangChain, LangGraph or any provider's SDK", () => {
  const packages = [...packagesOf(join(checkout, "scripts/proxy-run.ts"))];
  expect(packages).toContain("undici");
  expect(packages.filter((name) => /langchain|openai|generative-ai|hono|neo4j-driver/.test(name))).toEqual(
    [],
  );
});
