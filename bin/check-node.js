// Before the tests, under the Node that npm scripts run on.
import { spawnSync } from "node:child_process";

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  // `npm ci --ignore-scripts` leaves the system's Node in charge, which may be too old.
  console.error(
    `The tests need Node.js 22.18 or newer and this is ${process.version}: run \`npm ci\` with install scripts on.`,
  );
  process.exitCode = 2;
} else {
  completeInstallation();
}

/**
 * An npm that runs on an old Node leaves out optional packages that want a newer one, the test runner's native
 * part among them. By now npm runs on our own Node and can add what is missing.
 */
function completeInstallation() {
  if (isWhole()) return;
  console.error("Adding packages that an older Node.js left out …");
  spawnSync("npm", ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"], {
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
  if (!isWhole()) {
    console.error(
      "The test runner is not installed whole: remove node_modules and run `npm ci`, best with a current Node.js.",
    );
    process.exitCode = 2;
  }
}

/** In a process of its own: a failed import would be remembered here. */
function isWhole() {
  return spawnSync(process.execPath, ["-e", "import('rolldown')"], { stdio: "ignore" }).status === 0;
}
