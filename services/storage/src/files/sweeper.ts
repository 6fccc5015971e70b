import type { Logger } from "@rivergen/service-kit";
import { type SweepDependencies, sweepObjects } from "./sweep.ts";

const everyMs = 3_600_000;

/** Sweeps at the start and once an hour, until it is stopped. */
export function createSweeper({ log, ...dependencies }: SweepDependencies & { readonly log: Logger }) {
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();

  async function sweep(): Promise<void> {
    try {
      const swept = await sweepObjects(dependencies, stopping.signal);
      if (swept.deleted + swept.orphans > 0) log.info(swept, "objects swept");
    } catch (error) {
      if (!stopping.signal.aborted) log.warn({ err: error }, "the sweep of objects failed; it is tried again in an hour");
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
