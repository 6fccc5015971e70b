import { AsyncResource } from "node:async_hooks";
import { AppError } from "@rivergen/contracts";
import type { ErrorCode } from "@rivergen/contracts";
import { readCpuMs, watchMemory } from "./memory-watch.ts";
import type { ChildFailure, ChildUsage, Report } from "./messages.ts";
import type { RunInput } from "./run-folder.ts";
import { folderBytes, linkInputs } from "./run-folder.ts";
import type { ProcessExit, SandboxProcess } from "./sandbox-process.ts";

/** Whose work a run is: it decides the codes of failures that are the data's or the statement's own. */
export type Purpose = "query" | "run" | "file" | "flow-test";

export interface RunOptions {
  /** Longest time from the start of the job, in milliseconds; the child is killed then. */
  readonly timeoutMs: number;
  /** `query`: QUERY_…, `run`: RUN_… and STEP_FAILED (default), `file`: FILE_UNREADABLE, `flow-test`: FLOW_TEST_…. */
  readonly purpose?: Purpose;
  /** Files that stand in the run's `in` folder from the start. */
  readonly inputs?: readonly RunInput[];
  /** Answers a job that asks for inputs by name, such as the datasets a statement reads; it leaves out those there are not. It may throw: the run then fails with that. */
  readonly resolveInputs?: (names: readonly string[]) => Promise<readonly RunInput[]>;
  /** Kills the child; the run fails with the signal's reason where that is an AppError, else with RUN_CANCELLED. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (fraction: number | null, rowsDone: number) => void;
  /** Told once what the job took, also where it fails or is killed. Not told where no job was given to a child. */
  readonly onUsage?: (usage: RunUsage) => void;
}

export interface RunUsage extends ChildUsage {
  readonly wallMs: number;
}

const codes = {
  query: { failed: "QUERY_FAILED", timeout: "QUERY_TIMEOUT", memory: "QUERY_MEMORY_EXCEEDED" },
  run: { failed: "STEP_FAILED", timeout: "RUN_TIMEOUT", memory: "RUN_MEMORY_EXCEEDED" },
  "flow-test": { failed: "FLOW_TEST_FAILED", timeout: "FLOW_TEST_TIMEOUT", memory: "FLOW_TEST_MEMORY_EXCEEDED" },
  file: { failed: "FILE_UNREADABLE", timeout: "FILE_UNREADABLE", memory: "FILE_UNREADABLE" },
} as const satisfies Record<Purpose, Record<string, ErrorCode>>;

const FOLDER_WATCH_MS = 250;

/**
 * Gives a child its job and waits for the answer, the deadline, the caller's signal, or the child's end, whichever is
 * first. The child still lives afterwards only if it answered.
 * @throws AppError always one: see {@link RunOptions.purpose}; PLATFORM_FAULT when the child died without a cause of its own
 */
export async function runJob(
  child: SandboxProcess,
  job: string,
  input: unknown,
  options: RunOptions,
  outputBytes: number,
): Promise<{ result: unknown; usage: RunUsage }> {
  const started = performance.now();
  const cpuBefore = readCpuMs(child.pid);
  let spent: ChildUsage | undefined;
  const purpose = codes[options.purpose ?? "run"];
  const ended = Promise.withResolvers<Extract<Report, { kind: "done" | "failed" }>>();
  // it may fail while the inputs are still being linked: nobody waits for it yet then
  ended.promise.catch(() => undefined);
  const fail = (error: AppError): void => ended.reject(error);
  const tooBig = new AppError(purpose.failed, { detail: `The result is larger than the ${outputBytes} bytes allowed` });
  const outOfMemory = new AppError(purpose.memory, { detail: "More memory was needed than allowed" });

  const timer = setTimeout(() => fail(new AppError(purpose.timeout, { detail: `It did not end within ${options.timeoutMs} ms` })), options.timeoutMs);
  const onAbort = (): void => fail(toCancellation(options.signal?.reason));
  options.signal?.addEventListener("abort", onAbort, { once: true });
  const memory = watchMemory(child.pid, child.residentLimitBytes, () => fail(outOfMemory));
  const folder = setInterval(() => void folderBytes(child.folder.out).then((bytes) => bytes > outputBytes && fail(tooBig)), FOLDER_WATCH_MS);
  folder.unref();
  // What a child says is heard in the context that the child was opened in, which is an earlier caller's: its deadline would end this one's calls.
  const hear = (report: Report): void => void takeReport(child, report, options, ended).catch((error: unknown) => fail(toInputFault(error)));
  child.channel.onMessage(AsyncResource.bind(hear));
  void child.exited.then((exit) => fail(explainExit(exit, memory.peakBytes() / child.residentLimitBytes, { outOfMemory, tooBig })));

  try {
    if (options.signal?.aborted === true) throw toCancellation(options.signal.reason);
    await linkInputs(child.folder, options.inputs ?? [], child.owner).catch((error: unknown) => fail(toInputFault(error)));
    child.channel.send({ kind: "run", job, input });
    const report = await ended.promise;
    spent = report.usage;
    const usage = { ...spent, wallMs: performance.now() - started };
    if (report.kind === "failed") throw toAppError(report.failure, purpose);
    return { result: report.result, usage };
  } finally {
    spent ??= { cpuMs: Math.max(0, readCpuMs(child.pid) - cpuBefore), peakMemoryBytes: memory.peakBytes() };
    options.onUsage?.({ ...spent, wallMs: performance.now() - started });
    clearTimeout(timer);
    clearInterval(folder);
    memory.stop();
    options.signal?.removeEventListener("abort", onAbort);
  }
}

async function takeReport(
  child: SandboxProcess,
  report: Report,
  options: RunOptions,
  ended: { resolve(report: Extract<Report, { kind: "done" | "failed" }>): void },
): Promise<void> {
  if (report.kind === "progress") options.onProgress?.(report.fraction, report.rowsDone);
  else if (report.kind === "needs") {
    const inputs = (await options.resolveInputs?.(report.names)) ?? [];
    await linkInputs(child.folder, inputs, child.owner);
    child.channel.send({ kind: "inputs", names: inputs.map(({ name }) => name) });
  } else if (report.kind !== "ready") ended.resolve(report);
}

/** Inputs that could not be found or linked: the platform's fault, unless their resolver says otherwise. */
function toInputFault(error: unknown): AppError {
  return error instanceof AppError ? error : new AppError("PLATFORM_FAULT", { detail: "An input of the run could not be read" }, error);
}

function toAppError({ code, outOfMemory, details }: ChildFailure, purpose: (typeof codes)[Purpose]): AppError {
  return new AppError(code ?? (outOfMemory ? purpose.memory : purpose.failed), details);
}

/** The error of a run whose caller gave it up: the caller's own reason where it has a code. */
export function toCancellation(reason: unknown): AppError {
  return reason instanceof AppError ? reason : new AppError("RUN_CANCELLED", {}, reason);
}

/** Why a child died that nobody of ours killed. SIGKILL from outside is the system's out-of-memory killer. */
function explainExit({ code, signal, stderr }: ProcessExit, memoryShare: number, causes: { outOfMemory: AppError; tooBig: AppError }): AppError {
  if (signal === "SIGXFSZ" || code === 153) return causes.tooBig;
  const ranOut = signal === "SIGKILL" || code === 137 || memoryShare > 0.7 || /out of memory|bad_alloc|allocation failed|cannot allocate/i.test(stderr);
  return ranOut
    ? causes.outOfMemory
    : new AppError("PLATFORM_FAULT", { detail: "The process that did the work ended unexpectedly" }, new Error(`${signal ?? code}: ${stderr}`));
}
