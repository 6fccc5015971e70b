#!/usr/bin/env node
// Plain JavaScript, so that every Node can read it: the sources need one that runs TypeScript as it is.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";

const oldest = [24, 12];
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

/** The Node that is installed with the project, wherever the machine's own is older. */
function findNode() {
  try {
    return createRequire(import.meta.url).resolve("node/bin/node");
  } catch {
    return undefined;
  }
}

function runWith(node) {
  const child = spawn(node, [import.meta.filename ?? new URL(import.meta.url).pathname, ...process.argv.slice(2)], {
    stdio: "inherit",
    env: { ...process.env, RIVER_NODE: node },
  });
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  // The terminal tells both: this one waits for the other.
  process.on("SIGINT", () => {});
  child.on("exit", (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
}

const ownNode = findNode();
if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) await import("../src/run.ts");
else if (ownNode !== undefined && process.env.RIVER_NODE === undefined) runWith(ownNode);
else {
  console.error(`river needs Node ${oldest.join(".")} or newer; this is ${process.versions.node}. \`npm ci\` in the project installs the right one.`);
  process.exitCode = 64;
}
