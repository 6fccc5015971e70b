// `npm test [-- --unit | --e2e] [path part …] [node --test options]`: one run of node:test over the whole repository.
import { spawn } from "node:child_process";
import { globSync } from "node:fs";
import { availableParallelism } from "node:os";
import { requireNode, root, toolEnvironment } from "./root.ts";

/** A test or file that takes longer hangs. */
const TEST_TIMEOUT_MS = 600_000;

const kinds = {
  "--unit": (file: string) => !file.startsWith("e2e/") && !file.endsWith(".integration.test.ts"),
  "--e2e": (file: string) => file.startsWith("e2e/"),
};

/** The slow ones first, so that two cores end together. */
function findTests(keep: (file: string) => boolean): string[] {
  const slowness = (file: string): number => (file.startsWith("e2e/") ? 0 : file.endsWith(".integration.test.ts") ? 1 : 2);
  return globSync(["{libs,services,infra}/*/src/**/*.test.ts", "tools/src/**/*.test.ts", "e2e/**/*.test.ts"], { cwd: root, exclude: ["**/node_modules/**"] })
    .filter(keep)
    .toSorted((left, right) => slowness(left) - slowness(right) || left.localeCompare(right));
}

requireNode();
const args = process.argv.slice(2);
const chosenKinds = (Object.keys(kinds) as (keyof typeof kinds)[]).filter((kind) => args.includes(kind));
const passedOn = args.filter((arg) => arg.startsWith("-") && !(arg in kinds));
const parts = args.filter((arg) => !arg.startsWith("-"));
const files = findTests(
  (file) => (chosenKinds.length === 0 || chosenKinds.some((kind) => kinds[kind](file))) && (parts.length === 0 || parts.some((part) => file.includes(part))),
);
if (files.length === 0) {
  console.error(`No test file matches ${args.join(" ")}`);
  process.exit(64);
}
const concurrency = Math.max(2, Math.min(4, availableParallelism()));
const child = spawn(process.execPath, ["--test", `--test-timeout=${TEST_TIMEOUT_MS}`, `--test-concurrency=${concurrency}`, ...passedOn, ...files], {
  cwd: root,
  env: toolEnvironment(),
  stdio: "inherit",
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
child.on("close", (code, signal) => {
  process.exitCode = code ?? (signal ? 1 : 0);
});
