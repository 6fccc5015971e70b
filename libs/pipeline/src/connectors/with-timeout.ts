import { callChild } from "../call.ts";
import { afterEmit, emit } from "../emit.ts";
import { ownFailure, PipelineError } from "../pipeline-error.ts";
import { defineProcessor, deriveContext, isThenable } from "../processor.ts";
import type { Context, MaybePromise, Processor } from "../processor.ts";
import { within } from "../timeout.ts";

/**
 * Gives a child so much time, ms. At the deadline the child is aborted and not waited for; what it still gives is ignored.
 * @throws DEADLINE_EXCEEDED at the deadline
 */
export function withTimeout<In, Out>(name: string, child: Processor<In, Out>, timeoutMs: number): Processor<In, Out> {
  function run(input: In, context: Context): MaybePromise<Out> {
    let isLate = false;
    const fail = (error: unknown): MaybePromise<never> => {
      // What the child throws has its names; what `within` throws is the deadline or an abort from outside.
      const failed = error instanceof PipelineError ? error : ownFailure(name, error, context);
      const told = isLate ? emit(context, "timeout.triggered", () => ({ name, timeoutMs })) : undefined;
      return afterEmit(told, () => {
        throw failed;
      });
    };
    try {
      const expired = () => (isLate = true);
      const value = within((signal) => callChild(name, child, input, deriveContext(context, signal)), timeoutMs, {
        signal: context.signal,
        clock: context.clock,
        expired,
      });
      return isThenable(value) ? value.then(undefined, fail) : value;
    } catch (error) {
      return fail(error);
    }
  }
  return defineProcessor<In, Out>({ name, kind: "timeout", isLeaf: false, children: () => [child], run });
}
