import { andThen, defineProcessor } from "../processor.ts";
import type { Context, MaybePromise, Processor } from "../processor.ts";

/** Changes what fulfils a condition and gives everything else on as it is. */
export function mutate<T>(
  name: string,
  condition: (input: T, context: Context) => MaybePromise<boolean>,
  change: (input: T, context: Context) => MaybePromise<T>,
): Processor<T, T> {
  return defineProcessor({
    name,
    kind: "mutate",
    run: (input: T, context: Context) => andThen(condition(input, context), (holds) => (holds ? change(input, context) : input)),
  });
}
