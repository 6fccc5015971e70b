import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CommandFailure, exitCodes } from "../failure.ts";
import { findHome, projectRoot } from "../home.ts";

/** The program that hosts every service. */
export const hostMain = join(projectRoot, "infra", "host", "src", "main.ts");

export interface PlatformOptions {
  /** Folder of everything it keeps; made where it is missing. */
  readonly home: string;
  /** Port to listen on; 0 takes a free one. Default: what the environment says, else 8080. */
  readonly port?: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
  /** Default 120,000. */
  readonly readyWithinMs?: number;
}

/** A platform that runs in the background, in a process group of its own. */
export interface Platform {
  readonly url: string;
  readonly pid: number;
  readonly child: ChildProcess;
  /** What it writes. */
  readonly logPath: string;
  /** The local owner's credentials. */
  readonly owner: { readonly token: string; readonly workspaceId: string } | undefined;
}

/**
 * Starts the platform in the background and waits until it is ready.
 * @throws CommandFailure 78 for a bad configuration, else 1, with the place of its log; nothing is left running then
 */
export async function startPlatform({ home, port, environment, signal, readyWithinMs = 120_000 }: PlatformOptions): Promise<Platform> {
  // Not private as a whole: the database's own user must reach its folder. What is secret in it is private by itself.
  await mkdir(home, { recursive: true });
  const logPath = join(home, "host.log");
  const log = await open(logPath, "a", 0o600);
  const env = { ...environment, RIVERGEN_HOME: home, ...(port === undefined ? {} : { PORT: String(port) }) };
  const child = spawn(process.execPath, [hostMain], { cwd: projectRoot, env, stdio: ["ignore", log.fd, log.fd], detached: true });
  await log.close();
  const ready = await waitUntilReady(child, home, logPath, readyWithinMs, signal);
  if (ready) return { ...ready, child, logPath };
  await stopPlatform(child);
  signal?.throwIfAborted();
  throw new CommandFailure(`RiverGen was not ready within ${readyWithinMs / 1000} s: see ${logPath}`);
}

async function waitUntilReady(
  child: ChildProcess,
  home: string,
  logPath: string,
  withinMs: number,
  signal: AbortSignal | undefined,
): Promise<Pick<Platform, "url" | "pid" | "owner"> | undefined> {
  const deadline = performance.now() + withinMs;
  while (performance.now() < deadline && signal?.aborted !== true) {
    if (hasEnded(child)) throw startFailure(child, logPath);
    const found = await findHome({ RIVERGEN_HOME: home }, projectRoot);
    if (found?.address && found.address.pid === child.pid && (await isReady(found.address.url))) return { ...found.address, owner: found.owner };
    await sleep(50);
  }
  return undefined;
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

function startFailure({ exitCode, signalCode }: ChildProcess, logPath: string): CommandFailure {
  const how = exitCode === null ? String(signalCode) : `exit code ${exitCode}`;
  return new CommandFailure(
    `RiverGen could not start (${how}): see ${logPath}`,
    exitCode === exitCodes.badConfiguration ? exitCodes.badConfiguration : exitCodes.failed,
  );
}

/**
 * Stops a platform that `startPlatform` started: SIGTERM, and SIGKILL for the whole group when it takes too long.
 * @returns whether it ended by itself, with exit code 0
 */
export async function stopPlatform(child: ChildProcess, withinMs = 20_000): Promise<boolean> {
  if (hasEnded(child)) return child.exitCode === 0;
  const ended = new Promise<void>((resolve) => void child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  const late = new AbortController();
  const timer = sleep(withinMs, "late" as const, { signal: late.signal }).catch(() => "in time" as const);
  if ((await Promise.race([ended, timer])) === "late") {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    await ended;
  }
  late.abort();
  return child.exitCode === 0;
}

/** Whether a platform answers that it is ready. */
export async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(2_000) }).then(
    async (response) => {
      await response.body?.cancel();
      return response.ok;
    },
    () => false,
  );
}
