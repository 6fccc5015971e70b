import { copyOf } from "../copy.ts";
import type { Copy } from "../copy.ts";
import { afterEmit, emit } from "../emit.ts";
import { ownFailure } from "../pipeline-error.ts";
import { andThen, defineProcessor } from "../processor.ts";
import type { Context, MaybePromise, Processor } from "../processor.ts";
import type { Reducer } from "./outcome.ts";
import { runAll } from "./run-all.ts";
import type { Outcomes } from "./run-all.ts";

export interface ConcurrentOptions<In, Out, Result> {
  /** Makes the result, errors included. Without it the input goes on as it came, and the first error fails the run. */
  readonly reduce?: Reducer<In, Out, Result>;
  /** What each child gets. Default `copyOf`. */
  readonly copy?: Copy;
}

/** All children at once, each with a copy of the input; waits for all, so that no error is hidden. */
export function concurrent<In>(name: string, children: readonly Processor<In, unknown>[], options?: { readonly copy?: Copy }): Processor<In, In>;
export function concurrent<In, Out, Result>(
  name: string,
  children: readonly Processor<In, Out>[],
  options: ConcurrentOptions<In, Out, Result> & { readonly reduce: Reducer<In, Out, Result> },
): Processor<In, Result>;
export function concurrent<In, Out, Result>(
  name: string,
  children: readonly Processor<In, Out>[],
  { reduce, copy = copyOf }: ConcurrentOptions<In, Out, Result> = {},
): Processor<In, In | Result> {
  return defineProcessor<In, In | Result>({
    name,
    kind: "concurrent",
    isLeaf: false,
    children: () => children,
    run: (input, context) =>
      andThen(
        runAll(name, children, () => copy(input), context),
        (all) => {
          const reduced = () => (reduce ? { value: reduce(input, all.outcomes) } : undefined);
          return conclude<Out, In | Result>(name, "concurrent.completed", all, context, reduced, input);
        },
      ),
  });
}

/** Tells how it went, and gives the reduced result, or without a reducer the first error or `otherwise`. @throws PipelineError */
export function conclude<Out, Result>(
  name: string,
  signal: "concurrent.completed" | "worker-pool.completed",
  { outcomes, firstError }: Outcomes<Out>,
  context: Context,
  reduce: () => { readonly value: Result } | undefined,
  otherwise: Result,
): MaybePromise<Result> {
  const errors = () => outcomes.filter(({ ok }) => !ok).length;
  return afterEmit(
    emit(context, signal, () => ({ name, children: outcomes.length, errors: errors() })),
    () => {
      let reduced: { readonly value: Result } | undefined;
      try {
        reduced = reduce();
      } catch (error) {
        throw ownFailure(name, error, context);
      }
      if (reduced) return reduced.value;
      if (firstError) throw firstError;
      return otherwise;
    },
  );
}
