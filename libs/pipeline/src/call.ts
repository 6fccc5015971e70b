import { failure, ownFailure } from "./pipeline-error.ts";
import { isThenable } from "./processor.ts";
import type { Context, MaybePromise, Processor } from "./processor.ts";
import type { PipelineError } from "./pipeline-error.ts";

/** Runs a child for its parent. @throws PipelineError with the names of both */
export function callChild<In, Out>(parent: string, child: Processor<In, Out>, input: In, context: Context): MaybePromise<Out> {
  try {
    const value = child.run(input, context);
    if (!isThenable(value)) return value;
    return value.then(undefined, (error: unknown) => {
      throw failure(parent, child, error, context);
    });
  } catch (error) {
    throw failure(parent, child, error, context);
  }
}

/** Runs a child and gives its end to one of two functions, at once when it is there; one promise for both. */
export function settleChild<In, Out, U>(
  parent: string,
  child: Processor<In, Out>,
  input: In,
  context: Context,
  succeeded: (value: Out) => MaybePromise<U>,
  failed: (error: PipelineError) => MaybePromise<U>,
): MaybePromise<U> {
  let value: MaybePromise<Out>;
  try {
    value = child.run(input, context);
  } catch (error) {
    return failed(failure(parent, child, error, context));
  }
  return isThenable(value) ? value.then(succeeded, (error: unknown) => failed(failure(parent, child, error, context))) : succeeded(value);
}

/** Gives the end of some work to one of two functions, at once when it is there. */
export function settle<T, U>(
  work: () => MaybePromise<T>,
  succeeded: (value: T) => MaybePromise<U>,
  failed: (error: PipelineError) => MaybePromise<U>,
): MaybePromise<U> {
  let value: MaybePromise<T>;
  try {
    value = work();
  } catch (error) {
    return failed(error as PipelineError);
  }
  return isThenable(value) ? value.then(succeeded, failed) : succeeded(value);
}

/** A function of the author, whose failures carry the name of the connector that asks it. */
export function guarded<Args extends [unknown, Context], T>(name: string, ask: (...args: Args) => MaybePromise<T>): (...args: Args) => MaybePromise<T> {
  return (...args) => {
    try {
      const answer = ask(...args);
      if (!isThenable(answer)) return answer;
      return answer.then(undefined, (error: unknown) => {
        throw ownFailure(name, error, args[1]);
      });
    } catch (error) {
      throw ownFailure(name, error, args[1]);
    }
  };
}
