import { andThen, defineProcessor, workerPool } from "@rivergen/pipeline";
import type { Processor } from "@rivergen/pipeline";

/** A worker pool that gives its input on once all children have ended. */
export function inputAfter(name: string, children: readonly Processor<unknown, unknown>[], workers: number): Processor<unknown, unknown> {
  const pool = workerPool(name, children, { workers });
  return defineProcessor({
    name,
    kind: "worker-pool",
    isLeaf: false,
    children: () => children,
    run: (input: unknown, context) => andThen(pool.run(input, context), () => input),
    close: () => pool.close(),
  });
}
