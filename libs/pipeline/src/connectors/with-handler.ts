import { settleChild } from "../call.ts";
import { afterEmit, emit } from "../emit.ts";
import type { PipelineError } from "../pipeline-error.ts";
import { defineProcessor, isThenable } from "../processor.ts";
import type { Context, MaybePromise, Processor } from "../processor.ts";

/** What a handler gives to recover: the value that goes on in place of the error. */
export interface Recovery<Out> {
  readonly value: Out;
}

/** Sees an error; gives a recovery, or nothing when the error goes on. */
export type ErrorHandler<In, Out> = (error: PipelineError, input: In, context: Context) => MaybePromise<Recovery<Out> | void>;

/** Lets a handler see the errors of a child, and recover. What the handler itself throws is told as a signal; the child's error then goes on. */
export function withHandler<In, Out>(name: string, child: Processor<In, Out>, handler: ErrorHandler<In, Out>): Processor<In, Out> {
  function handle(error: PipelineError, input: In, context: Context): MaybePromise<Out> {
    const done = (recovery: Recovery<Out> | void): MaybePromise<Out> =>
      afterEmit(
        emit(context, "handle.error-handled", () => ({ name, error, recovered: recovery !== undefined })),
        () => {
          if (recovery === undefined) throw error;
          return recovery.value;
        },
      );
    const broken = (handlerError: unknown): MaybePromise<Out> =>
      afterEmit(
        emit(context, "handle.handler-failed", () => ({ name, error, handlerError })),
        () => {
          throw error;
        },
      );
    let answer: MaybePromise<Recovery<Out> | void>;
    try {
      answer = handler(error, input, context);
    } catch (handlerError) {
      return broken(handlerError);
    }
    return isThenable(answer) ? answer.then(done, broken) : done(answer);
  }

  return defineProcessor<In, Out>({
    name,
    kind: "handle",
    isLeaf: false,
    children: () => [child],
    run: (input, context) =>
      settleChild(
        name,
        child,
        input,
        context,
        (value: Out): MaybePromise<Out> => value,
        (error) => handle(error, input, context),
      ),
  });
}
