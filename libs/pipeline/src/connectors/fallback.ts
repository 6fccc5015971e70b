import { callChild } from "../call.ts";
import { copyOf } from "../copy.ts";
import { afterEmit, emit } from "../emit.ts";
import { abortFailure } from "../pipeline-error.ts";
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
    run: (input, context) =>
      tryAgain(
        (attempt) => {
          if (context.signal?.aborted) throw abortFailure(name, context);
          const child = children[attempt - 1] as Processor<In, Out>;
          return afterEmit(
            emit(context, "fallback.attempt", () => ({ name, attempt, child: child.name })),
            () => callChild(name, child, attempt < last ? copy(input) : input, context),
          );
        },
        (thrown, attempt) => {
          const error = thrown as ReturnType<typeof abortFailure>;
          if (context.signal?.aborted) throw error;
          if (attempt < last) return undefined;
          return afterEmit(
            emit(context, "fallback.failed", () => ({ name, error })),
            () => {
              throw error;
            },
          );
        },
      ),
  });
}
