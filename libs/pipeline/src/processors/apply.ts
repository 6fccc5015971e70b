import { defineProcessor } from "../processor.ts";
import type { Context, MaybePromise, Processor } from "../processor.ts";

/** A function that may fail and may wait. Expected failures throw `AppError`; anything else counts as a panic. */
export function apply<In, Out>(name: string, work: (input: In, context: Context) => MaybePromise<Out>): Processor<In, Out> {
  return defineProcessor({ name, kind: "apply", run: work });
}
