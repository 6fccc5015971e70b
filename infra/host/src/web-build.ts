import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { globSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const web = join(root, "services/web");
const built = join(web, "dist");
const stampFile = "sources.sha256";
const lock = join(web, ".building");
/** Everything the build is made of. */
const sources = ["services/web/{src,build,public}/**/*.*", "services/web/*.{html,ts,json}", "libs/{client,contracts}/src/**/*.ts", "package-lock.json"];
/** A build takes seconds; a lock older than this was left by a process that was killed. */
const lockMs = 120_000;

/**
 * Builds the web client where it is missing or older than its sources; otherwise takes some milliseconds. Where the
 * sources are not there (an image), what was built is taken as it is.
 * @throws Error with the builder's words when the build fails
 */
export async function buildWeb(log: (text: string) => void): Promise<void> {
  const stamp = digestSources();
  if (stamp === undefined || readStamp() === stamp) return;
  log("building the web client (once) …");
  await takeLock();
  try {
    // Another process may have built it meanwhile.
    if (readStamp() === stamp) return;
    const next = join(web, `.dist-${process.pid}`);
    rmSync(next, { recursive: true, force: true });
    await runBuild(next);
    writeFileSync(join(next, stampFile), stamp);
    rmSync(built, { recursive: true, force: true });
    renameSync(next, built);
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function digestSources(): string | undefined {
  const files = globSync(sources, { cwd: root }).toSorted();
  if (!files.some((file) => file.endsWith("vite.config.ts"))) return undefined;
  const hash = createHash("sha256");
  for (const file of files) hash.update(`${file}\n`).update(readFileSync(join(root, file)));
  return hash.digest("hex");
}

function readStamp(): string | undefined {
  try {
    return readFileSync(join(built, stampFile), "utf8");
  } catch {
    return undefined;
  }
}

/** One build at a time: a folder is made by one process only. */
async function takeLock(): Promise<void> {
  for (;;) {
    try {
      mkdirSync(lock);
      return;
    } catch {
      const taken = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
      // Given back meanwhile: the next try may get it.
      if (taken !== undefined && Date.now() - taken > lockMs) rmSync(lock, { recursive: true, force: true });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

function runBuild(folder: string): Promise<void> {
  const vite = join(root, "node_modules/vite/bin/vite.js");
  const child = spawn(process.execPath, [vite, "build", "--configLoader", "native", "--outDir", folder, "--emptyOutDir", "--logLevel", "warn"], {
    cwd: web,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => (code === 0 ? resolve() : reject(new Error(`The web client could not be built:\n${output.trim()}`))));
  });
}
