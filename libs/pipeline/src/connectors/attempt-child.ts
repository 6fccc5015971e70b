import { callChild } from "../call.ts";
import { copyOf } from "../copy.ts";
import type { Copy } from "../copy.ts";
import { afterEmit } from "../emit.ts";
import { abortFailure } from "../pipeline-error.ts";
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
  readonly begin?: (attempt: number) => Promise<void> | undefined;
  /** Another try follows when it is done. */
  readonly fail: (error: PipelineError, attempt: number) => MaybePromise<void> | undefined;
  /** No other try follows. */
  readonly exhaust: (error: PipelineError, attempt: number) => Promise<void> | undefined;
}

/** The loop of `withRetry` and `withBackoff`. @throws the last error, or the abort of the run under the name of the connector */
export function attemptChild<In, Out>(
  name: string,
  child: Processor<In, Out>,
  input: In,
  context: Context,
  { attempts = 3, isRetryable: mayRetry = isRetryable, copy = copyOf }: AttemptOptions,
  { begin, fail, exhaust }: AttemptHooks,
): MaybePromise<Out> {
  return tryAgain(
    (attempt) => {
      if (context.signal?.aborted) throw abortFailure(name, context);
      const inner = attempt === context.attempt ? context : deriveContext(context, context.signal, attempt);
      const given = attempt < attempts ? copy(input) : input;
      return afterEmit(begin?.(attempt), () => callChild(name, child, given, inner));
    },
    (thrown, attempt) => {
      if (context.signal?.aborted) throw abortFailure(name, context);
      const error = thrown as PipelineError;
      if (attempt < attempts && mayRetry(error)) return fail(error, attempt);
      return afterEmit(exhaust(error, attempt), () => {
        throw error;
      });
    },
  );
}
