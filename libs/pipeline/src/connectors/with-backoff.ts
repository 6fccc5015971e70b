import { afterEmit, emit } from "../emit.ts";
import { abortFailure } from "../pipeline-error.ts";
import { defineProcessor } from "../processor.ts";
import type { Processor } from "../processor.ts";
import { backoffDelay } from "../retry.ts";
import type { Backoff } from "../retry.ts";
import { attemptChild } from "./attempt-child.ts";
import type { AttemptOptions } from "./attempt-child.ts";

/** Tries a child again with growing waits: `min(base·multiplier^n, cap)`, jitter inside it. The last error is thrown, without a wait behind it. */
export function withBackoff<In, Out>(name: string, child: Processor<In, Out>, options: AttemptOptions & Backoff = {}): Processor<In, Out> {
  return defineProcessor<In, Out>({
    name,
    kind: "backoff",
    isLeaf: false,
    children: () => [child],
    run: attemptChild(name, child, options, {
      fail(error, attempt, context) {
        const delayMs = backoffDelay(attempt - 1, options, context.random);
        const told = emit(context, "backoff.waiting", () => ({ name, attempt, delayMs, error }));
        const wait = () =>
          context.clock.sleep(delayMs, context.signal).catch(() => {
            throw abortFailure(name, context);
          });
        return afterEmit(told, wait);
      },
      exhaust: (error, attempt, context) => emit(context, "backoff.exhausted", () => ({ name, attempt, error })),
    }),
  });
}
