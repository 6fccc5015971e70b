import type { ErrorCode, ErrorDetails } from "@rivergen/contracts";
import type { RunFolder } from "./jobs/job.ts";

/** What a child is told on its command line. */
export interface ChildOptions {
  readonly folder: RunFolder;
  /** DuckDB's own limit; the operating system's stands above it. */
  readonly memoryBytes: number;
  readonly threads: number;
  /** Most bytes of spill files. */
  readonly tempBytes: number;
}

/** Parent to child. */
export type Command =
  | { readonly kind: "run"; readonly job: string; readonly input: unknown }
  /** Of the inputs asked for these now stand in the folder. */
  | { readonly kind: "inputs"; readonly names: readonly string[] };

/** Child to parent. */
export type Report =
  | { readonly kind: "ready" }
  | { readonly kind: "progress"; readonly fraction: number | null; readonly rowsDone: number }
  | { readonly kind: "needs"; readonly names: readonly string[] }
  | { readonly kind: "done"; readonly result: unknown; readonly usage: ChildUsage }
  | { readonly kind: "failed"; readonly failure: ChildFailure; readonly usage: ChildUsage };

export interface ChildUsage {
  /** Processor time of the job, user and system, all threads. */
  readonly cpuMs: number;
  /** Most resident memory of the child at any time. */
  readonly peakMemoryBytes: number;
}

/** A failure on its way: `code` is null where the engine failed and the caller's kind of work decides the code. */
export interface ChildFailure {
  readonly code: ErrorCode | null;
  readonly outOfMemory: boolean;
  readonly details: ErrorDetails;
}
