import type { Logger, Resources } from "@rivergen/service-kit";
import { type SweepDependencies, sweepObjects } from "./sweep.ts";

const everyMs = 600_000;

interface Dependencies extends Omit<SweepDependencies, "onFailure"> {
  readonly log: Logger;
  readonly metrics: Pick<Resources<object>["metrics"], "counter">;
}

/** Sweeps at the start and every ten minutes, until it is stopped. */
export function createSweeper({ log, metrics, ...dependencies }: Dependencies) {
  const countObjects = metrics.counter("storage_swept_objects_total", "Objects deleted because nothing led to them");
  const countBytes = metrics.counter("storage_swept_bytes_total", "Bytes of the objects deleted because nothing led to them");
  const onFailure = (workspaceId: string, error: unknown): void => log.warn({ err: error, workspaceId }, "objects of a workspace were left to the next sweep");
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();

  async function sweep(): Promise<void> {
    try {
      const swept = await sweepObjects({ ...dependencies, onFailure }, stopping.signal);
      countObjects(swept.deleted);
      countBytes(swept.deletedBytes);
      if (swept.deleted + swept.noted > 0) log.info(swept, "objects swept");
    } catch (error) {
      if (!stopping.signal.aborted) log.warn({ err: error }, "the sweep of objects failed; it goes on in ten minutes");
    }
  }

  function start(): void {
    running = sweep();
    timer = setInterval(() => {
      running = running.then(sweep);
    }, everyMs);
    timer.unref();
  }

  /** Ends the sweep between two objects. */
  async function stop(): Promise<void> {
    clearInterval(timer);
    stopping.abort(new Error("stopping"));
    await running;
  }

  return { start, stop };
}
