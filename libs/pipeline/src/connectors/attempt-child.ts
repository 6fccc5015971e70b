import { copyOf } from "../copy.ts";
import type { Copy } from "../copy.ts";
import { afterEmit } from "../emit.ts";
import { abortFailure, failure } from "../pipeline-error.ts";
import type { PipelineError } from "../pipeline-error.ts";
import { deriveContext } from "../processor.ts";
import type { Context, MaybePromise, Processor } from "../processor.ts";
import { isRetryable, tryAgain } from "../retry.ts";

export interface AttemptOptions {
  /** Total tries, the first included. Default 3. */
  readonly attempts?: number;
  /** Whether trying again can help. Default: the error's own `retryable`; a panic is not retried. */
  readonly isRetryable?: (error: PipelineError) => boolean;
  /** What each try but the last gets, so that every try finds the input as it came. Default `copyOf`. */
  readonly copy?: Copy;
}

/** What is told and waited for around tries. */
export interface AttemptHooks {
  readonly begin?: (attempt: number, context: Context) => Promise<void> | undefined;
  /** Another try follows when it is done. */
  readonly fail: (error: PipelineError, attempt: number, context: Context) => MaybePromise<void> | undefined;
  /** No other try follows. */
  readonly exhaust: (error: PipelineError, attempt: number, context: Context) => Promise<void> | undefined;
}

const within = (attempt: number, context: Context): Context => (attempt === context.attempt ? context : deriveContext(context, context.signal, attempt));

/** The loop of `withRetry` and `withBackoff`. It throws the last error, or the abort of the run under the name of the connector. */
export function attemptChild<In, Out>(
  name: string,
  child: Processor<In, Out>,
  { attempts = 3, isRetryable: mayRetry = isRetryable, copy = copyOf }: AttemptOptions,
  { begin, fail, exhaust }: AttemptHooks,
): Processor<In, Out>["run"] {
  return (input, context) =>
    tryAgain(
      (attempt) => {
        if (context.signal?.aborted) throw abortFailure(name, context);
        const held = begin?.(attempt, context);
        const run = () => child.run(attempt < attempts ? copy(input) : input, within(attempt, context));
        return held === undefined ? run() : held.then(run);
      },
      (thrown, attempt) => {
        if (context.signal?.aborted) throw abortFailure(name, context);
        const error = failure(name, child, thrown, within(attempt, context));
        if (attempt < attempts && mayRetry(error)) return fail(error, attempt, context);
        return afterEmit(exhaust(error, attempt, context), () => {
          throw error;
        });
      },
    );
}
