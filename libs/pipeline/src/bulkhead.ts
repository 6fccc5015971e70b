import { AppError } from "@rivergen/contracts";

export interface BulkheadOptions {
  /** Works that run at the same time. */
  readonly concurrency: number;
  /** Works that may wait, first come first served. Default 1,000; infinite where the callers are bounded themselves. */
  readonly queue?: number;
}

export interface Bulkhead {
  /**
   * Runs `work` when there is room.
   * @throws OVERLOADED when the queue is full; the signal's reason when it aborts while waiting
   */
  run<T>(work: () => Promise<T>, options?: { signal?: AbortSignal | undefined }): Promise<T>;
  /** Takes a place, which must be given back with `leave`. Nothing to wait for when there is room. @throws as `run` */
  enter(signal?: AbortSignal): Promise<void> | undefined;
  leave(): void;
  readonly running: number;
  readonly waiting: number;
}

/** Keeps one kind of work from taking everything. */
export function createBulkhead({ concurrency, queue = 1_000 }: BulkheadOptions): Bulkhead {
  let running = 0;
  /** Insertion order is the order of service. */
  const waiting = new Set<() => void>();

  function enter(signal: AbortSignal | undefined): Promise<void> | undefined {
    signal?.throwIfAborted();
    if (running < concurrency) {
      running += 1;
      return undefined;
    }
    if (waiting.size >= queue) throw new AppError("OVERLOADED", { retryAfterSeconds: 1 });
    return new Promise((resolve, reject) => {
      const abort = () => {
        waiting.delete(start);
        reject(signal?.reason as Error);
      };
      const start = () => {
        signal?.removeEventListener("abort", abort);
        resolve();
      };
      waiting.add(start);
      signal?.addEventListener("abort", abort, { once: true });
    });
  }

  /** The place passes to the next in line without becoming free in between. */
  function leave(): void {
    const [next] = waiting;
    if (next) {
      waiting.delete(next);
      next();
    } else running -= 1;
  }

  return {
    enter,
    leave,
    async run(work, { signal } = {}) {
      await enter(signal);
      try {
        return await work();
      } finally {
        leave();
      }
    },
    get running() {
      return running;
    },
    get waiting() {
      return waiting.size;
    },
  };
}

/** One at a time, first come first served. */
export function createMutex({ queue }: { queue?: number } = {}): Bulkhead {
  return createBulkhead({ concurrency: 1, ...(queue === undefined ? {} : { queue }) });
}
