import { copyOf } from "../copy.ts";
import { afterEmit, emit } from "../emit.ts";
import { abortFailure, failure } from "../pipeline-error.ts";
import { defineProcessor } from "../processor.ts";
import type { Processor } from "../processor.ts";
import { tryAgain } from "../retry.ts";
import type { RaceOptions, SomeProcessors } from "./race.ts";

/** The children in order until one succeeds; each gets the input as it came. When all fail, the last error is thrown. */
export function fallback<In, Out>(name: string, children: SomeProcessors<In, Out>, { copy = copyOf }: RaceOptions = {}): Processor<In, Out> {
  const last = children.length;
  return defineProcessor<In, Out>({
    name,
    kind: "fallback",
    isLeaf: false,
    children: () => children,
    run(input, context) {
      if (context.signal?.aborted) throw abortFailure(name, context);
      return tryAgain(
        (attempt) => {
          const child = children[attempt - 1] as Processor<In, Out>;
          const held = emit(context, "fallback.attempt", () => ({ name, attempt, child: child.name }));
          const run = () => child.run(attempt < last ? copy(input) : input, context);
          return held === undefined ? run() : held.then(run);
        },
        (thrown, attempt) => {
          if (attempt < last && !context.signal?.aborted) return undefined;
          const error = failure(name, children[attempt - 1] as Processor<In, Out>, thrown, context);
          if (context.signal?.aborted) throw error;
          return afterEmit(
            emit(context, "fallback.failed", () => ({ name, error })),
            () => {
              throw error;
            },
          );
        },
      );
    },
  });
}
