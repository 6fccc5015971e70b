import { createBulkhead } from "../bulkhead.ts";
import { callChild } from "../call.ts";
import { copyOf } from "../copy.ts";
import type { Copy } from "../copy.ts";
import { afterEmit, emit } from "../emit.ts";
import { ownFailure, PipelineError } from "../pipeline-error.ts";
import { defineProcessor, deriveContext } from "../processor.ts";
import type { Context, Processor } from "../processor.ts";

export interface ScaffoldOptions {
  /** Sees every error of a child; what it throws itself is lost. */
  readonly observe?: (error: PipelineError, child: string) => void;
  /** Children that run in the background at the same time, over all runs; what comes on top waits in line. Default 1,000. */
  readonly limit?: number;
  /** Children that may wait for a place; what comes on top fails with OVERLOADED, as the observer sees. Default 10,000. */
  readonly queue?: number;
  /** What each child gets. Default `copyOf`. */
  readonly copy?: Copy;
}

/**
 * Starts children in the background and gives its input on at once. They are not aborted with the run that started them;
 * their errors reach the observer and the signal `scaffold.failed`. Closing waits for all.
 */
export function scaffold<T>(
  name: string,
  children: readonly Processor<T, unknown>[],
  { observe, limit = 1_000, queue = 10_000, copy = copyOf }: ScaffoldOptions = {},
): Processor<T, T> {
  const places = createBulkhead({ concurrency: limit, queue });
  const running = new Set<Promise<void>>();

  async function report(child: string, error: PipelineError, context: Context): Promise<void> {
    try {
      observe?.(error, child);
    } finally {
      await emit(context, "scaffold.failed", () => ({ name, child, error }));
    }
  }

  async function work(child: Processor<T, unknown>, input: T, context: Context): Promise<void> {
    try {
      await places.run(async () => callChild(name, child, input, context));
    } catch (thrown) {
      const error = thrown instanceof PipelineError ? thrown : ownFailure(name, thrown, context);
      await report(child.name, error, context).catch(() => {});
    }
  }

  function dispatch(child: Processor<T, unknown>, input: T, context: Context): void {
    // A turn later, so that the caller never pays for what a child does before it first waits.
    const done = new Promise<void>((resolve) => setImmediate(resolve)).then(() => work(child, input, context));
    running.add(done);
    void done.finally(() => running.delete(done));
  }

  return defineProcessor<T, T>({
    name,
    kind: "scaffold",
    isLeaf: false,
    children: () => children,
    run(input, context) {
      const detached = deriveContext(context, undefined);
      for (const child of children) dispatch(child, copy(input), detached);
      return afterEmit(
        emit(context, "scaffold.dispatched", () => ({ name, children: children.length })),
        () => input,
      );
    },
    drain: async () => {
      while (running.size > 0) await Promise.all(running);
    },
  });
}
