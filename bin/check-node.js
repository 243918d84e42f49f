// Before the tests: `npm ci --ignore-scripts` leaves the system's Node in charge, which may be too old.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `The tests need Node.js 22.18 or newer and this is ${process.version}: run \`npm ci\` with install scripts on.`,
  );
  process.exitCode = 2;
}
