import { defineProcessor, isThenable } from "../processor.ts";
import type { Context, Processor } from "../processor.ts";

/** A side effect: gives its input on unchanged; what it throws stops the run. */
export function effect<T>(name: string, act: (input: T, context: Context) => unknown): Processor<T, T> {
  return defineProcessor({
    name,
    kind: "effect",
    run(input: T, context: Context) {
      const done = act(input, context);
      return isThenable(done) ? done.then(() => input) : input;
    },
  });
}
