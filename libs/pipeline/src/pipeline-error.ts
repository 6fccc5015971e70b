import { AppError } from "@rivergen/contracts";
import type { ErrorCode, ErrorDetails } from "@rivergen/contracts";
import type { AnyProcessor, Context } from "./processor.ts";

/** What is known of a failure besides its cause. */
export interface FailureFacts {
  /** Names of processors, outer to inner. */
  readonly path: readonly string[];
  /** From the start of the whole run to the failure, ms. */
  readonly durationMs: number;
  /** Which try of the nearest retry around failed, from 1. */
  readonly attempt: number;
  /** A deadline passed. */
  readonly timedOut: boolean;
  /** Nobody waits for the result any more. */
  readonly aborted: boolean;
  /** The processor threw something that it does not declare: anything but an `AppError`. */
  readonly panic: boolean;
}

/**
 * A failure inside a pipeline. Code, details and whether retrying helps are those of the cause where it is an `AppError`;
 * a passed deadline is DEADLINE_EXCEEDED, an abort ABORTED, everything else INTERNAL. Never holds the input.
 */
export class PipelineError extends AppError implements FailureFacts {
  readonly durationMs: number;
  readonly attempt: number;
  readonly timedOut: boolean;
  readonly aborted: boolean;
  readonly panic: boolean;
  readonly #path: string[];

  constructor(cause: unknown, facts: FailureFacts) {
    super(codeOf(cause, facts), detailsOf(cause), cause);
    this.name = "PipelineError";
    this.message = facts.panic ? cleanPanic(cause) : textOf(cause);
    this.#path = [...facts.path];
    this.durationMs = facts.durationMs;
    this.attempt = facts.attempt;
    this.timedOut = facts.timedOut;
    this.aborted = facts.aborted;
    this.panic = facts.panic;
  }

  get path(): readonly string[] {
    return this.#path;
  }

  /** One line for people: `outer -> inner failed after 12 ms: cause`. */
  get summary(): string {
    const verb = this.timedOut ? "timed out" : this.aborted ? "was aborted" : "failed";
    return `${this.#path.join(" -> ")} ${verb} after ${Math.round(this.durationMs)} ms: ${this.message}`;
  }

  /** Adds the name of the processor around. The error belongs to the run that threw it, so it is changed and not copied. */
  within(name: string): this {
    this.#path.unshift(name);
    return this;
  }

  /** The same failure for another caller, whose names it will carry. */
  copy(): PipelineError {
    return new PipelineError(this.cause, this);
  }
}

/** The error of a child, as its parent throws it on: it carries the names of both. */
export function failure(parent: string, child: Pick<AnyProcessor, "name" | "isLeaf">, error: unknown, context: Context): PipelineError {
  return failureOf(child, error, context).within(parent);
}

/** The error of a processor under its own name. */
export function failureOf(processor: Pick<AnyProcessor, "name" | "isLeaf">, error: unknown, context: Context): PipelineError {
  // A leaf may run a whole pipeline inside; what that throws is its cause, and the names go on behind its own.
  if (error instanceof PipelineError && !processor.isLeaf) return error;
  return ownFailure(processor.name, error, context);
}

/** A failure that a processor finds itself: its own name, and the names behind it if the cause has some. */
export function ownFailure(name: string, cause: unknown, context: Context): PipelineError {
  const inner = cause instanceof PipelineError ? cause : undefined;
  const timedOut = isDeadline(cause);
  const aborted = !timedOut && (inner?.aborted ?? isAbort(cause, context.signal));
  return new PipelineError(cause, {
    path: [name, ...(inner?.path ?? [])],
    durationMs: context.clock.now() - context.startedAt,
    attempt: context.attempt,
    timedOut,
    aborted,
    panic: inner?.panic ?? !(timedOut || aborted || cause instanceof AppError),
  });
}

/** The failure of a processor that finds its run aborted. */
export function abortFailure(name: string, context: Context): PipelineError {
  return ownFailure(name, context.signal?.reason, context);
}

function isDeadline(error: unknown): boolean {
  return error instanceof AppError ? error.code === "DEADLINE_EXCEEDED" : error instanceof DOMException && error.name === "TimeoutError";
}

function isAbort(error: unknown, signal: AbortSignal | undefined): boolean {
  if (!signal?.aborted) return false;
  return error === signal.reason || (error instanceof Error && (error.name === "AbortError" || error.cause === signal.reason));
}

function codeOf(cause: unknown, { timedOut, aborted }: FailureFacts): ErrorCode {
  if (cause instanceof AppError) return cause.code;
  return timedOut ? "DEADLINE_EXCEEDED" : aborted ? "ABORTED" : "INTERNAL";
}

function detailsOf(cause: unknown): ErrorDetails {
  return cause instanceof AppError ? cause.details : {};
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

const LONGEST_PANIC = 200;

/** What an unexpected error says, without addresses, paths of files and stacks; the cause keeps the whole. */
function cleanPanic(cause: unknown): string {
  const text = textOf(cause)
    .replaceAll(/0x[\da-f]+/gi, "0x***")
    .replaceAll(/\n\s*at .*/g, "");
  if (/[/\\]/.test(text)) return "a processor failed unexpectedly (text withheld: it names a file)";
  return text.length > LONGEST_PANIC ? `${text.slice(0, LONGEST_PANIC)}…` : text;
}
