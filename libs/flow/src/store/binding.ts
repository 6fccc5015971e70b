import { defineProcessor, failureOf, settle } from "@rivergen/pipeline";
import type { Context, MaybePromise, ProcessOptions } from "@rivergen/pipeline";
import type { BuiltFlow } from "../build/build.ts";
import type { Stage } from "../build/build-node.ts";
import type { FlowTree } from "../introspect/tree.ts";
import { tell } from "../signals.ts";
import type { FlowSink } from "../signals.ts";

/** A named flow that runs, whatever revision it is at. */
export interface Binding {
  readonly name: string;
  /** The named flow it runs. */
  readonly schema: string;
  /** Whether it goes over to every new revision. */
  readonly follows: boolean;
  /** The revision that new items run on. */
  readonly revision: number;
  readonly flow: BuiltFlow;
  /**
   * Runs one item, wholly on the revision of this moment. The result is there at once when nothing had to be waited for.
   * @throws PipelineError at once or by rejection; SERVICE_UNAVAILABLE once removed
   */
  process(item: unknown, options?: ProcessOptions): MaybePromise<unknown>;
  /** Its nodes, under one of type `pipeline`. */
  describe(): FlowTree;
}

/** Puts the telling of runs around a root, which keeps its own name in errors. */
export function tellRuns(name: string, revision: number, signals: FlowSink | undefined): (root: Stage) => Stage {
  return (root) => {
    const succeed = (context: Context, value: unknown): unknown => {
      const told = { name, executionId: context.executionId, revision, durationMs: context.clock.now() - context.startedAt };
      tell(signals, "flow.execution.completed", () => told);
      return value;
    };
    const fail = (context: Context, thrown: unknown): never => {
      const error = failureOf(root, thrown, context);
      const durationMs = context.clock.now() - context.startedAt;
      tell(signals, "flow.execution.failed", () => ({ name, executionId: context.executionId, revision, durationMs, error }));
      throw error;
    };
    const run = (input: unknown, context: Context): MaybePromise<unknown> => {
      if (!signals) return root.run(input, context);
      tell(signals, "flow.execution.started", () => ({ name, executionId: context.executionId, revision }));
      return settle(
        () => root.run(input, context),
        (value) => succeed(context, value),
        (error: unknown) => fail(context, error),
      );
    };
    return signals ? defineProcessor({ name, kind: "pipeline", isLeaf: false, children: () => [root], run }) : root;
  };
}
