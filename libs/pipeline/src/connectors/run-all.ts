import { onAbort } from "../abort.ts";
import { callChild, settle } from "../call.ts";
import { abortFailure } from "../pipeline-error.ts";
import type { PipelineError } from "../pipeline-error.ts";
import { isThenable } from "../processor.ts";
import type { Context, MaybePromise, Processor } from "../processor.ts";
import type { Outcome } from "./outcome.ts";

/** How all children ended, and which error came first. */
export interface Outcomes<Out> {
  readonly outcomes: readonly Outcome<Out>[];
  readonly firstError: PipelineError | undefined;
}

/** Starts one child; stands between a connector and its children where places are limited. */
export type Start<In, Out> = (child: Processor<In, Out>, input: In, context: Context) => MaybePromise<Out>;

/**
 * Runs all children, each with its own input, and waits for all; when the run is aborted, for none.
 * @throws PipelineError only when the run is aborted
 */
export function runAll<In, Out>(
  name: string,
  children: readonly Processor<In, Out>[],
  input: (index: number) => In,
  context: Context,
  start: Start<In, Out> = (child, given, where) => callChild(name, child, given, where),
): MaybePromise<Outcomes<Out>> {
  if (context.signal?.aborted) throw abortFailure(name, context);
  const outcomes: Outcome<Out>[] = [];
  const pending: PromiseLike<void>[] = [];
  let firstError: PipelineError | undefined;
  // The inputs are made before any child runs: a child that is over at once may already have written to its own.
  const inputs = children.map((_, index) => input(index));
  for (const [index, child] of children.entries()) {
    const done = settle<Out, void>(
      () => start(child, inputs[index] as In, context),
      (value) => void (outcomes[index] = { name: child.name, ok: true, value }),
      (error) => {
        firstError ??= error;
        outcomes[index] = { name: child.name, ok: false, error };
      },
    );
    if (isThenable(done)) pending.push(done);
  }
  const finish = () => ({ outcomes, firstError });
  if (pending.length === 0) return finish();
  return unlessAborted(name, Promise.all(pending).then(finish), context);
}

/** The promise, or at once the failure of an aborted run. */
export function unlessAborted<T>(name: string, pending: Promise<T>, context: Context): Promise<T> {
  const { signal } = context;
  if (signal === undefined) return pending;
  return new Promise((resolve, reject) => {
    const forget = onAbort(signal, () => reject(abortFailure(name, context)));
    pending.then(resolve, reject).finally(forget);
  });
}
