#!/usr/bin/env node
// Plain JavaScript, so that an old Node prints one sentence instead of a syntax error.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `neo4j-langgraph needs Node.js 22.18 or newer and this is ${process.version}: in a checkout run \`npm ci\` ` +
      "with install scripts on (it brings its own Node 24), elsewhere install a current Node.js.",
  );
  process.exitCode = 2;
} else {
  import("./start.js");
}
