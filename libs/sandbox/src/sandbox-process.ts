import type { ChildProcess } from "node:child_process";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import type { Duplex } from "node:stream";
import type { Channel } from "./channel.ts";
import { createChannel } from "./channel.ts";
import type { Rung } from "./ladder.ts";
import { findWorkingProcess, readDataBytes } from "./memory-watch.ts";
import type { Command, Report } from "./messages.ts";
import type { FolderOwner } from "./run-folder.ts";
import { createRunFolder, removeFolder } from "./run-folder.ts";

const OPEN_TIMEOUT_MS = 15_000;
/** Room for the engine beside its own limit: strings, results on their way, the allocator's slack. */
const MARGIN_BYTES = 192 * 1024 * 1024;
const STDERR_BYTES = 8_192;

export interface ProcessOptions {
  readonly root: string;
  readonly memoryBytes: number;
  readonly threads: number;
  readonly tempBytes: number;
  readonly outputBytes: number;
}

/** How a child ended. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The end of what it wrote to stderr. */
  readonly stderr: string;
}

/** One child with its folder: opened, ready for exactly one job. */
export interface SandboxProcess {
  /** The process that works; for watching its memory. */
  readonly pid: number;
  readonly owner: FolderOwner | undefined;
  readonly folder: Awaited<ReturnType<typeof createRunFolder>>;
  readonly channel: Channel<Report, Command>;
  /** Most resident memory before it is killed, in bytes. */
  readonly residentLimitBytes: number;
  /** Resolves once the child is gone, whatever ended it. */
  readonly exited: Promise<ProcessExit>;
  /** SIGKILL to it and all it started; resolves once they are gone. */
  kill(): Promise<ProcessExit>;
  /** Kills it and removes its folder. Safe to call twice. */
  dispose(): Promise<void>;
}

/**
 * Starts a child on a rung and waits until its engine is open.
 * @param signal kills the child while it opens; without effect afterwards
 * @throws Error when it does not get there: this rung does not work here; the signal's reason when it fires
 */
export async function openProcess(rung: Rung, options: ProcessOptions, signal: AbortSignal): Promise<SandboxProcess> {
  signal.throwIfAborted();
  const owner = rung.nextOwner();
  const folder = await createRunFolder(options.root, owner);
  if (signal.aborted) {
    await removeFolder(folder.base);
    throw signal.reason;
  }
  const { memoryBytes, threads, tempBytes } = options;
  const paths = { in: folder.in, out: folder.out, tmp: folder.tmp };
  const limits = { fileBytes: Math.max(tempBytes, options.outputBytes), startDataBytes: memoryBytes + 8 * 1024 ** 3 };
  const { file, args } = rung.command({ folder: paths, memoryBytes, threads, tempBytes }, limits);
  const child = spawn(file, args, { cwd: "/", env: { TZ: "UTC" }, stdio: ["ignore", "ignore", "pipe", "pipe"], detached: true, ...owner });
  const exited = watchEnd(child);
  const kill = (): Promise<ProcessExit> => {
    if (child.exitCode === null && child.signalCode === null) killGroup(child.pid);
    return exited;
  };
  const dispose = async (): Promise<void> => {
    await kill();
    await removeFolder(folder.base);
  };
  try {
    if (child.pid === undefined) throw new Error((await exited).stderr);
    const channel = createChannel<Report, Command>(child.stdio[3] as Duplex);
    await waitUntilReady(channel, exited, signal);
    const pid = rung.mechanisms.includes("bwrap") ? findWorkingProcess(child.pid) : child.pid;
    if (rung.prlimit !== undefined) await tightenMemory(rung.prlimit, pid, memoryBytes, owner);
    const residentLimitBytes = memoryBytes + 2 * MARGIN_BYTES;
    return { pid, owner, folder, channel, residentLimitBytes, exited, kill, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** Resolves when the child and whoever holds its stderr are gone. Where its first process ends alone, the rest of its group is killed. */
function watchEnd(child: ChildProcess): Promise<ProcessExit> {
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr = (stderr + text).slice(-STDERR_BYTES)));
  child.once("exit", () => killGroup(child.pid));
  return new Promise((resolve) => {
    child.once("error", (error) => resolve({ code: null, signal: null, stderr: error.message }));
    child.once("close", (code, signal) => resolve({ code, signal, stderr }));
  });
}

/** A child leads a process group of its own: killing its first process only would leave those that it started to themselves. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // nothing is left of it
  }
}

async function waitUntilReady(channel: Channel<Report, Command>, exited: Promise<ProcessExit>, signal: AbortSignal): Promise<void> {
  const late = AbortSignal.timeout(OPEN_TIMEOUT_MS);
  const done = new AbortController();
  const fires = (cause: AbortSignal, reason: () => unknown): Promise<never> =>
    once(cause, "abort", { signal: done.signal }).then(() => Promise.reject(reason()));
  try {
    signal.throwIfAborted();
    await Promise.race([
      new Promise<void>((resolve) => channel.onMessage((report) => report.kind === "ready" && resolve())),
      exited.then(({ code, signal: how, stderr }) => Promise.reject(new Error(lastLine(stderr) || `it ended with ${how ?? code}`))),
      fires(late, () => new Error(`it did not open within ${OPEN_TIMEOUT_MS} ms`)),
      fires(signal, () => signal.reason),
    ]);
  } finally {
    done.abort();
  }
}

/**
 * Sets the bound on private memory to what the opened child has now plus what it was promised. It is done as the
 * child's own user: in a container even root may lack the right to limit others.
 */
async function tightenMemory(prlimit: string, pid: number, memoryBytes: number, owner: FolderOwner | undefined): Promise<void> {
  const used = readDataBytes(pid);
  if (used === undefined) return;
  await new Promise<void>((resolve, reject) => {
    execFile(prlimit, ["--pid", String(pid), `--data=${used + memoryBytes + MARGIN_BYTES}`], { timeout: 5_000, env: {}, ...owner }, (error) =>
      error === null ? resolve() : reject(error),
    );
  });
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
