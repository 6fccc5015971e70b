import { z } from "zod";
import { failureOf } from "../pipeline-error.ts";
import type { PipelineError } from "../pipeline-error.ts";
import { deriveContext, isThenable, startRun } from "../processor.ts";
import type { Context, MaybePromise, Processor } from "../processor.ts";
import { isRetryable as saysRetryable, retry } from "../retry.ts";
import { timeout } from "../timeout.ts";
import { untilAborted } from "./entry.ts";
import type { Entry } from "./entry.ts";
import type { Monitor } from "./monitor.ts";
import type { Work } from "./parallel.ts";
import type { RunContext } from "./run-context.ts";
import type { Sink } from "./sink.ts";

/** How a pipe works on the items of a stream. */
export const throughOptions = z.strictObject({
  /** Most items under way at once. Default 1. */
  concurrency: z.int().positive().default(1),
  /** Whether results keep the order of the items. Default true. */
  ordered: z.boolean().default(true),
  /** Longest time of one try, ms. Default: no bound. */
  timeoutMs: z.number().positive().optional(),
  /** Tries per item. Default: one. */
  retry: z
    .strictObject({
      /** Total tries, the first included. */
      attempts: z.int().positive(),
      baseMs: z.number().nonnegative().optional(),
      multiplier: z.number().min(1).optional(),
      capMs: z.number().nonnegative().optional(),
      jitter: z.number().min(0).max(1).optional(),
    })
    .optional(),
});

/** An item that was given up. */
export interface DeadLetter<T> {
  readonly value: T;
  readonly error: PipelineError;
  /** How often it was tried. */
  readonly attempts: number;
}

export interface ThroughOptions<T> extends z.input<typeof throughOptions> {
  /** Gets items whose tries have all failed; the stream goes on without them. Absent: the first such item fails the stream. */
  readonly deadLetters?: Sink<DeadLetter<T>>;
  /** Whether another try can help. Default: what the error says of itself. */
  readonly isRetryable?: (error: unknown) => boolean;
}

/** What a pipe does with one item: tries, deadline and dead letter included. @throws PipelineError, or the signal's reason once cancelled */
export function createWork<In, Out>(
  processor: Processor<In, Out>,
  options: z.infer<typeof throughOptions> & Pick<ThroughOptions<In>, "deadLetters" | "isRetryable">,
  run: RunContext,
  monitor: Monitor | undefined,
): Work<In, Out> {
  const { retry: policy, timeoutMs, deadLetters, isRetryable = saysRetryable } = options;
  const { environment, signal } = run;
  const { clock, random } = environment;

  function call(value: In, context: Context): MaybePromise<Out> {
    if (timeoutMs !== undefined) return timeout(async (own) => processor.run(value, deriveContext(context, own)), timeoutMs, { signal, clock });
    const pending = processor.run(value, context);
    return isThenable(pending) ? untilAborted(pending, signal) : pending;
  }

  async function recover(entry: Entry<In>, first: unknown, context: Context): Promise<Entry<Out> | undefined> {
    let attempts = 1;
    const again = async (attempt: number): Promise<Out> => {
      attempts = attempt;
      if (attempt === 1) throw first;
      return call(entry.value, deriveContext(context, signal, attempt));
    };
    try {
      const { attempts: most = 1, baseMs, multiplier, capMs, jitter } = policy ?? {};
      const backoff = Object.fromEntries(Object.entries({ baseMs, multiplier, capMs, jitter }).filter(([, value]) => value !== undefined));
      return arrive(entry, await retry(again, { ...backoff, attempts: most, isRetryable, signal, clock, random }), context);
    } catch (error) {
      monitor?.record(clock.now() - context.startedAt, true);
      if (signal.aborted) throw signal.reason;
      const failure = failureOf(processor, error, deriveContext(context, signal, attempts));
      if (!deadLetters) throw failure;
      await deadLetters.write({ value: entry.value, error: failure, attempts }, { signal });
      entry.origin.release();
      return undefined;
    }
  }

  function arrive({ origin }: Entry<In>, value: Out, { startedAt }: Context): Entry<Out> {
    monitor?.record(clock.now() - startedAt);
    return { value, origin };
  }

  return (entry) => {
    const context = startRun(environment, signal);
    try {
      const pending = call(entry.value, context);
      if (!isThenable(pending)) return arrive(entry, pending, context);
      return pending.then(
        (value) => arrive(entry, value, context),
        (error: unknown) => recover(entry, error, context),
      );
    } catch (error) {
      return recover(entry, error, context);
    }
  };
}
