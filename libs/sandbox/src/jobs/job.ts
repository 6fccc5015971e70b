import type { DuckDBConnection } from "@duckdb/node-api";
import type { ErrorCode, ErrorDetails } from "@rivergen/contracts";

/** The folder of one run, as absolute paths. Nothing outside it can be read or written. */
export interface RunFolder {
  /** The run's inputs, by the names the caller gave them. Read-only. */
  readonly in: string;
  /** Files to hand back: every file here becomes an entry of `outputs`. */
  readonly out: string;
  /** Spill files and scratch. Removed with the run. */
  readonly tmp: string;
}

/** What a job works with. It lives in a child process that does nothing else and dies after the answer. */
export interface JobContext {
  /** A connection of a locked instance: no file outside the run's folder, no network, no further settings. */
  readonly connection: DuckDBConnection;
  /** Another connection of the same instance: one that streams rows can do nothing else meanwhile. */
  connect(): Promise<DuckDBConnection>;
  readonly folder: RunFolder;
  /**
   * Says how far the job is.
   * @param fraction 0 to 1, or null where it is not known
   * @param rowsDone rows read or written so far, whichever the job counts
   */
  progress(fraction: number | null, rowsDone: number): void;
  /**
   * Asks the parent for inputs that were not given at the start; those it has stand in `folder.in` once this resolves
   * with their names. The parent's own errors end the whole run.
   */
  requestInputs(names: readonly string[]): Promise<readonly string[]>;
}

/** One kind of work that a child can do. Input and output are plain JSON values: they cross a process border. */
export type Job<In, Out> = (context: JobContext, input: In) => Promise<Out>;

/** A job as it stands in the registry. */
export interface JobDefinition<In, Out> {
  /** `SET` statements that must come before the lock. They may use `{tmp}` for the scratch folder. None by default. */
  readonly settings?: readonly string[];
  readonly run: Job<In, Out>;
}

/**
 * An expected failure inside a child. It crosses the process border as its code and details and becomes an AppError
 * in the parent. Anything else that a job throws is read as a message of DuckDB.
 */
export class JobFailure extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, details: ErrorDetails = {}, cause?: unknown) {
    super(details.detail ?? code, { cause });
    this.name = "JobFailure";
    this.code = code;
    this.details = details;
  }
}
