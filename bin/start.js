// A checkout runs its TypeScript sources as they are; the package runs the build.
import { existsSync } from "node:fs";

const source = new URL("../scripts/cli.ts", import.meta.url);
const { main } = await import(
  existsSync(source) ? source.href : new URL("../dist/scripts/cli.js", import.meta.url).href
);
await main(process.argv);
