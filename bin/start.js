// A checkout runs its TypeScript sources as they are; the package runs the build.
import { existsSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";
import { becomeSmall } from "./small-process.js";

becomeSmall(process.argv[2]);
const source = new URL("../scripts/cli.ts", import.meta.url);
const isCheckout = existsSync(source);
// What Node has compiled once, and stripped of its types, is kept: half the time to start, and less memory. Not in
// Node's own place for it, which any user of the machine may write to.
const modules = new URL(isCheckout ? "../node_modules/" : "../../", import.meta.url);
enableCompileCache(fileURLToPath(new URL(".cache/neo4j-langgraph", modules)));
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
