import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Folder of the repository. */
export const root = join(import.meta.dirname, "..", "..");

/** Oldest Node that runs the sources as they are. */
const minimumNode = [24, 12] as const;

/** Ends the process with 64 where Node is too old to run the sources. */
export function requireNode(): void {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > minimumNode[0] || (major === minimumNode[0] && minor >= minimumNode[1])) return;
  console.error(`RiverGen needs Node ${minimumNode.join(".")} or newer; this is ${process.versions.node}. \`npm run\` and \`npm test\` use the right one.`);
  process.exit(64);
}

/** The environment for child processes: the repository's own binaries first, and no tool that calls home. */
export function toolEnvironment(): NodeJS.ProcessEnv {
  const bin = join(root, "node_modules", ".bin");
  return {
    ...process.env,
    PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}`,
    TURBO_TELEMETRY_DISABLED: "1",
    TURBO_NO_UPDATE_NOTIFIER: "1",
    DO_NOT_TRACK: "1",
  };
}

/** Whether a path below the repository exists. */
export function inRoot(path: string): boolean {
  return existsSync(join(root, path));
}
