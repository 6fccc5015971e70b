import { AppError } from "@rivergen/contracts";
import { failureOf } from "./pipeline-error.ts";
import { createEnvironment, isThenable, startRun } from "./processor.ts";
import type { Context, Environment, MaybePromise, Processor } from "./processor.ts";

export interface ProcessOptions {
  /** Aborts the run. */
  readonly signal?: AbortSignal | undefined;
}

/** A processor with all that its runs have in common. */
export interface Pipeline<In, Out> {
  readonly id: string;
  readonly root: Processor<In, Out>;
  /**
   * One run. Its result is there at once when no stage had to be waited for; `await` fits both.
   * @throws PipelineError at once or by rejection; SERVICE_UNAVAILABLE once closed
   */
  process(input: In, options?: ProcessOptions): MaybePromise<Out>;
  /** Takes no more runs, waits for those under way, then closes the processors in reverse. @throws AggregateError */
  close(): Promise<void>;
}

/** Defaults: the machine's clock and randomness, nobody listening, a fresh id. */
export function createPipeline<In, Out>(root: Processor<In, Out>, options: Partial<Environment> = {}): Pipeline<In, Out> {
  const environment = createEnvironment(options);
  const idlers: (() => void)[] = [];
  let running = 0;
  let closed: Promise<void> | undefined;

  function over(): void {
    running -= 1;
    if (running === 0) for (const idler of idlers.splice(0)) idler();
  }

  function succeeded(value: Out): Out {
    over();
    return value;
  }

  /** A connector's failures carry its name already, so that every run has the same two functions at its end. */
  function failed(error: unknown): never {
    over();
    throw error;
  }

  function finish(pending: PromiseLike<Out>, context: Context): PromiseLike<Out> {
    running += 1;
    if (!root.isLeaf) return pending.then(succeeded, failed);
    return pending.then(succeeded, (error: unknown) => failed(failureOf(root, error, context)));
  }

  async function close(): Promise<void> {
    if (running > 0) await new Promise<void>((resolve) => idlers.push(resolve));
    await root.close();
  }

  return {
    id: environment.pipelineId,
    root,
    process(input, settings) {
      if (closed) throw new AppError("SERVICE_UNAVAILABLE", { detail: "This pipeline was closed" });
      const context = startRun(environment, settings?.signal);
      try {
        const value = root.run(input, context);
        return isThenable(value) ? finish(value, context) : value;
      } catch (error) {
        throw failureOf(root, error, context);
      }
    },
    close: () => (closed ??= close()),
  };
}
