import type { Clock } from "./clock.ts";

/** A clock whose time passes only when told, for tests. */
export interface VirtualClock extends Clock {
  /** Lets time pass and everything that waited for it run. */
  advance(ms: number): Promise<void>;
  /** Every sleep asked for, ms, in order. */
  readonly waits: readonly number[];
  /** Sleeps and callbacks that wait at the moment. */
  readonly pending: number;
}

/** Starts at 0. With `eager` a sleep is over as soon as it is asked for, and its time has passed; callbacks still wait. */
export function createVirtualClock({ eager = false }: { eager?: boolean } = {}): VirtualClock {
  let time = 0;
  const waits: number[] = [];
  const sleepers = new Set<{ readonly at: number; readonly wake: () => void }>();

  function after(ms: number, wake: () => void): () => void {
    const sleeper = { at: time + ms, wake };
    sleepers.add(sleeper);
    return () => void sleepers.delete(sleeper);
  }

  return {
    now: () => time,
    turn: () => ({ ms: time }),
    waits,
    after,
    get pending() {
      return sleepers.size;
    },
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      waits.push(ms);
      if (eager) {
        time += ms;
        return;
      }
      await new Promise<void>((resolve, reject) => {
        const abort = () => (cancel(), reject(signal?.reason as Error));
        const cancel = after(ms, () => (signal?.removeEventListener("abort", abort), resolve()));
        signal?.addEventListener("abort", abort, { once: true });
      });
    },
    async advance(ms) {
      const until = time + ms;
      for (;;) {
        await new Promise(setImmediate);
        const next = [...sleepers].filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at)[0];
        if (!next) break;
        time = Math.max(time, next.at);
        sleepers.delete(next);
        next.wake();
      }
      time = until;
    },
  };
}
