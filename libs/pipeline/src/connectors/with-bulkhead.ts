import { createBulkhead } from "../bulkhead.ts";
import type { Bulkhead, BulkheadOptions } from "../bulkhead.ts";
import { settleChild } from "../call.ts";
import { afterEmit, alongEmit, emit } from "../emit.ts";
import { abortFailure, ownFailure } from "../pipeline-error.ts";
import { defineProcessor } from "../processor.ts";
import type { Context, MaybePromise, Processor } from "../processor.ts";

/** A processor with the bulkhead it stands behind. */
export interface BulkheadProcessor<In, Out> extends Processor<In, Out> {
  readonly bulkhead: Bulkhead;
}

/**
 * Runs a child at most so often at the same time; more wait in a bounded line. Given a bulkhead, it shares that one's places.
 * @throws OVERLOADED when the line is full
 */
export function withBulkhead<In, Out>(name: string, child: Processor<In, Out>, given: Bulkhead | BulkheadOptions): BulkheadProcessor<In, Out> {
  const bulkhead = "enter" in given ? given : createBulkhead(given);
  const occupied = () => ({ name, running: bulkhead.running, waiting: bulkhead.waiting });

  const work = (input: In, context: Context): MaybePromise<Out> =>
    settleChild(
      name,
      child,
      input,
      context,
      (value) => (bulkhead.leave(), value),
      (error) => {
        bulkhead.leave();
        throw error;
      },
    );

  function run(input: In, context: Context): MaybePromise<Out> {
    if (context.signal?.aborted) throw abortFailure(name, context);
    let entered: Promise<void> | undefined;
    try {
      entered = bulkhead.enter(context.signal);
    } catch (error) {
      return afterEmit(emit(context, "bulkhead.rejected", occupied), () => {
        throw ownFailure(name, error, context);
      });
    }
    if (!entered) return work(input, context);
    return alongEmit(emit(context, "bulkhead.queued", occupied), entered).then(
      () => work(input, context),
      () => {
        throw abortFailure(name, context);
      },
    );
  }

  return { ...defineProcessor<In, Out>({ name, kind: "bulkhead", isLeaf: false, children: () => [child], run }), bulkhead };
}
