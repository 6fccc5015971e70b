import type { Readable } from "node:stream";
import { AppError } from "@rivergen/contracts";
import { apply, type MaybePromise, PipelineError } from "@rivergen/pipeline";
import { type Sink, stream } from "@rivergen/pipeline/streams";
import type { LineWriter } from "./line-writer.ts";
import { type Line, readLines } from "./lines.ts";

/** What became of one line. */
type Outcome = { readonly line: Line; readonly value: unknown } | { readonly line: Line; readonly error: unknown };

export interface StreamRecordsOptions {
  readonly input: Readable;
  /** Takes a result as a line. */
  readonly write: LineWriter["write"];
  /** Takes a failed record as a line. */
  readonly fail: LineWriter["write"];
  /** Records under way at once. */
  readonly concurrency: number;
  /** Runs one record. */
  readonly process: (record: unknown) => MaybePromise<unknown>;
  /** Told after every record. */
  readonly onRecord: (counts: Counts) => void;
  /** Takes nothing more; what was taken goes on to its end. */
  readonly signal: AbortSignal;
}

export interface Counts {
  readonly succeeded: number;
  readonly failed: number;
}

/**
 * Carries NDJSON through something, in order; reads no faster than the result is taken. A record that fails goes to
 * the failures and the others go on.
 */
export async function streamRecords({ input, write, fail, concurrency, process, onRecord, signal }: StreamRecordsOptions): Promise<Counts> {
  const counts = { succeeded: 0, failed: 0 };

  function work(line: Line): MaybePromise<Outcome> {
    try {
      const value = process(parse(line));
      if (!(value instanceof Promise)) return { line, value };
      return value.then(
        (given: unknown) => ({ line, value: given }),
        (error: unknown) => ({ line, error }),
      );
    } catch (error) {
      return { line, error };
    }
  }

  function take(outcome: Outcome): MaybePromise<void> {
    const isFailure = "error" in outcome;
    counts[isFailure ? "failed" : "succeeded"] += 1;
    onRecord(counts);
    if (isFailure) return fail(describeFailure(outcome.line, outcome.error));
    const text = JSON.stringify(outcome.value) as string | undefined;
    return text === undefined ? undefined : write(text);
  }

  const sink: Sink<Outcome> = { name: "ndjson", write: take };
  const running = stream(readLines(input.setEncoding("utf8") as AsyncIterable<string>), "stdin")
    .through(apply("record", work), { concurrency })
    .run(sink, { isMeasured: false });
  const drain = (): void => void running.drain().catch(() => undefined);
  signal.addEventListener("abort", drain, { once: true });
  if (signal.aborted) drain();
  try {
    await running.done;
  } finally {
    signal.removeEventListener("abort", drain);
    input.destroy();
  }
  return counts;
}

function parse({ text, number }: Line): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new AppError("BODY_NOT_PARSEABLE", { detail: `line ${number} is no JSON: ${(error as Error).message}` });
  }
}

/** A failed record as people and programs can take it up again: where it stood, what it was, why it failed. */
function describeFailure({ number, text }: Line, error: unknown): string {
  const known = error instanceof PipelineError ? error : undefined;
  const told = {
    code: error instanceof AppError ? error.code : "INTERNAL",
    message: error instanceof Error ? error.message : String(error),
    path: known?.path ?? [],
    ...(known ? { attempt: known.attempt, durationMs: Math.round(known.durationMs * 1_000) / 1_000, timedOut: known.timedOut } : {}),
  };
  const isRecord = !(error instanceof AppError && error.code === "BODY_NOT_PARSEABLE" && known === undefined);
  return JSON.stringify({ line: number, error: told, input: isRecord ? (JSON.parse(text) as unknown) : text });
}
