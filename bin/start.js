// A checkout runs its TypeScript sources as they are; the package runs the build.
import { existsSync } from "node:fs";

const source = new URL("../scripts/cli.ts", import.meta.url);
const isCheckout = existsSync(source);
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
