import { copyOf } from "../copy.ts";
import type { Copy } from "../copy.ts";
import { afterEmit, emit } from "../emit.ts";
import { failureOf } from "../pipeline-error.ts";
import { defineProcessor, isThenable } from "../processor.ts";
import type { Context, MaybePromise, Processor } from "../processor.ts";

/**
 * Adds what can be had: when `add` fails, the input goes on as it came and `enrich.failed` is told.
 * `add` works on a copy, so that nothing half done is left. An aborted run fails all the same.
 */
export function enrich<T>(
  name: string,
  add: (input: T, context: Context) => MaybePromise<T>,
  { copy = copyOf }: { readonly copy?: Copy } = {},
): Processor<T, T> {
  function miss(error: unknown, input: T, context: Context): MaybePromise<T> {
    if (context.signal?.aborted) throw error;
    return afterEmit(
      emit(context, "enrich.failed", () => ({ name, error: failureOf({ name, isLeaf: true }, error, context) })),
      () => input,
    );
  }
  return defineProcessor({
    name,
    kind: "enrich",
    run(input: T, context: Context) {
      try {
        const added = add(copy(input), context);
        return isThenable(added) ? added.then(undefined, (error: unknown) => miss(error, input, context)) : added;
      } catch (error) {
        return miss(error, input, context);
      }
    },
  });
}
