import { createBulkhead } from "../bulkhead.ts";
import { callChild } from "../call.ts";
import { copyOf } from "../copy.ts";
import type { Copy } from "../copy.ts";
import { afterEmit, alongEmit, emit } from "../emit.ts";
import { abortFailure } from "../pipeline-error.ts";
import { andThen, defineProcessor, isThenable } from "../processor.ts";
import type { Context, MaybePromise, Processor } from "../processor.ts";
import { conclude } from "./concurrent.ts";
import type { Reducer } from "./outcome.ts";
import { runAll } from "./run-all.ts";

export interface WorkerPoolOptions<In, Out, Result> {
  /** Children that run at the same time, over all runs together. Default 4. */
  readonly workers?: number;
  /** Makes the result, errors included. Without it the results go on as a list, and the first error fails the run. */
  readonly reduce?: Reducer<In, Out, Result>;
  /** What each child gets. Default `copyOf`. */
  readonly copy?: Copy;
}

/** All children, at most so many at once; gives their results in the children's order. @throws RangeError for less than one worker */
export function workerPool<In, Out>(
  name: string,
  children: readonly Processor<In, Out>[],
  options?: { readonly workers?: number; readonly copy?: Copy },
): Processor<In, Out[]>;
export function workerPool<In, Out, Result>(
  name: string,
  children: readonly Processor<In, Out>[],
  options: WorkerPoolOptions<In, Out, Result> & { readonly reduce: Reducer<In, Out, Result> },
): Processor<In, Result>;
export function workerPool<In, Out, Result>(
  name: string,
  children: readonly Processor<In, Out>[],
  { workers = 4, reduce, copy = copyOf }: WorkerPoolOptions<In, Out, Result> = {},
): Processor<In, Out[] | Result> {
  const start = createWorkers<In, Out>(name, workers);
  return defineProcessor<In, Out[] | Result>({
    name,
    kind: "worker-pool",
    isLeaf: false,
    children: () => children,
    run: (input, context) =>
      andThen(
        runAll(name, children, () => copy(input), context, start),
        (all) => {
          const values = all.outcomes.flatMap((outcome) => (outcome.ok ? [outcome.value] : []));
          const reduced = () => (reduce ? { value: reduce(input, all.outcomes) } : undefined);
          return conclude<Out, Out[] | Result>(name, "worker-pool.completed", all, context, reduced, values);
        },
      ),
  });
}

/** Runs a child as soon as a worker is free. */
function createWorkers<In, Out>(name: string, workers: number) {
  if (!(workers >= 1)) throw new RangeError(`A worker pool needs at least one worker, not ${workers}`);
  // Every run brings a fixed number of children, so the line is bounded by the callers.
  const places = createBulkhead({ concurrency: workers, queue: Infinity });
  const occupied = () => ({ name, running: places.running, waiting: places.waiting });

  function release(context: Context): Promise<void> | undefined {
    places.leave();
    return emit(context, "worker-pool.released", occupied);
  }

  function work(child: Processor<In, Out>, input: In, context: Context): MaybePromise<Out> {
    const fail = (error: unknown): MaybePromise<never> =>
      afterEmit(release(context), () => {
        throw error;
      });
    return afterEmit(emit(context, "worker-pool.acquired", occupied), () => {
      let value: MaybePromise<Out>;
      try {
        value = callChild(name, child, input, context);
      } catch (error) {
        return fail(error);
      }
      if (isThenable(value)) return value.then((result) => afterEmit(release(context), () => result), fail);
      const result = value;
      return afterEmit(release(context), () => result);
    });
  }

  return (child: Processor<In, Out>, input: In, context: Context): MaybePromise<Out> => {
    const entered = places.enter(context.signal);
    if (!entered) return work(child, input, context);
    return alongEmit(emit(context, "worker-pool.saturated", occupied), entered).then(
      () => work(child, input, context),
      () => {
        throw abortFailure(name, context);
      },
    );
  };
}
