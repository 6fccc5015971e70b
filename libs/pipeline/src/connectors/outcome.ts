import type { PipelineError } from "../pipeline-error.ts";

/** How one child of several ended; the order is that of the children. */
export type Outcome<Out> =
  | { readonly name: string; readonly ok: true; readonly value: Out }
  | { readonly name: string; readonly ok: false; readonly error: PipelineError };

/** Makes one result of how all children ended. Two children may have the same name. What it throws fails the run. */
export type Reducer<In, Out, Result> = (input: In, outcomes: readonly Outcome<Out>[]) => Result;
