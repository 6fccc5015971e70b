import { defineProcessor } from "../processor.ts";
import type { Context, Processor } from "../processor.ts";

/** A pure function that cannot fail and does not wait: `Out` must not be a promise. What it throws is a panic. */
export function transform<In, Out>(
  name: string,
  change: (input: In, context: Context) => Out extends PromiseLike<unknown> ? never : Out,
): Processor<In, Out extends PromiseLike<unknown> ? never : Out> {
  return defineProcessor({ name, kind: "transform", isSync: true, run: change });
}
