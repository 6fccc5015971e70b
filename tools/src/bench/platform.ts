import { spawn } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient, type RiverGenClient } from "@rivergen/client";
import { root, toolEnvironment } from "../root.ts";
import { endProcess, waitForLine } from "./process.ts";

/** The platform in a process of its own, as people start it. */
export interface Platform {
  readonly url: string;
  /** Milliseconds from the start of the command until its line says ready. */
  readonly readyMs: number;
  /** The local owner's client. */
  signIn(): Promise<RiverGenClient>;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 120_000;

/** Runs `npm start` on a free port with `home` as its RIVERGEN_HOME. */
export async function startPlatform(home: string): Promise<Platform> {
  const begun = performance.now();
  const child = spawn("npm", ["start", "--silent"], {
    cwd: root,
    env: { ...toolEnvironment(), RIVERGEN_HOME: home, PORT: "0", LOG_LEVEL: "error" },
    stdio: ["ignore", "pipe", "inherit"],
    // A group of its own: npm does not pass every signal on.
    detached: true,
  });
  const stop = (): Promise<void> => endProcess(child, { isGroup: true });
  try {
    const [, url = "", link = ""] = await waitForLine(child, child.stdout, /is ready in .*?(http:\/\/[^\s/#]+)(?:\/#link=(\S+))?/, START_TIMEOUT_MS);
    const readyMs = performance.now() - begun;
    return {
      url,
      readyMs,
      stop,
      async signIn() {
        const { token } = await createClient({ url }).localLink({ body: { code: link } });
        return createClient({ url, token });
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Runs some work with a folder that is gone afterwards. */
export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "rivergen-bench-"));
  try {
    // The database runs as a user of its own where this process is root, and passes through.
    await chmod(folder, 0o755);
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
