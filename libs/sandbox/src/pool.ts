import { AppError } from "@rivergen/contracts";
import type { JobInput, JobName, JobOutput } from "./jobs/index.ts";
import type { RunOptions, RunUsage } from "./job-run.ts";
import { runJob, toCancellation } from "./job-run.ts";
import type { Rung, SandboxLevel, SandboxLevelName } from "./ladder.ts";
import { listRungs, sandboxLevels } from "./ladder.ts";
import { killLeftovers } from "./leftovers.ts";
import { collectOutputs, sweepRunFolders } from "./run-folder.ts";
import type { ProcessOptions, SandboxProcess } from "./sandbox-process.ts";
import { openProcess } from "./sandbox-process.ts";
import { createTurnstile } from "./turnstile.ts";
import { createChildren } from "./children.ts";
import { readdir } from "node:fs/promises";

/** Between the end of a job and the start of the child that takes its place. */
const REFILL_DELAY_MS = 40;

export interface SandboxPoolOptions {
  /** Folder for the folders of runs; made where absent. Best on the same file system as the inputs: they are hard-linked. */
  readonly root: string;
  /** Children kept open, each for one job. Default 1. */
  readonly size?: number;
  /** Most jobs at a time; others wait. Default 4. */
  readonly concurrency?: number;
  /** Most jobs that wait; past them `run` throws OVERLOADED. Default 64. */
  readonly queueLength?: number;
  /** Memory of the engine, in bytes. The process may hold up to 384 MiB more. Default 1 GiB. */
  readonly memoryBytes?: number;
  /** Threads of the engine. Default 2. */
  readonly threads?: number;
  /** Most bytes of spill files. Default 4 GiB. */
  readonly tempBytes?: number;
  /** Most bytes in a run's `out` folder. Default 8 GiB. */
  readonly outputBytes?: number;
  /** Takes this level and no other. Default: the best that works. */
  readonly level?: SandboxLevelName;
  /** Node for the children. Default: the one that runs this. */
  readonly nodePath?: string;
  /** Gives up opening the pool; it then rejects with the signal's reason. Without effect once the pool is open. */
  readonly signal?: AbortSignal;
}

/** A finished job. Its folder stays until it is disposed of: move the outputs away before. */
export interface SandboxRun<Out> extends AsyncDisposable {
  readonly result: Out;
  /** Name → path of each file the job left. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly usage: RunUsage;
  /** Removes the run's folder. Safe to call twice; `await using` calls it too. */
  dispose(): Promise<void>;
}

export interface SandboxStats {
  readonly idle: number;
  readonly running: number;
  readonly waiting: number;
  /** Children started since the pool opened. */
  readonly started: number;
}

export interface SandboxPool {
  readonly level: SandboxLevel;
  /**
   * Runs one job in a child of its own that is killed afterwards.
   * @throws AppError as {@link RunOptions.purpose} says; OVERLOADED when too many wait
   */
  run<Name extends JobName>(job: Name, input: JobInput<Name>, options: RunOptions): Promise<SandboxRun<JobOutput<Name>>>;
  stats(): SandboxStats;
  /** Takes no more jobs, kills those that run, removes all folders. */
  close(): Promise<void>;
}

/**
 * Opens a pool of single-use children on the best level of this machine, which is found by starting the first one.
 * Kills what children of dead services on the same root left behind, and removes their folders.
 * @throws AppError INTERNAL when no level works; the signal's reason when it fires before the pool is open
 */
export async function createSandboxPool(options: SandboxPoolOptions): Promise<SandboxPool> {
  const { root, size = 1, concurrency = 4, queueLength = 64, memoryBytes = 1024 ** 3, threads = 2 } = options;
  const { tempBytes = 4 * 1024 ** 3, outputBytes = 8 * 1024 ** 3 } = options;
  const processOptions = { root, memoryBytes, threads, tempBytes, outputBytes };
  await killLeftovers(root);
  await sweepRunFolders(root);
  const { rung, level, first } = await climb(processOptions, options);
  const children = createChildren(rung, processOptions, size, first);
  const turnstile = createTurnstile(concurrency, queueLength);
  const closing = new AbortController();
  const bin = createBin();

  return {
    level,
    stats: () => ({ ...children.stats(), ...turnstile.stats() }),
    async run(job, input, runOptions) {
      const signal = runOptions.signal === undefined ? closing.signal : AbortSignal.any([runOptions.signal, closing.signal]);
      const leave = await turnstile.enter(signal).catch(throwCancellation);
      try {
        const child = await children.take(signal).catch(throwCancellation);
        return await runOnce(child, job, input, { ...runOptions, signal }, outputBytes, bin);
      } finally {
        leave();
        // Starting a child takes much of a processor: the answer goes out first.
        setTimeout(() => closing.signal.aborted || children.refill(), REFILL_DELAY_MS);
      }
    },
    async close() {
      closing.abort(new AppError("SERVICE_UNAVAILABLE", { detail: "The sandbox is closing" }));
      await turnstile.empty();
      await children.close();
      await bin.empty();
    },
  };
}

async function runOnce<Name extends JobName>(
  child: SandboxProcess,
  job: Name,
  input: JobInput<Name>,
  options: RunOptions,
  outputBytes: number,
  bin: Bin,
): Promise<SandboxRun<JobOutput<Name>>> {
  try {
    const { result, usage } = await runJob(child, job, input, options, outputBytes);
    const hasOutputs = (await readdir(child.folder.out)).length > 0;
    if (hasOutputs) await child.kill();
    const outputs = hasOutputs ? await collectOutputs(child.folder, child.owner) : {};
    if (!hasOutputs) bin.drop(child);
    return { result: result as JobOutput<Name>, outputs, usage, dispose: () => child.dispose(), [Symbol.asyncDispose]: () => child.dispose() };
  } catch (error) {
    bin.drop(child);
    throw error;
  }
}

/** Where children go that have answered: nobody waits for their end but the pool's. */
interface Bin {
  drop(child: SandboxProcess): void;
  empty(): Promise<void>;
}

function createBin(): Bin {
  const dying = new Set<Promise<void>>();
  return {
    drop(child) {
      const gone: Promise<void> = child.dispose().finally(() => dying.delete(gone));
      dying.add(gone);
      gone.catch(() => undefined);
    },
    async empty() {
      await Promise.allSettled(dying);
    },
  };
}

function throwCancellation(error: unknown): never {
  throw error instanceof AppError ? error : toCancellation(error);
}

/** Tries the rungs from the top; the first child that opens decides, and stays as the pool's first. */
async function climb(
  processOptions: ProcessOptions,
  { level, nodePath = process.execPath, signal = new AbortController().signal }: SandboxPoolOptions,
): Promise<{ rung: Rung; level: SandboxLevel; first: SandboxProcess }> {
  const { rungs, missing } = listRungs(nodePath);
  const reasons = new Map<SandboxLevelName, string>(Object.entries(missing) as [SandboxLevelName, string][]);
  for (const rung of rungs.filter(({ name }) => level === undefined || name === level)) {
    try {
      const first = await openProcess(rung, processOptions, signal);
      const reason = level === undefined ? explain(reasons, rung.name) : "chosen by configuration";
      return { rung, first, level: { name: rung.name, mechanisms: rung.mechanisms, reason } };
    } catch (error) {
      signal.throwIfAborted();
      reasons.set(rung.name, (error as Error).message);
    }
  }
  const detail = "No process for untrusted work could be started";
  throw new AppError("INTERNAL", { detail }, new Error(explain(reasons, "permission")));
}

/** Why the levels down to one were not taken, or not in their fullest form. */
function explain(reasons: ReadonlyMap<SandboxLevelName, string>, lowest: SandboxLevelName): string {
  const above = sandboxLevels.slice(0, sandboxLevels.indexOf(lowest) + 1);
  return above.flatMap((name) => (reasons.has(name) ? [`${name}: ${reasons.get(name)}`] : [])).join("; ");
}
