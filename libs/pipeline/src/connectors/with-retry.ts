import { emit } from "../emit.ts";
import { defineProcessor } from "../processor.ts";
import type { Processor } from "../processor.ts";
import { attemptChild } from "./attempt-child.ts";
import type { AttemptOptions } from "./attempt-child.ts";

/** Tries a child again, at once, until it succeeds; the last error is thrown. @see withBackoff for waits between tries */
export function withRetry<In, Out>(name: string, child: Processor<In, Out>, options: AttemptOptions = {}): Processor<In, Out> {
  return defineProcessor<In, Out>({
    name,
    kind: "retry",
    isLeaf: false,
    children: () => [child],
    run: attemptChild(name, child, options, {
      begin: (attempt, context) => emit(context, "retry.attempt-start", () => ({ name, attempt })),
      fail: (error, attempt, context) => emit(context, "retry.attempt-fail", () => ({ name, attempt, error })),
      exhaust: (error, attempt, context) => emit(context, "retry.exhausted", () => ({ name, attempt, error })),
    }),
  });
}
