// A checkout runs its TypeScript sources as they are; the package runs the build.
import { existsSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";

const source = new URL("../scripts/cli.ts", import.meta.url);
const isCheckout = existsSync(source);
keepCompiled();
try {
  const { main } = await import(
    isCheckout ? source.href : new URL("../dist/scripts/cli.js", import.meta.url).href
  );
  await main(process.argv);
} catch (error) {
  if (!isCheckout || error?.code !== "ERR_MODULE_NOT_FOUND") throw error;
  console.error("The packages that this checkout needs are not installed: run `npm ci` in it first.");
  process.exitCode = 2;
}

/** What Node has compiled once (and stripped of its types) is kept: half the time to start, and less memory. */
function keepCompiled() {
  try {
    // Not Node's own place for it, which any user of the machine may write to.
    enableCompileCache(
      join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "neo4j-langgraph", "compiled"),
    );
  } catch {
    // There is no home: it starts slower, and the same.
  }
}
